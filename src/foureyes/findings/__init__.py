"""Findings: what was said, and what people think of it."""
