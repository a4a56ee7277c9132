"""The commands of the terminal, beside the door `cli.py` that puts them together."""
