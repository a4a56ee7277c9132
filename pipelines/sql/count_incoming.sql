select count(*) from incoming
