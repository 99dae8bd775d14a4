"""What tables say of a model, with no key and nothing installed for it."""

import pytest

from foureyes.llm.assumed import assumed_traits
from foureyes.llm.port import AnswerForm
from foureyes.llm.providers import open_model
from foureyes.llm.traits import UNKNOWN
from foureyes.settings import Settings


@pytest.mark.parametrize("spec", ["anthropic:claude-opus-4-8", "anthropic:claude-nope", "openai:gpt-5", "openai:zzz"])
def test_a_model_is_assumed_to_be_what_it_is_when_opened(spec: str) -> None:
    keys = Settings.model_validate({"anthropic_api_key": "x", "openai_api_key": "x"})
    assert assumed_traits(spec) == open_model(spec, keys).traits


@pytest.mark.parametrize("spec", ["google:gemini-2.5-pro", "groq:llama-3.3-70b-versatile", "bedrock:anthropic.claude"])
def test_a_provider_whose_package_may_be_missing_still_has_limits(spec: str) -> None:
    traits = assumed_traits(spec)
    assert traits.form is AnswerForm.TOOL_CALL
    assert traits.context_tokens > 50_000


@pytest.mark.parametrize("spec", ["ollama:qwen3", "vllm:qwen3", "compatible:qwen3"])
def test_a_server_of_ones_own_is_assumed_to_be_small(spec: str) -> None:
    assert assumed_traits(spec) == UNKNOWN


@pytest.mark.parametrize("spec", ["claude", "nobody:claude"])
def test_what_names_no_model_is_refused(spec: str) -> None:
    with pytest.raises(ValueError, match="PROVIDER:MODEL"):
        assumed_traits(spec)
