"""The pages: each reads the view, asks, draws."""
