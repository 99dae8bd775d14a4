"""Measures against the budgets: `python -m bench`."""
