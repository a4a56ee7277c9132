select count(*) from screened where clean
