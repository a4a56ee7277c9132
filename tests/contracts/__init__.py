"""What may enter, held against the written contract: valid, wrong, hostile, private records."""
