"""One model on the wire, through pydantic-ai: a streamed request, a watch on it, and an answer taken whole or not."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from pydantic import BaseModel, SecretStr

from foureyes.errors import (
    ModelConnectionError,
    ModelError,
    ModelRefusedError,
    ModelServerError,
    ModelTimeoutError,
    TruncatedAnswerError,
)
from foureyes.kit.text import printable, shortened, well_formed
from foureyes.llm import tokens
from foureyes.llm.answers import shape_of
from foureyes.llm.failures import translated
from foureyes.llm.port import AnswerForm, Ask, ModelTraits, Reply, Usage

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelResponse
    from pydantic_ai.models import Model as Inner
    from pydantic_ai.models import ModelRequestParameters, StreamedResponse
    from pydantic_ai.settings import ModelSettings

_TOOL = "answer"
_FENCE = re.compile(r"\s*```(?:json)?[ \t]*\n(.*?)\n?```\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a call may take: until its first word, between two words, and in all."""

    first: timedelta
    idle: timedelta
    total: timedelta


@dataclass(frozen=True, slots=True)
class Access:
    """The key that a model is called with, and the variable to name when it is refused."""

    key: SecretStr | None = None
    variable: str | None = None


class WireModel:
    """A model at a provider.

    Requests are streamed, so that a server that has stopped working is noticed by its silence: pings do not count.
    An answer is used only when the stream came to its proper end.
    """

    def __init__(
        self,
        name: str,
        inner: "Inner",
        *,
        traits: ModelTraits,
        patience: Patience,
        access: Access,
        settings: "ModelSettings",
        release: Callable[[], Awaitable[None]],
    ) -> None:
        self.name = name
        self.traits = traits
        self._inner = inner
        self.patience = patience
        self._access = access
        self._settings = settings
        self._release = release

    def with_traits(self, traits: ModelTraits) -> Self:
        """The same model over the same connection, asked in another form. Close one of the two, not both."""
        return type(self)(
            self.name,
            self._inner,
            traits=traits,
            patience=self.patience,
            access=self._access,
            settings=self._settings,
            release=self._release,
        )

    async def attempt(self, ask: Ask, schema: type[BaseModel] | None) -> Reply:
        heard: list[StreamedResponse] = []
        try:
            response = await self._response(ask, schema, heard)
            self._check_end(response)
        except ModelError as exc:
            self._count(exc, ask, heard)
            raise
        except Exception as exc:  # The port promises our errors alone; SDKs raise what they like on a broken stream.
            ours = translated(exc, self.name, variable=self._access.variable, key=self._access.key)
            self._count(ours, ask, heard)
            raise ours from exc
        return Reply(_text(response), _usage(response, ask), self.name)

    async def close(self) -> None:
        await self._release()

    async def _response(
        self, ask: Ask, schema: type[BaseModel] | None, heard: "list[StreamedResponse]"
    ) -> "ModelResponse":
        from pydantic_ai.direct import model_request_stream  # noqa: PLC0415
        from pydantic_ai.messages import ModelRequest, UserPromptPart  # noqa: PLC0415

        request = ModelRequest(
            parts=[UserPromptPart(well_formed(ask.prompt))], instructions=well_formed(ask.system) or None
        )
        async with AsyncExitStack() as stack, _within(self.patience.total, self.name, "its answer was not complete"):
            async with _within(self.patience.first, self.name, "it did not begin to answer"):
                stream = await stack.enter_async_context(
                    model_request_stream(
                        self._inner,
                        [request],
                        model_settings=self._request_settings(ask),
                        model_request_parameters=_parameters(self.traits.form, schema),
                    )
                )
            heard.append(stream)
            await self._listen(stream)
            return stream.get()

    async def _listen(self, stream: "StreamedResponse") -> None:
        events = aiter(stream)
        limit, silence = self.patience.first, "it did not begin to answer"
        while True:
            async with _within(limit, self.name, silence):
                if await anext(events, None) is None:
                    return
            limit, silence = self.patience.idle, "it stopped in the middle of its answer"

    def _request_settings(self, ask: Ask) -> "ModelSettings":
        room = min(ask.max_output_tokens, self.traits.output_tokens) + self.traits.thinking_tokens
        return {**self._settings, "max_tokens": room}

    def _check_end(self, response: "ModelResponse") -> None:
        details = response.provider_details or {}
        match response.finish_reason:
            case "length":
                raise TruncatedAnswerError(self.name, "the answer was cut at the limit of tokens")
            case "content_filter":
                said = str(details.get("refusal") or details.get("finish_reason") or "content filter")
                raise ModelRefusedError(self.name, f"it refused to answer: {shortened(printable(said), 300)}")
            case "error":
                raise ModelServerError(self.name, "it failed in the middle of its answer")
        unnamed_end = response.finish_reason is None and not details.get("finish_reason")
        if unnamed_end or response.state != "complete":
            raise ModelConnectionError(self.name, "the answer broke off before its end")

    def _count(self, error: ModelError, ask: Ask, heard: "list[StreamedResponse]") -> None:
        """Note on the error what will be billed. A request that was not answered in time has been read all the same."""
        if heard:
            usage = _usage(heard[0].get(), ask)
        elif isinstance(error, ModelTimeoutError):
            usage = Usage(input_tokens=tokens.guessed(ask.system + ask.prompt))
        else:
            return
        error.input_tokens = usage.input_tokens
        error.cached_input_tokens = usage.cached_input_tokens
        error.cache_written_tokens = usage.cache_written_tokens
        error.output_tokens = usage.output_tokens


@asynccontextmanager
async def _within(limit: timedelta, model: str, silence: str) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(limit.total_seconds()):
            yield
    except TimeoutError as exc:
        raise ModelTimeoutError(model, f"{silence} within {limit.total_seconds():g} s") from exc


def _parameters(form: AnswerForm, schema: type[BaseModel] | None) -> "ModelRequestParameters":
    from pydantic_ai.models import ModelRequestParameters  # noqa: PLC0415
    from pydantic_ai.output import OutputObjectDefinition  # noqa: PLC0415
    from pydantic_ai.tools import ToolDefinition  # noqa: PLC0415

    if schema is None:
        return ModelRequestParameters()
    shape, meaning = json.loads(shape_of(schema)), schema.__doc__ or "The answer."
    if form is AnswerForm.TOOL_CALL:
        tool = ToolDefinition(name=_TOOL, description=meaning, parameters_json_schema=shape, kind="output")
        return ModelRequestParameters(output_mode="tool", output_tools=[tool], allow_text_output=False)
    return ModelRequestParameters(
        output_mode="native" if form is AnswerForm.JSON_SCHEMA else "prompted",
        output_object=OutputObjectDefinition(json_schema=shape, name=schema.__name__, description=meaning),
    )


def _text(response: "ModelResponse") -> str:
    """The arguments of the tool call, or else the words, out of the code fence that some models put around JSON."""
    for call in response.tool_calls:
        return call.args_as_json_str()
    text = response.text or ""
    fenced = _FENCE.fullmatch(text)
    return fenced[1] if fenced else text


def _usage(response: "ModelResponse", ask: Ask) -> Usage:
    """The provider's count; a guess where it gave none, as servers do that know no usage in streams."""
    counted = response.usage
    return Usage(
        input_tokens=counted.input_tokens or tokens.guessed(ask.system + ask.prompt),
        cached_input_tokens=counted.cache_read_tokens,
        output_tokens=counted.output_tokens or tokens.guessed(_text(response)),
        cost=None,
        calls=1,
        cache_written_tokens=counted.cache_write_tokens,
    )
