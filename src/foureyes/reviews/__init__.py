"""Reviews: asked for, looked up, cancelled, read."""
