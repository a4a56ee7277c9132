delete from serving. {table}
where quarter_hour(bucket) in (select bucket from serving.refined where model = '{table}')
