attach $file as serving
