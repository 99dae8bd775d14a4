"""Foureyes, a self-hosted code reviewer: no change lands on one pair of eyes alone."""

__version__ = "0.1.0"
