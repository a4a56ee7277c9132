"""What leaves the product as a file, a picture or a document."""
