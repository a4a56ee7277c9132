"""The partner's books: does the ledger explain the balance, and did every trade reach its end.

Each question is a module with its SQL beside it; all read the published parts of one partner.
"""
