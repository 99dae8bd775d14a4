"""What a failed attempt means: its row in the ledger, what it used, and the words of the next try."""

from dataclasses import replace

from foureyes.errors import (
    ContextOverflowError,
    MalformedAnswerError,
    ModelAuthError,
    ModelCreditError,
    ModelError,
    ModelRateLimitError,
    ModelRefusedError,
    ModelSettingsError,
    TruncatedAnswerError,
)
from foureyes.llm.port import Ask, AttemptOutcome, Usage

_OUTCOMES: dict[type[ModelError], AttemptOutcome] = {
    MalformedAnswerError: AttemptOutcome.MALFORMED,
    TruncatedAnswerError: AttemptOutcome.TRUNCATED,
    ModelRefusedError: AttemptOutcome.REFUSED,
    ContextOverflowError: AttemptOutcome.OVERFLOW,
    ModelRateLimitError: AttemptOutcome.RATE_LIMITED,
    ModelAuthError: AttemptOutcome.UNAUTHORIZED,
    ModelSettingsError: AttemptOutcome.UNUSABLE,
    ModelCreditError: AttemptOutcome.OUT_OF_CREDIT,
}


def outcome_of(error: ModelError) -> AttemptOutcome:
    return _OUTCOMES.get(type(error), AttemptOutcome.UNAVAILABLE)


def usage_of(error: ModelError) -> Usage:
    """What the provider counted before the attempt failed, without its price."""
    return Usage(
        input_tokens=error.input_tokens,
        cached_input_tokens=error.cached_input_tokens,
        output_tokens=error.output_tokens,
        calls=1,
        cache_written_tokens=error.cache_written_tokens,
    )


def again(ask: Ask, failure: MalformedAnswerError | TruncatedAnswerError) -> Ask:
    """The same ask once more, with what was wrong behind it: the part that providers cache stays the same."""
    if isinstance(failure, TruncatedAnswerError):
        wish = (
            f"Your last answer was cut off at {ask.max_output_tokens} tokens and could not be used. Answer again with "
            "less: only what matters most, in fewer words, well under half of that length."
        )
    else:
        wish = f"Your last answer could not be used: {failure.reason}. Answer again, exactly in the form asked for."
    # Behind the prompt and not before it: the provider's cache of the beginning stays of use.
    return replace(ask, prompt=f"{ask.prompt}\n\n{wish}")
