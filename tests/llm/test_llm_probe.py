"""The probe: one trivial question in each form tells what a model can do, and when it should not review."""

from datetime import timedelta

import pytest
from llm_material import an_ask
from pydantic import BaseModel

from foureyes.errors import ModelAuthError, ModelConnectionError, ModelError, ModelRefusedError, ModelServerError
from foureyes.kit.keyvalue import MemoryStore
from foureyes.llm.port import AnswerForm, Ask, MemoryLedger, ModelTraits, Purpose, Reply
from foureyes.llm.probe import probe, remembered
from foureyes.llm.scripted import Line, ScriptedModel

RIGHT = '{"items": [{"thing": "The apple", "colour": "Red"}, {"thing": "sky", "colour": "blue"}]}'
WRONG = '{"items": [{"thing": "banana", "colour": "yellow"}]}'
NAME = "compatible:any"


class FormedModel(ScriptedModel):
    """Answers by the form it is asked in; in any other form it talks."""

    def __init__(self, **lines: Line) -> None:
        super().__init__([], name=NAME)
        self.lines = lines
        self.tried: list[AnswerForm] = []

    async def attempt(self, ask: Ask, schema: type[BaseModel] | None) -> Reply:
        self.asks.append(ask)
        self.tried.append(self.traits.form)
        line = self.lines.get(self.traits.form.name.lower(), "Apples are nice.")
        if isinstance(line, ModelError):
            raise line
        return Reply(str(line), (await ScriptedModel(["x"]).attempt(ask, None)).usage, self.name)


@pytest.mark.parametrize("form", list(AnswerForm))
async def test_the_first_form_with_the_right_answer_is_taken(form: AnswerForm) -> None:
    traits = await probe(FormedModel(**{form.name.lower(): RIGHT}))
    assert traits.form is form
    assert traits.weak == ""


async def test_a_good_model_is_asked_once() -> None:
    model = FormedModel(json_schema=RIGHT, tool_call=RIGHT)
    await probe(model)
    assert model.tried == [AnswerForm.JSON_SCHEMA]


async def test_a_form_that_a_server_rejects_or_fails_on_is_only_one_form() -> None:
    model = FormedModel(
        json_schema=ModelRefusedError(NAME, "response_format is not supported"),
        tool_call=ModelServerError(NAME, "500"),
        prompted=RIGHT,
    )
    assert (await probe(model)).form is AnswerForm.PROMPTED


async def test_a_model_that_fits_every_form_and_says_nonsense_is_too_weak() -> None:
    traits = await probe(FormedModel(json_schema=WRONG, tool_call=WRONG, prompted=WRONG))
    assert "wrongly" in traits.weak
    assert traits.form is AnswerForm.JSON_SCHEMA


async def test_a_model_that_fits_no_form_is_too_weak() -> None:
    traits = await probe(FormedModel())
    assert "can't answer a trivial question" in traits.weak


async def test_a_server_that_is_not_there_is_no_verdict_on_the_model() -> None:
    away = ModelConnectionError(NAME, "refused")
    with pytest.raises(ModelConnectionError):
        await probe(FormedModel(json_schema=away, tool_call=away, prompted=away))


async def test_a_refused_key_ends_the_probe_at_once() -> None:
    model = FormedModel(json_schema=ModelAuthError(NAME, "bad key"))
    with pytest.raises(ModelAuthError):
        await probe(model)
    assert model.tried == [AnswerForm.JSON_SCHEMA]


async def test_the_context_is_asked_for_when_the_model_is_loaded() -> None:
    model = FormedModel(json_schema=RIGHT)

    async def context() -> int:
        assert model.tried
        return 32_768

    traits = await probe(model, context=context)
    assert traits.context_tokens + traits.thinking_tokens == 32_768
    assert traits.output_tokens == 8_192


async def test_without_word_of_the_context_it_is_taken_for_small() -> None:
    traits = await probe(FormedModel(json_schema=RIGHT))
    assert traits.context_tokens + traits.thinking_tokens == 8_192


async def test_its_calls_stand_in_the_ledger() -> None:
    ledger = MemoryLedger()
    await probe(FormedModel(json_schema=RIGHT), ledger=ledger)
    assert [row.purpose for row in ledger.rows] == [Purpose.PROBE]


async def test_what_was_found_out_is_remembered_by_name_and_address() -> None:
    store, found = MemoryStore(), ModelTraits(4096, 1024, AnswerForm.PROMPTED, weak="very")
    calls = 0

    async def find_out() -> ModelTraits:
        nonlocal calls
        calls += 1
        return found

    for name, address in [(NAME, "http://a/v1"), (NAME, "http://a/v1"), (NAME, "http://b/v1")]:
        assert await remembered(name, address, store=store, find_out=find_out) == found
    assert calls == 2


async def test_traits_that_no_longer_read_are_found_out_anew() -> None:
    class Spoiled(MemoryStore):
        async def get(self, key: str) -> bytes | None:
            return b'{"context_tokens": "many"}'

    found = ModelTraits(4096, 1024, AnswerForm.PROMPTED)

    async def find_out() -> ModelTraits:
        return found

    assert await remembered(NAME, "http://a/v1", store=Spoiled(), find_out=find_out) == found


async def test_a_weak_verdict_is_forgotten_sooner() -> None:
    lifetimes: list[timedelta] = []

    class Watching(MemoryStore):
        async def put(self, key: str, value: bytes, *, lifetime: timedelta) -> None:
            lifetimes.append(lifetime)

    for weak in ("", "too weak"):

        async def find_out(weak: str = weak) -> ModelTraits:
            return ModelTraits(4096, 1024, AnswerForm.PROMPTED, weak=weak)

        await remembered(NAME, "http://a/v1", store=Watching(), find_out=find_out)
    assert lifetimes[0] > lifetimes[1]


def test_the_twin_keeps_its_script_under_other_traits() -> None:
    model = ScriptedModel(["one"])
    other = model.with_traits(ModelTraits(1, 1, AnswerForm.PROMPTED))
    assert other.asks is model.asks
    assert model.traits != other.traits
    assert an_ask() not in other.asks
