"""The cached questions of single pages, beside those of `dashboard.store` that pages share."""
