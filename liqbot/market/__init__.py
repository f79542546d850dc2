"""What exchanges tell us: values only, checked once on entry, never changed after.

Prices and dollars are floats throughout: they are estimates, not accounts.
"""
