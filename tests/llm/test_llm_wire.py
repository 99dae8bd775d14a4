"""What goes over the wire, byte by byte: ends, cuts, refusals and silence, as servers really send them."""

import json
from collections.abc import Sequence
from datetime import timedelta

import pytest
from llm_material import FOUND, Remarks, an_ask
from llm_servers import KEY, Said, saying, settings_for

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
    TruncatedAnswerError,
)
from foureyes.llm.port import Reply
from foureyes.llm.providers import open_model

CHAT, CLAUDE = "compatible:any", "anthropic:claude-opus-4-8"
WORDS = FOUND.model_dump_json()


def sse(*events: dict[str, object]) -> list[bytes]:
    lines = []
    for event in events:
        name = f"event: {event['type']}\n" if "type" in event else ""
        lines.append(f"{name}data: {json.dumps(event)}\n\n".encode())
    return lines


def chat(words: str, *, end: str | None = "stop", pieces: int = 4) -> list[bytes]:
    """A stream of chat completions, as every OpenAI-compatible server sends it."""
    step = max(1, -(-len(words) // pieces))
    deltas: Sequence[dict[str, object]] = [{"content": words[at : at + step]} for at in range(0, len(words), step)]
    choices = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
    if end is not None:
        choices.append({"index": 0, "delta": {}, "finish_reason": end})
    shared = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "any"}
    usage = {"prompt_tokens": 40, "completion_tokens": 9, "total_tokens": 49}
    last: dict[str, object] = {**shared, "choices": [], "usage": usage}
    return [*sse(*({**shared, "choices": [choice]} for choice in choices), last), b"data: [DONE]\n\n"]


def claude(words: str, *, end: str = "tool_use") -> list[bytes]:
    """A stream of Anthropic messages with one tool call."""
    return sse(
        {
            "type": "message_start",
            "message": {
                "id": "m1", "type": "message", "role": "assistant", "model": "claude-opus-4-8", "content": [],
                "stop_reason": None, "stop_sequence": None,
                "usage": {
                    "input_tokens": 10, "cache_read_input_tokens": 900, "cache_creation_input_tokens": 50,
                    "output_tokens": 1,
                },
            },
        },
        {
            "type": "content_block_start", "index": 0,
            "content_block": {"type": "tool_use", "id": "t1", "name": "answer", "input": {}},
        },
        {"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": words[:9]}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": words[9:]}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": end, "stop_sequence": None}, "usage": {"output_tokens": 30}},
        {"type": "message_stop"},
    )  # fmt: skip


def failure(status: int, body: object, **headers: str) -> Said:
    return Said([json.dumps(body).encode()], status=status, kind="application/json", headers=headers)


async def attempt(spec: str, *says: Said, first: float = 5, idle: float = 5, total: float = 10) -> Reply:
    async with saying(*says) as server:
        settings = settings_for(
            server.url, model_timeout=timedelta(seconds=total), model_idle_timeout=timedelta(seconds=idle)
        )
        model = open_model(spec, settings)
        try:
            return await model.attempt(an_ask(), Remarks)
        finally:
            await model.close()
            assert len(server.asked) == 1


async def test_a_whole_stream_is_an_answer_with_its_usage() -> None:
    reply = await attempt(CHAT, Said(chat(WORDS)))
    assert reply.text == WORDS
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (40, 9)


async def test_usage_tells_what_came_from_the_providers_cache() -> None:
    reply = await attempt(CLAUDE, Said(claude(WORDS)))
    assert json.loads(reply.text) == FOUND.model_dump()
    assert reply.usage.input_tokens == 960
    assert reply.usage.cached_input_tokens == 900
    assert reply.usage.cache_written_tokens == 50
    assert reply.usage.output_tokens == 30


@pytest.mark.parametrize("spec", [CHAT, CLAUDE])
@pytest.mark.parametrize("whole", [True, False], ids=["closed", "torn"])
async def test_no_cut_of_a_stream_is_ever_an_answer(spec: str, *, whole: bool) -> None:
    events = chat(WORDS, pieces=3)[:3] if spec == CHAT else claude(WORDS)[:-2]
    for kept in range(len(events) + 1):
        with pytest.raises(ModelError) as caught:
            await attempt(spec, Said(events[:kept], whole=whole))
        assert isinstance(caught.value, ModelConnectionError | ModelServerError), (kept, caught.value)


