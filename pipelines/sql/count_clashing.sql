select count(*) from clashing
