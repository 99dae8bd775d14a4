"""The one scale of severities and the one list of categories, used by analysers, models and reports alike."""

from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is. Compare with `rank`: a higher rank is worse."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class Category(StrEnum):
    """What kind of harm a finding is about."""

    BUG = "bug"
    SECURITY = "security"
    PERFORMANCE = "performance"
    CONCURRENCY = "concurrency"
    DATA_LOSS = "data-loss"
    API = "api"
    MAINTAINABILITY = "maintainability"
    DEPENDENCY = "dependency"
    CONFIGURATION = "configuration"
    POLICY = "policy"
