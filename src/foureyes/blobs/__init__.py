"""Blobs: what was reviewed and what came of it, once for each workspace, by the digest of its bytes."""
