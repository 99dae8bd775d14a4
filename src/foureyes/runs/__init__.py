"""Runs: a worker claims a review, carries it out, and settles it."""
