select * replace (md5(transact_id) as transact_id, md5(quote_id) as quote_id) from ({query})
