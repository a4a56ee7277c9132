set variable known_to = cast($watermark as timestamp)
