"""The set-wise way in: whole columns are checked in SQL, and only what does not fit goes to the
models, one record at a time, for its exact faults. Both ways read the same field table.
"""
