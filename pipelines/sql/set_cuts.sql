set variable cuts = cast($cuts as timestamp[])
