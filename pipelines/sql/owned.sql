and screened.partner_id = (select partner_id from chosen)
and screened.environment = (select environment from chosen)
