"""Accounts: registering, logging in, refresh tokens, API keys."""
