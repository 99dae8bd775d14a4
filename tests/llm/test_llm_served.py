"""How servers of one's own tell how much context they give: each in its own words, or not at all."""

import json
from collections.abc import Mapping

import httpx2
import pytest

from foureyes.llm.served import Server
from foureyes.settings import Provider

NAME = "qwen3:8b"


async def context(
    provider: Provider, pages: Mapping[str, object], *, name: str = NAME, key: str = "", seen: list[str] | None = None
) -> int | None:
    """What `Server` makes of a server that has these pages and no others."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        if seen is not None:
            seen.append(f"{request.method} {request.url.path} {request.headers.get('authorization')}")
        page = pages.get(request.url.path)
        if page is None:
            return httpx2.Response(404)
        return httpx2.Response(200, content=page if isinstance(page, bytes) else json.dumps(page).encode())

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as client:
        return await Server(client, "http://gpu:8000/v1", key).context(provider, name)


@pytest.mark.parametrize(
    ("field", "server"),
    [
        ("max_model_len", "vLLM"),
        ("context_length", "OpenRouter and Together"),
        ("context_window", "Groq"),
        ("max_context_length", "LM Studio"),
    ],
)
async def test_a_list_of_models_may_tell(field: str, server: str) -> None:
    listing = {"object": "list", "data": [{"id": "other", field: 1}, {"id": NAME, "owned_by": server, field: 32768}]}
    assert await context(Provider.VLLM, {"/v1/models": listing}) == 32768


async def test_llama_cpp_tells_in_its_properties() -> None:
    pages = {
        "/v1/models": {"data": [{"id": NAME, "meta": {"n_ctx_train": 131072}}]},
        "/props": {"default_generation_settings": {"n_ctx": 4096, "params": {}}, "total_slots": 1},
    }
    assert await context(Provider.COMPATIBLE, pages) == 4096


async def test_ollama_tells_what_a_running_model_was_loaded_with() -> None:
    pages = {
        "/api/ps": {"models": [{"name": NAME, "model": NAME, "context_length": 16384}]},
        "/api/show": {"model_info": {"qwen3.context_length": 40960}},
    }
    assert await context(Provider.OLLAMA, pages) == 16384


async def test_ollama_tells_what_a_modelfile_sets() -> None:
    shown = {
        "parameters": 'stop           "<|im_end|>"\nnum_ctx        12288\n',
        "model_info": {"q.context_length": 40960},
    }
    assert await context(Provider.OLLAMA, {"/api/ps": {"models": []}, "/api/show": shown}) == 12288


async def test_ollama_cuts_prompts_at_its_own_default_however_large_the_model() -> None:
    shown = {"model_info": {"general.architecture": "qwen3", "qwen3.context_length": 40960}}
    assert await context(Provider.OLLAMA, {"/api/show": shown}) == 4096


async def test_a_small_model_at_ollama_has_what_it_has() -> None:
    assert await context(Provider.OLLAMA, {"/api/show": {"model_info": {"llama.context_length": 2048}}}) == 2048


async def test_the_latest_tag_need_not_be_written() -> None:
    pages = {"/api/ps": {"models": [{"name": "llama3:latest", "model": "llama3:latest", "context_length": 8192}]}}
    assert await context(Provider.OLLAMA, pages, name="llama3") == 8192


@pytest.mark.parametrize("provider", [Provider.VLLM, Provider.OLLAMA, Provider.COMPATIBLE])
@pytest.mark.parametrize(
    "page", [b"<html>", b"[]", b'{"data": 3, "models": 3}', b'{"data": [{"id": "qwen3:8b"}]}', b"[" * 90_000, b""]
)
async def test_a_server_that_tells_nothing_is_no_failure(provider: Provider, page: bytes) -> None:
    pages = dict.fromkeys(("/v1/models", "/props", "/api/ps", "/api/show"), page)
    assert await context(provider, pages) in (None, 4096)


async def test_a_server_that_is_away_is_no_failure() -> None:
    async with httpx2.AsyncClient() as client:
        assert await Server(client, "http://127.0.0.1:9/v1", "").context(Provider.VLLM, NAME) is None


async def test_the_key_goes_along() -> None:
    seen: list[str] = []
    await context(Provider.VLLM, {}, key="k", seen=seen)
    assert seen == ["GET /v1/models Bearer k", "GET /props Bearer k"]
