"""What is known of models without asking them: pydantic-ai's profiles, and careful guesses where those know nothing."""

from collections.abc import Mapping

from foureyes.llm.port import AnswerForm, ModelTraits
from foureyes.settings import Provider

_THINKING = 16_384
_OUTPUT = {Provider.ANTHROPIC: 8_192, Provider.GROQ: 8_192}
_USUAL_OUTPUT = 16_384
_CONTEXT = {
    Provider.ANTHROPIC: 200_000,
    Provider.OPENAI: 128_000,
    Provider.GOOGLE: 1_000_000,
    Provider.GROQ: 131_072,
    Provider.BEDROCK: 128_000,
    Provider.OPENROUTER: 64_000,
}
UNKNOWN = ModelTraits(context_tokens=8_192, output_tokens=4_096, form=AnswerForm.JSON_SCHEMA)
"""A server of one's own that has told nothing: small, until the probe has asked it."""


def known_traits(provider: Provider, profile: Mapping[str, object]) -> ModelTraits:
    """Traits of a model at one of the big providers: all of them call tools, and the profile has its sizes."""
    listed = _count(profile.get("context_window"))
    context = listed or _CONTEXT[provider]
    thinking = _THINKING if _thinks(profile, listed) else 0
    return ModelTraits(
        context_tokens=context - thinking,
        output_tokens=_count(profile.get("anthropic_max_output_tokens")) or _OUTPUT.get(provider, _USUAL_OUTPUT),
        form=AnswerForm.TOOL_CALL,
        thinking_tokens=thinking,
    )


def own_traits(*, context: int | None, form: AnswerForm, weak: str = "") -> ModelTraits:
    """Traits of a model on a server of one's own. An eighth of its context is left to a model that thinks."""
    size = context or UNKNOWN.context_tokens
    thinking = min(size // 8, _THINKING)
    return ModelTraits(
        context_tokens=size - thinking,
        output_tokens=min(size // 4, _USUAL_OUTPUT),
        form=form,
        weak=weak,
        thinking_tokens=thinking,
    )


def _thinks(profile: Mapping[str, object], listed: int | None) -> bool:
    """Whether it thinks unasked; a model too new for the list may."""
    unasked = profile.get("thinking_always_enabled") or profile.get("thinking_enabled_by_default")
    return bool(unasked or (listed is None and profile.get("supports_thinking")))


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and value > 0 else None
