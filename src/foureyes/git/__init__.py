"""The one door to git: clone cache, reads without a work tree, diffs."""