async def test_json_in_a_code_fence_is_taken_out_of_it() -> None:
    reply = await attempt(CHAT, Said(chat(f"```json\n{WORDS}\n```")))
    assert reply.text == WORDS


@pytest.mark.parametrize(
    ("spec", "events"), [(CHAT, chat(WORDS, end="length")), (CLAUDE, claude(WORDS, end="max_tokens"))]
)
async def test_an_answer_at_the_limit_is_cut_even_when_it_parses(spec: str, events: list[bytes]) -> None:
    with pytest.raises(TruncatedAnswerError) as caught:
        await attempt(spec, Said(events))
    assert caught.value.input_tokens > 0
    assert caught.value.output_tokens > 0


@pytest.mark.parametrize(
    ("spec", "events"), [(CHAT, chat("", end="content_filter")), (CLAUDE, claude("{}", end="refusal"))]
)
async def test_a_refusal_is_a_refusal(spec: str, events: list[bytes]) -> None:
    with pytest.raises(ModelRefusedError, match="refused to answer"):
        await attempt(spec, Said(events))


async def test_a_stream_that_only_pings_is_silence() -> None:
    start, ping = claude(WORDS)[0], b'event: ping\ndata: {"type": "ping"}\n\n'
    with pytest.raises(ModelTimeoutError, match=r"within 0\.3 s") as caught:
        await attempt(CLAUDE, Said([start, *[ping] * 100], pause=0.05), idle=0.3)
    assert caught.value.input_tokens > 0


async def test_comments_that_keep_a_connection_open_are_silence_too() -> None:
    with pytest.raises(ModelTimeoutError, match="stopped in the middle"):
        await attempt(CHAT, Said([*chat(WORDS)[:2], *[b": keep-alive\n\n"] * 100], pause=0.05), idle=0.3)


async def test_an_answer_that_drips_has_a_limit_in_all() -> None:
    with pytest.raises(ModelTimeoutError, match=r"not complete within 0\.6 s"):
        await attempt(CHAT, Said(chat(WORDS * 9, pieces=100), pause=0.05), idle=0.5, total=0.6)


async def test_a_server_of_ones_own_may_read_for_long_before_its_first_word() -> None:
    async with saying(Said([b": reading\n\n"] * 8 + chat(WORDS), pause=0.05)) as server:
        settings = settings_for(
            server.url, model_timeout=timedelta(seconds=9), model_idle_timeout=timedelta(seconds=0.3)
        )
        model = open_model(CHAT, settings)
        assert (await model.attempt(an_ask(), Remarks)).text == WORDS
        await model.close()


async def test_a_server_that_is_not_there_is_a_connection_error_that_cost_nothing() -> None:
    model = open_model(CHAT, settings_for("http://127.0.0.1:9"))
    with pytest.raises(ModelConnectionError, match="no connection could be made") as caught:
        await model.attempt(an_ask(), Remarks)
    await model.close()
    assert caught.value.input_tokens == 0


async def test_redirects_are_not_followed_with_the_key() -> None:
    async with saying(Said(chat(WORDS))) as elsewhere:
        away = failure(307, {}, location=f"{elsewhere.url}/v1/chat/completions")
        with pytest.raises(ModelError):
            await attempt(CHAT, away)
        assert elsewhere.asked == []


