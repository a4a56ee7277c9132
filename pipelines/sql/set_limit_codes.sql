set variable limit_codes = $limit_codes
