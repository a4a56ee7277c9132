update serving.build
set cuts = cast($cuts as timestamp[])