async def test_a_key_that_is_echoed_is_not_repeated() -> None:
    key = KEY.get_secret_value()
    with pytest.raises(ModelAuthError) as caught:
        await attempt(CHAT, failure(401, {"error": {"message": f"bad key {key}\x1b[31m"}}))
    assert key not in str(caught.value)
    assert "bad key ***" in str(caught.value)
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after": "99999999999999999999"}, 86_400.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0.0),
        ({}, None),
    ],
)
async def test_the_providers_wish_is_read_in_all_its_spellings(headers: dict[str, str], seconds: float | None) -> None:
    with pytest.raises(ModelRateLimitError) as caught:
        await attempt(CHAT, failure(429, {"error": {"message": "slow down"}}, **headers))
    assert caught.value.retry_after == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("spec", "status", "error"),
    [
        (CHAT, 429, {"code": "insufficient_quota", "type": "insufficient_quota", "message": "You exceeded your quota"}),
        (CLAUDE, 400, {"type": "invalid_request_error", "message": "Your credit balance is too low to access"}),
        (CLAUDE, 402, {"type": "billing_error", "message": "Payment problem"}),
    ],
)
async def test_an_empty_account_is_no_rate_limit(spec: str, status: int, error: dict[str, str]) -> None:
    with pytest.raises(ModelCreditError, match="top it up"):
        await attempt(spec, failure(status, {"type": "error", "error": error}))


@pytest.mark.parametrize(
    ("spec", "status", "message"),
    [
        (CHAT, 400, "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens"),
        (CHAT, 400, "the request exceeds the available context size. try increasing it"),
        (CHAT, 400, "request (9000 tokens) exceeds the available context size (8192 tokens)"),
        (CHAT, 422, "`inputs` tokens + `max_new_tokens` must be <= 4096 tokens. Given: 5000"),
        (CHAT, 400, "The prompt is too long: 9000, model maximum context length: 8192"),
        (CLAUDE, 400, "prompt is too long: 210000 tokens > 200000 maximum"),
        (CLAUDE, 400, "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000"),
        (CLAUDE, 413, "Request exceeds the maximum size"),
    ],
)
async def test_each_providers_own_words_for_too_long(spec: str, status: int, message: str) -> None:
    error = {"type": "invalid_request_error", "message": message}
    with pytest.raises(ContextOverflowError):
        await attempt(spec, failure(status, {"type": "error", "error": error}))


async def test_a_rejection_for_its_content_is_a_refusal() -> None:
    error = {"code": "content_policy_violation", "message": "Your request was rejected by our safety system"}
    with pytest.raises(ModelRefusedError, match="refused to answer"):
        await attempt(CHAT, failure(400, {"error": error}))


async def test_any_other_rejection_says_what_the_provider_said() -> None:
    with pytest.raises(ModelRefusedError, match="rejected the request: Unsupported value: 'temperature'"):
        await attempt(CHAT, failure(400, {"error": {"message": "Unsupported value: 'temperature'"}}))


@pytest.mark.parametrize(
    ("status", "kind"), [(405, ModelRefusedError), (451, ModelRefusedError), (408, ModelServerError)]
)
async def test_other_statuses_are_final_unless_they_may_pass(status: int, kind: type[ModelError]) -> None:
    with pytest.raises(kind):
        await attempt(CHAT, failure(status, {"error": {"message": "no"}}))


async def test_an_unknown_model_is_a_matter_of_settings() -> None:
    with pytest.raises(ModelSettingsError, match="check its name and the URL"):
        await attempt(CLAUDE, failure(404, {"error": {"type": "not_found_error", "message": "model: claude-x"}}))


async def test_an_error_inside_a_stream_is_the_same_error() -> None:
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    with pytest.raises(ModelOverloadedError):
        await attempt(CLAUDE, Said([*claude(WORDS)[:3], *sse(error)]))


@pytest.mark.parametrize(
    "said",
    [
        Said([b"<html>captive portal</html>"], kind="text/html"),
        Said([b"data: {not json\n\n"]),
        Said([b"data: 42\n\n"]),
        Said([b'data: {"choices": "none"}\n\n']),
        Said([b"\xff\xfe\x00"]),
        Said([b"{" * 50_000], kind="application/json"),
        Said([b"<html>bad gateway</html>"], status=502, kind="text/html"),
    ],
    ids=range(7),
)
async def test_nonsense_from_a_server_is_one_of_our_errors(said: Said) -> None:
    for spec in (CHAT, CLAUDE):
        with pytest.raises((ModelConnectionError, ModelServerError)):
            await attempt(spec, said)
