"""How far limits and balances reach: pace of a day's band, runway of a balance, and how true."""
