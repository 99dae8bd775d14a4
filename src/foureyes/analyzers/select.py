"""Which diagnostics belong to a change: those on its lines, by the mode that policy chose."""

from enum import StrEnum


class Lines(StrEnum):
    """Where a diagnostic must be to be kept."""

    ADDED = "added"
    CONTEXT = "context"
    FILE = "file"
    ALL = "all"
