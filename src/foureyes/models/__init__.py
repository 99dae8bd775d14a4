"""The tables, one file each. They know `kit.database` and each other's names, and nothing else."""

from foureyes.models.accounts import ApiKey, RefreshToken, SignIn, User
from foureyes.models.blobs import Blob
from foureyes.models.events import Event
from foureyes.models.findings import Feedback, StoredFinding
from foureyes.models.model_calls import CachedAnswer, ModelCall
from foureyes.models.reviews import IdempotencyKey, Review, ReviewDay, ReviewFile, StatusChange
from foureyes.models.usage import Reservation, Usage
from foureyes.models.workers import WorkerRow
from foureyes.models.workspaces import Membership, Workspace

__all__ = [
    "ApiKey",
    "Blob",
    "CachedAnswer",
    "Event",
    "Feedback",
    "IdempotencyKey",
    "Membership",
    "ModelCall",
    "RefreshToken",
    "Reservation",
    "Review",
    "ReviewDay",
    "ReviewFile",
    "SignIn",
    "StatusChange",
    "StoredFinding",
    "Usage",
    "User",
    "WorkerRow",
    "Workspace",
]
