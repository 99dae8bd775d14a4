"""Blobs: what was reviewed and what came of it, by content."""
