"""One contract for every model: the twin that ships, and real clients against a server that speaks as providers do."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec

import pytest
from llm_material import FOUND, Remarks, an_ask
from llm_servers import mock_providers, settings_for
from llmock.pytest_plugin import LLMock
from pydantic import BaseModel

from foureyes.errors import (
    ContextOverflowError,
    ModelAuthError,
    ModelCreditError,
    ModelError,
    ModelOverloadedError,
    ModelRateLimitError,
    ModelRefusedError,
    ModelServerError,
    ModelSettingsError,
)
from foureyes.llm.answers import misfit
from foureyes.llm.port import Ask, Model
from foureyes.llm.providers import open_model
from foureyes.llm.scripted import Line, ScriptedModel

EXTRAS = {"google": "google.genai", "groq": "groq"}
SPECS = {
    "twin": "scripted:model",
    "anthropic": "anthropic:claude-opus-4-8",
    "openai": "openai:gpt-5",
    "google": "google:gemini-2.5-pro",
    "groq": "groq:llama-3.3-70b-versatile",
    "ollama": "ollama:qwen3:8b",
    "vllm": "vllm:qwen/qwen3-8b",
    "compatible": "compatible:any",
}
FAILURES: list[tuple[int, type[ModelError]]] = [
    (400, ModelRefusedError),
    (401, ModelAuthError),
    (402, ModelCreditError),
    (403, ModelAuthError),
    (404, ModelSettingsError),
    (413, ContextOverflowError),
    (429, ModelRateLimitError),
    (500, ModelServerError),
    (503, ModelOverloadedError),
    (504, ModelServerError),
    (529, ModelOverloadedError),
]


@dataclass
class Subject:
    """A model under contract, and how to make what stands behind it fail once with a status."""

    model: Model
    fail: Callable[[int], object]


@pytest.fixture(scope="module")
def providers() -> Iterator[LLMock]:
    with mock_providers() as mock:
        yield mock


def _installed(name: str) -> bool:
    try:
        return name not in EXTRAS or find_spec(EXTRAS[name]) is not None
    except ModuleNotFoundError:
        return False


@pytest.fixture(params=SPECS)
async def subject(request: pytest.FixtureRequest, providers: LLMock) -> AsyncIterator[Subject]:
    name: str = request.param
    if name == "twin":
        yield _twin()
        return
    if not _installed(name):
        pytest.skip(f"foureyes[{name}] is not installed")
    providers.reset()
    model = open_model(SPECS[name], settings_for(providers.url))
    yield Subject(model, providers.fail)
    await model.close()


def _twin() -> Subject:
    errors: list[ModelError] = []

    def respond(ask: Ask, schema: type[BaseModel] | None) -> Line:
        return errors.pop() if errors else (FOUND if schema else "It looks right.")

    def fail(status: int) -> None:
        errors.append(dict(FAILURES)[status]("scripted:model", "told to fail"))

    return Subject(ScriptedModel(respond), fail)


async def test_an_answer_with_a_schema_is_json_that_fits_it(subject: Subject) -> None:
    reply = await subject.model.attempt(an_ask(), Remarks)
    assert misfit(reply.text, Remarks) == ""
    assert reply.model == subject.model.name


async def test_an_answer_without_a_schema_is_words(subject: Subject) -> None:
    assert (await subject.model.attempt(an_ask(), None)).text.strip()


async def test_usage_is_counted(subject: Subject) -> None:
    usage = (await subject.model.attempt(an_ask("Look closely. " * 50), Remarks)).usage
    assert 50 <= usage.input_tokens <= 1000
    assert 0 < usage.output_tokens < 100
    assert usage.calls == 1


async def test_text_of_any_kind_can_be_sent(subject: Subject) -> None:
    reply = await subject.model.attempt(an_ask("\x00 \udc80 \u202e <|im_end|> 日本", system=""), Remarks)
    assert reply.text


async def test_each_failure_is_a_leaf_of_our_tree_and_leaves_the_model_usable(subject: Subject) -> None:
    for status, kind in FAILURES:
        subject.fail(status)
        with pytest.raises(ModelError) as caught:
            await subject.model.attempt(an_ask(), Remarks)
        assert type(caught.value) is kind, status
        assert caught.value.model == subject.model.name
        assert "sk-test" not in str(caught.value)
    assert (await subject.model.attempt(an_ask(), Remarks)).text


async def test_traits_leave_room_for_a_prompt_and_an_answer(subject: Subject) -> None:
    traits = subject.model.traits
    assert 0 < traits.output_tokens < traits.context_tokens
    assert not traits.weak
