"""SQL of reviews: rows and their changes, the history."""
