"""What can be wrong with a blob."""

from foureyes.errors import ServerError


class DamagedBlobError(ServerError):
    """What is stored is not what its digest says."""

    status = 500

    def __init__(self, digest: str, reason: str) -> None:
        self.digest = digest
        self.reason = reason
        super().__init__(f"Blob {digest[:12]} is damaged ({reason}): restore a backup, or have it reviewed again.")
