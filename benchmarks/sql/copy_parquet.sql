copy ({query}) to $file (format parquet)
