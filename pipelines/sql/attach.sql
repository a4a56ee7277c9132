attach $file as facts
