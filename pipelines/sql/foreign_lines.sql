select line_number from screened where clean and partner_id <> $partner_id order by line_number
