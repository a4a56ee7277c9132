"""Identities that hold whatever happened, looked at again after every load."""
