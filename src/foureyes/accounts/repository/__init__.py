"""SQL of accounts: users, their sign-ins, their keys, and what is written down about them."""
