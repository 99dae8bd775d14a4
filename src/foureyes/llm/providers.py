"""Models at real providers, opened by their spec: `anthropic:NAME`, `ollama:NAME` and so on."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from foureyes.errors import ModelSettingsError
from foureyes.llm.http import HttpPool
from foureyes.llm.port import ModelTraits
from foureyes.llm.traits import UNKNOWN, known_traits
from foureyes.llm.wire import Access, Patience, WireModel
from foureyes.settings import Provider, Settings, split_spec, variables

if TYPE_CHECKING:
    import httpx2
    from pydantic_ai.models import Model as Inner
    from pydantic_ai.profiles.openai import OpenAIModelProfile
    from pydantic_ai.settings import ModelSettings

_NO_KEY = "none"
_TOKENS_A_SECOND = 80
_DEFAULT_URLS = {Provider.OLLAMA: "http://localhost:11434/v1", Provider.VLLM: "http://localhost:8000/v1"}


def open_model(
    spec: str, settings: Settings, *, pool: HttpPool | None = None, traits: ModelTraits | None = None
) -> WireModel:
    """The model that `spec` names; nothing is sent yet. `traits` are the probe's, for a server of one's own.

    Raises:
        ModelSettingsError: no such provider, no key, no URL, or a package that is not installed.
    """
    try:
        provider, name = split_spec(spec)
    except ValueError as exc:
        raise ModelSettingsError(spec, str(exc)) from exc
    access = _access(spec, provider, settings)
    pool = pool or HttpPool(connections=settings.parallel_calls)
    key = access.key.get_secret_value() if access.key else ""
    place = _Place(name, key, base_url(provider, settings), pool.client, settings.model_timeout)
    try:
        inner = _BUILDERS[provider](place)
    except ImportError as exc:
        raise ModelSettingsError(spec, f"needs one package more: pip install 'foureyes[{provider}]'") from exc
    pool.hold()
    traits = traits or (UNKNOWN if provider.own_server else known_traits(provider, inner.profile))

    async def release() -> None:
        for close in place.closers:
            await close()
        await pool.release()

    return WireModel(
        spec,
        inner,
        traits=traits,
        patience=_patience(provider, settings, traits),
        access=access,
        settings=_request_settings(provider, settings),
        release=release,
    )


def base_url(provider: Provider, settings: Settings) -> str | None:
    """Where a provider is called; None means its own address."""
    return settings.url(provider) or _DEFAULT_URLS.get(provider)


def _access(spec: str, provider: Provider, settings: Settings) -> Access:
    """The key and the name of its variable; a big provider must have one."""
    key = settings.api_key(provider)
    if provider is Provider.BEDROCK:
        return Access(None, "AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY,")
    if provider.own_server:
        if base_url(provider, settings) is None:
            raise ModelSettingsError(spec, "has no address: set FOUREYES_MODEL_URL to its base URL, ending in /v1")
        return Access(key, "FOUREYES_MODEL_API_KEY")
    variable = variables(f"{provider}_api_key")[1]
    if key is None:
        raise ModelSettingsError(spec, f"needs a key: set {variable}")
    return Access(key, variable)


def _patience(provider: Provider, settings: Settings, traits: ModelTraits) -> Patience:
    """A model that thinks may say nothing meanwhile; a server of one's own may read a long prompt for minutes."""
    thinking = timedelta(seconds=traits.thinking_tokens / _TOKENS_A_SECOND)
    total = settings.model_timeout
    idle = min(settings.model_idle_timeout + thinking, total)
    return Patience(first=total if provider.own_server else idle, idle=idle, total=total)


def _request_settings(provider: Provider, settings: Settings) -> "ModelSettings":
    """Of every request: one attempt, and the part of the prompt that stays the same marked for the provider's cache."""
    asked: ModelSettings = {"cache": {"messages": False}}
    if provider is not Provider.BEDROCK:
        # Bedrock's client has these from the start, and warns of settings that it ignores.
        asked["max_retries"] = 0
        asked["timeout"] = settings.model_timeout.total_seconds()
    return asked


@dataclass(frozen=True, slots=True)
class _Place:
    """What a builder needs: the model's name, the key ("" for none), the address and the client to call it with.

    A builder whose package can't share the client puts what closes its own into `closers`.
    """

    name: str
    key: str
    url: str | None
    client: "httpx2.AsyncClient"
    timeout: timedelta
    closers: list[Callable[[], Awaitable[None]]] = field(default_factory=list)


def _anthropic(place: _Place) -> "Inner":
    from pydantic_ai.models.anthropic import AnthropicModel  # noqa: PLC0415
    from pydantic_ai.providers.anthropic import AnthropicProvider  # noqa: PLC0415

    url = place.url or "https://api.anthropic.com"
    provider = AnthropicProvider(api_key=place.key, base_url=url, http_client=place.client)
    return AnthropicModel(place.name, provider=provider)


def _openai(place: _Place) -> "Inner":
    from pydantic_ai.models.openai import OpenAIResponsesModel, OpenAIResponsesModelSettings  # noqa: PLC0415
    from pydantic_ai.providers.openai import OpenAIProvider  # noqa: PLC0415

    url = place.url or "https://api.openai.com/v1"
    provider = OpenAIProvider(api_key=place.key, base_url=url, http_client=place.client)
    # By default OpenAI keeps answers for a month; code of others is not to lie there.
    private = OpenAIResponsesModelSettings(openai_store=False)
    return OpenAIResponsesModel(place.name, provider=provider, settings=private)


