create table facts.{table} (hash uinteger not null, kind enum({kinds}) not null, day date not null)
