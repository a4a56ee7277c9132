select count(*) from screened where clean and dropped & (1 << $place) <> 0
