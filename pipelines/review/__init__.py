"""What a program's review looks at, period by period: seven items, what changed, the terms.

Each question is a module with its SQL beside it; all read the published parts of one partner.
"""
