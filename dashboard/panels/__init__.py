"""Parts that stand on more than one page, or fill a page's panel by themselves."""
