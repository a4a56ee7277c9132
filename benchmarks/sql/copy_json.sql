copy ({query}) to $file (format json)
