"""Which requests must have equal results: so that an equal one is answered from the last."""

import hashlib
import json
import re
from uuid import UUID

from foureyes import __version__
from foureyes.engine.prompts import architecture, debug, mend, review, verify
from foureyes.models.reviews import ReviewKind
from foureyes.reviews.request import RepositorySource, ReviewRequest
from foureyes.settings import Settings

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_PROMPTS = {
    ReviewKind.REVIEW: (review.PROMPT_VERSION, verify.PROMPT_VERSION, mend.PROMPT_VERSION),
    ReviewKind.DEBUG: (debug.PROMPT_VERSION, mend.PROMPT_VERSION),
    ReviewKind.ARCHITECTURE: (architecture.PROMPT_VERSION,),
}


def request_digest(workspace_id: UUID, request: ReviewRequest, settings: Settings) -> str:
    """Equal for two requests whose results must be equal; empty where no two are, as branches move."""
    if isinstance(request.source, RepositorySource) and not _is_fixed(request.source):
        return ""
    model = None
    if request.model and not settings.no_model:
        model = [settings.model, *settings.fallback_models, settings.model_url]
    parts = [
        str(workspace_id), request.model_dump(mode="json"), model, __version__, _PROMPTS.get(request.kind, ())
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _is_fixed(source: RepositorySource) -> bool:
    return all(_COMMIT.fullmatch(name) for name in (source.head, source.base or source.head))