def _google(place: _Place) -> "Inner":
    from pydantic_ai.models.google import GoogleModel  # noqa: PLC0415
    from pydantic_ai.providers.google import GoogleProvider  # noqa: PLC0415

    provider = GoogleProvider(api_key=place.key, base_url=place.url, http_client=place.client)
    return GoogleModel(place.name, provider=provider)


def _groq(place: _Place) -> "Inner":
    import httpx  # noqa: PLC0415  # Groq's package still builds on it, and brings it along.
    from pydantic_ai.models.groq import GroqModel  # noqa: PLC0415
    from pydantic_ai.providers.groq import GroqProvider  # noqa: PLC0415

    client = httpx.AsyncClient(timeout=httpx.Timeout(None, connect=10.0, write=60.0))
    place.closers.append(client.aclose)
    url = place.url or "https://api.groq.com"
    return GroqModel(place.name, provider=GroqProvider(api_key=place.key, base_url=url, http_client=client))


def _openrouter(place: _Place) -> "Inner":
    from pydantic_ai.models.openrouter import OpenRouterModel  # noqa: PLC0415
    from pydantic_ai.providers.openrouter import OpenRouterProvider  # noqa: PLC0415

    provider = OpenRouterProvider(api_key=place.key, http_client=place.client)
    return OpenRouterModel(place.name, provider=provider, profile=_whole_answers())


def _bedrock(place: _Place) -> "Inner":
    import boto3  # type: ignore[import-not-found,import-untyped,unused-ignore]  # noqa: PLC0415  # An extra.
    from botocore.config import Config  # type: ignore[import-not-found,import-untyped,unused-ignore]  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError  # type: ignore[import-not-found,import-untyped,unused-ignore]  # noqa: PLC0415
    from pydantic_ai.models.bedrock import BedrockConverseModel  # noqa: PLC0415
    from pydantic_ai.providers.bedrock import BedrockProvider  # noqa: PLC0415

    once = Config(retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=place.timeout.total_seconds())
    try:
        client = boto3.client("bedrock-runtime", config=once)
    except BotoCoreError as exc:
        raise ModelSettingsError(f"bedrock:{place.name}", f"{exc} Set AWS_REGION and AWS_PROFILE") from exc

    async def close() -> None:
        client.close()

    place.closers.append(close)
    return BedrockConverseModel(place.name, provider=BedrockProvider(bedrock_client=client))


def _ollama(place: _Place) -> "Inner":
    from pydantic_ai.models.ollama import OllamaModel  # noqa: PLC0415
    from pydantic_ai.providers.ollama import OllamaProvider  # noqa: PLC0415

    provider = OllamaProvider(base_url=place.url, api_key=place.key or _NO_KEY, http_client=place.client)
    return OllamaModel(place.name, provider=provider, profile=_own_profile())


def _vllm(place: _Place) -> "Inner":
    from pydantic_ai.models.openai import OpenAIChatModel  # noqa: PLC0415
    from pydantic_ai.providers.vllm import VLLMProvider  # noqa: PLC0415

    provider = VLLMProvider(base_url=place.url, api_key=place.key or _NO_KEY, http_client=place.client)
    return OpenAIChatModel(place.name, provider=provider, profile=_own_profile())


def _compatible(place: _Place) -> "Inner":
    from pydantic_ai.models.openai import OpenAIChatModel  # noqa: PLC0415
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider  # noqa: PLC0415

    provider = OpenAICompatibleProvider(
        "compatible", base_url=place.url or "", api_key=place.key or _NO_KEY, http_client=place.client
    )
    return OpenAIChatModel(place.name, provider=provider, profile=_own_profile())


def _whole_answers() -> "OpenAIModelProfile":
    """A stream of chat completions that ends without a reason was cut; by default pydantic-ai takes it for whole."""
    from pydantic_ai.profiles.openai import OpenAIModelProfile  # noqa: PLC0415

    return OpenAIModelProfile(openai_chat_streaming_requires_finish_reason=True)


def _own_profile() -> "OpenAIModelProfile":
    """What holds for every server that speaks OpenAI's chat completions.

    The older name of the limit on tokens is the one that all of them know; under the newer one, some run on without
    end. Where a grammar holds the model to a schema it sees only the tokens it may use, so it is shown the schema too.
    """
    return {
        **_whole_answers(),
        "openai_chat_supports_max_completion_tokens": False,
        "supports_json_schema_output": True,
        "native_output_requires_schema_in_instructions": True,
    }


_BUILDERS: dict[Provider, Callable[[_Place], "Inner"]] = {
    Provider.ANTHROPIC: _anthropic,
    Provider.OPENAI: _openai,
    Provider.GOOGLE: _google,
    Provider.GROQ: _groq,
    Provider.BEDROCK: _bedrock,
    Provider.OPENROUTER: _openrouter,
    Provider.OLLAMA: _ollama,
    Provider.VLLM: _vllm,
    Provider.COMPATIBLE: _compatible,
}
