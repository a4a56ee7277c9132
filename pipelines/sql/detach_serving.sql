detach serving
