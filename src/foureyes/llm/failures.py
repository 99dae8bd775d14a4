"""Errors of pydantic-ai and of what lies under it, translated into our own tree."""

import re
from collections.abc import Callable
from datetime import timedelta

from pydantic import SecretStr

from foureyes.errors import (
    ContextOverflowError,
    ModelAuthError,
    ModelConnectionError,
    ModelCreditError,
    ModelError,
    ModelOverloadedError,
    ModelRateLimitError,
    ModelRefusedError,
    ModelServerError,
    ModelSettingsError,
    ModelTimeoutError,
    ModelUnavailableError,
)
from foureyes.kit.text import printable, shortened

_LONGEST_WISH = timedelta(days=1)

# Wordings of servers that pydantic-ai does not know as an overflow: Anthropic's sum of input and answer, llama.cpp,
# Ollama, LM Studio, vLLM, TGI, Mistral, Cohere, and Anthropic's limit on bytes.
_OVERFLOW = re.compile(
    r"exceed\w* (the )?(context|available context|maximum (number of )?tokens|model'?s? (maximum )?context)"
    r"|exceed_context_size|context[ _](length|size|window)|maximum context|request_too_large|too many tokens"
    r"|prompt is too long|input is too long|prompt too long|reduce the (length|size)|string_above_max_length"
    r"|must be <= \d+ tokens|input token count",
    re.IGNORECASE,
)
_PASSING = (408, 409, 425, 429)
"""Statuses under 500 that a later try may not meet again."""

_REFUSAL = re.compile(r"content_(policy|filter)|safety|moderation|flagged", re.IGNORECASE)


def translated(
    error: Exception, model: str, *, variable: str | None = None, key: SecretStr | None = None
) -> ModelError:
    """The leaf of ModelError that says what `error` means. `variable` names where the key came from."""
    from pydantic_ai import exceptions as theirs  # noqa: PLC0415  # Loaded already by whoever raised `error`.

    reason = _reason(error, key)
    match error:
        case theirs.ModelAuthenticationError():
            ours: ModelError = ModelAuthError(model, reason, variable=variable)
        case theirs.ModelNotFoundError():
            ours = ModelSettingsError(model, f"the provider does not know it ({reason}); check its name and the URL")
        case theirs.ModelQuotaExceededError():
            ours = ModelCreditError(model, reason)
        case theirs.ModelContextWindowExceededError():
            ours = ContextOverflowError(model, reason)
        case theirs.ContentFilterError():
            ours = ModelRefusedError(model, reason)
        case theirs.ModelAPIError():
            ours = _rejected(error, model, reason) or _unavailable(error, model, reason)
        case theirs.UserError() | ImportError():
            ours = ModelSettingsError(model, reason)
        case _:
            ours = ModelServerError(model, f"the answer could not be read: {reason}")
    return ours


def _rejected(error: Exception, model: str, reason: str) -> ModelError | None:
    """A request that was refused as it stands: the same again would be refused again."""
    from pydantic_ai import exceptions as theirs  # noqa: PLC0415

    status = error.status_code if isinstance(error, theirs.ModelHTTPError) else None
    said = f"{error} {reason}"
    final = status is not None and 400 <= status < 500 and status not in _PASSING
    if not (final or isinstance(error, theirs.ModelRequestRejectedError)):
        return None
    if status == 413 or _OVERFLOW.search(said):
        return ContextOverflowError(model, reason)
    if _REFUSAL.search(said):
        return ModelRefusedError(model, f"the provider refused to answer: {reason}")
    return ModelRefusedError(model, f"the provider rejected the request: {reason}")


def _unavailable(error: Exception, model: str, reason: str) -> ModelUnavailableError:
    from pydantic_ai import exceptions as theirs  # noqa: PLC0415

    kinds: list[tuple[type[Exception], Callable[..., ModelUnavailableError]]] = [
        (theirs.ModelRateLimitError, ModelRateLimitError),
        (theirs.ModelUnavailableError, ModelOverloadedError),
        (theirs.ModelServerError, ModelServerError),
        (theirs.ModelTimeoutError, ModelTimeoutError),
        (theirs.ModelRequestTimeout, ModelTimeoutError),
        (theirs.ModelConnectionError, ModelConnectionError),
        (theirs.ModelHTTPError, ModelServerError),
    ]
    wish = error.retry_after if isinstance(error, theirs.ModelAPIError) else None
    retry_after = None if wish is None else timedelta(seconds=min(wish, _LONGEST_WISH.total_seconds()))
    if isinstance(error, theirs.ModelConnectionError) and error.phase in ("pool", "connect"):
        return ModelConnectionError(model, f"no connection could be made: {reason}", retry_after=retry_after)
    # What is left is a stream that broke, or said something that is not JSON.
    kind = next((ours for foreign, ours in kinds if isinstance(error, foreign)), ModelConnectionError)
    return kind(model, reason, retry_after=retry_after)


def _reason(error: Exception, key: SecretStr | None) -> str:
    """What the provider said, in one short line that never holds our key: some servers echo it."""
    said = _message(getattr(error, "body", None)) or str(error) or type(error).__name__
    # Before it is shortened: half of a key in a log is still half of a key.
    if key and (secret := key.get_secret_value()):
        said = said.replace(secret, "***")
    return shortened(printable(" ".join(said.split())), 300)


def _message(body: object) -> str:
    match body:
        case {"error": dict(inner)}:
            return _message(inner)
        case {"message": str(text)} | {"error": str(text)} | {"detail": str(text)}:
            return text
    return ""
