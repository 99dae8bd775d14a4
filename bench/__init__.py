"""Measures against the budgets of docs/budgets.md: `python -m bench`."""
