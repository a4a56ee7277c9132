select watermark from build
