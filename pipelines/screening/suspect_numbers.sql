select line_number from screened where not clean
