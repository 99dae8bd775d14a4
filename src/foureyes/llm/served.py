"""How much context a server of one's own gives to a model: each kind tells it in its own way, or not at all."""

import re
from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError

from foureyes.llm.port import SchemaT
from foureyes.settings import Provider

if TYPE_CHECKING:
    import httpx2

_SECONDS = 5.0
_OLLAMA_DEFAULT = 4096
"""Ollama silently cuts prompts to this unless it was told otherwise (https://docs.ollama.com/context-length)."""


class _Listed(BaseModel):
    id: str = ""
    max_model_len: int | None = None
    context_length: int | None = None
    context_window: int | None = None
    max_context_length: int | None = None

    def context(self) -> int | None:
        return self.max_model_len or self.context_length or self.context_window or self.max_context_length


class _Listing(BaseModel):
    data: list[_Listed] = []


class _Generation(BaseModel):
    n_ctx: int | None = None


class _Props(BaseModel):
    default_generation_settings: _Generation = _Generation()


class _Running(BaseModel):
    model: str = ""
    name: str = ""
    context_length: int | None = None


class _RunningList(BaseModel):
    models: list[_Running] = []


class _Shown(BaseModel):
    parameters: str = ""
    model_info: dict[str, object] = {}


class Server:
    """A server of one's own at a base URL that ends in /v1, as its operator set it."""

    def __init__(self, client: "httpx2.AsyncClient", url: str, key: str) -> None:
        self._client = client
        self._url = url
        self._root = url.removesuffix("/v1")
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}

    async def context(self, provider: Provider, name: str) -> int | None:
        """Tokens of context that the server gives to the model; None when it does not tell."""
        return await (self._ollama(name) if provider is Provider.OLLAMA else self._usual(name))

    async def _usual(self, name: str) -> int | None:
        """vLLM and most others list it; llama.cpp has it in its properties."""
        listing = _parsed(_Listing, await self._get(f"{self._url}/models"))
        for listed in listing.data if listing else []:
            if listed.id == name and listed.context():
                return listed.context()
        props = _parsed(_Props, await self._get(f"{self._root}/props"))
        return props.default_generation_settings.n_ctx if props else None

    async def _ollama(self, name: str) -> int | None:
        """What the running model was loaded with, or else what it will be loaded with."""
        running = _parsed(_RunningList, await self._get(f"{self._root}/api/ps"))
        for loaded in running.models if running else []:
            if name in (loaded.name, loaded.model, loaded.name.removesuffix(":latest")) and loaded.context_length:
                return loaded.context_length
        shown = _parsed(_Shown, await self._post(f"{self._root}/api/show", {"model": name}))
        if shown is None:
            return None
        if told := re.search(r"^num_ctx\s+(\d+)", shown.parameters, re.MULTILINE):
            return int(told[1])
        sizes = [size for key, size in shown.model_info.items() if key.endswith(".context_length")]
        return min([_OLLAMA_DEFAULT, *(size for size in sizes if isinstance(size, int) and size > 0)])

    async def _get(self, url: str) -> bytes:
        return await self._send("GET", url, None)

    async def _post(self, url: str, body: dict[str, str]) -> bytes:
        return await self._send("POST", url, body)

    async def _send(self, method: str, url: str, body: dict[str, str] | None) -> bytes:
        import httpx2  # noqa: PLC0415

        try:
            reply = await self._client.request(method, url, json=body, headers=self._headers, timeout=_SECONDS)
        except httpx2.HTTPError:
            return b""
        return reply.content if reply.status_code == httpx2.codes.OK else b""


def _parsed(shape: type[SchemaT], raw: bytes) -> SchemaT | None:
    try:
        return shape.model_validate_json(raw)
    except ValidationError:
        return None
