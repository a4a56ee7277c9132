select * replace (md5(request_id) as request_id, md5(quote_id) as quote_id) from ({query})
