select column_name
from duckdb_columns()
where database_name = 'facts' and table_name = $table
order by column_index
