"""What every figure means: metric files, their catalogue and the windows they are asked for."""
