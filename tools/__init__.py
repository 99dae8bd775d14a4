"""Scripts of this repository: what `make` calls."""
