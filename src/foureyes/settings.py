"""Settings of the operator: one frozen object, read once from the environment and passed down."""

import math
import os
import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import AliasChoices, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from foureyes.errors import SettingError

_PREFIX = "FOUREYES_"
_MICRO = 1_000_000
# Ten years: whoever writes more has slipped in the unit.
_LONGEST = 10 * 365 * 86_400.0
_UNITS = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?")
_LEAST_SECRET = 32
_PARALLEL_CALLS = 16


class Provider(StrEnum):
    """Where a model runs. `compatible` is any server that speaks OpenAI's chat completions."""

    ANTHROPIC = "anthropic"
    OPENAI = "openai"
    GOOGLE = "google"
    GROQ = "groq"
    BEDROCK = "bedrock"
    OPENROUTER = "openrouter"
    OLLAMA = "ollama"
    VLLM = "vllm"
    COMPATIBLE = "compatible"

    @property
    def own_server(self) -> bool:
        """Whether it is a server of the operator's own, at `model_url`."""
        return self in (Provider.OLLAMA, Provider.VLLM, Provider.COMPATIBLE)


class Registration(StrEnum):
    """Who may make an account."""

    OPEN = "open"
    FIRST = "first"


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    AUTO = "auto"
    JSON = "json"
    TEXT = "text"


def split_spec(spec: str) -> tuple[Provider, str]:
    """Provider and model of a spec like `anthropic:claude-sonnet-5`.

    Raises:
        ValueError: it is not one; the message says what to write.
    """
    head, colon, name = spec.strip().partition(":")
    if not colon or not name or head not in set(Provider):
        raise ValueError(f"{spec!r} is not PROVIDER:MODEL, where PROVIDER is one of {', '.join(Provider)}")
    return Provider(head), name


def _spec(value: object) -> object:
    if isinstance(value, str):
        split_spec(value)
        return value.strip()
    return value


def _listed(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _duration(value: object) -> object:
    if not isinstance(value, str):
        return value
    match = _DURATION.fullmatch(value.strip())
    seconds = float(match[1]) * _UNITS[match[2] or ""] if match else 0.0
    if not 0 < seconds <= _LONGEST:
        raise ValueError(f"{value!r} is not a duration above zero: write seconds (90), or 500ms, 90s, 5m, 1h, 7d")
    return timedelta(seconds=seconds)


def _web_address(value: object) -> object:
    if not isinstance(value, str):
        return value
    # Without query and fragment, because paths of the API are put behind it.
    if not re.fullmatch(r"https?://[^\s/?#]+[^\s?#]*", value.strip()):
        raise ValueError(f"{value!r} is not a web address: write it like http://localhost:8000/v1")
    return value.strip().rstrip("/")


def _cache_home() -> Path:
    from platformdirs import user_cache_path  # noqa: PLC0415  # Only a default needs it.

    return user_cache_path("foureyes")


def _data_home() -> Path:
    from platformdirs import user_data_path  # noqa: PLC0415  # Only a default needs it.

    return user_data_path("foureyes")


Spec = Annotated[str, BeforeValidator(_spec)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
WebAddress = Annotated[str, BeforeValidator(_web_address)]
Price = Annotated[Decimal, Field(ge=0, allow_inf_nan=False)]


def _either(*names: str) -> AliasChoices:
    """Our own variable first, then the ones that the provider's tools use."""
    return AliasChoices(*(name.lower() for name in names))


class Settings(BaseSettings):
    """What the operator has set. Each field is read from FOUREYES_ and its name in capitals; all are optional.

    `Settings(...)` takes keyword arguments only and reads no environment: `load_settings` does.
    """

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, frozen=True, extra="ignore", validate_by_name=True, use_attribute_docstrings=True
    )

    model: Spec | None = None
    """The model that reviews, as `provider:name`. Unset: static analysers alone, even where a key is at hand."""
    fallback_models: Annotated[tuple[Spec, ...], NoDecode, BeforeValidator(_listed)] = ()
    """Models to try in this order, with commas, when the first is rate limited, overloaded, failing or out of reach."""
    no_model: bool = False
    """Never call a model, whatever else is set."""
    model_url: WebAddress | None = None
    """Base URL of your own server for `ollama:`, `vllm:` and `compatible:` models, like http://localhost:8000/v1."""
    model_api_key: SecretStr | None = None
    """Key of your own server, where it wants one."""

    anthropic_api_key: SecretStr | None = Field(
        default=None, validation_alias=_either("FOUREYES_ANTHROPIC_API_KEY", "ANTHROPIC_API_KEY")
    )
    """Key for `anthropic:` models."""
    openai_api_key: SecretStr | None = Field(
        default=None, validation_alias=_either("FOUREYES_OPENAI_API_KEY", "OPENAI_API_KEY")
    )
    """Key for `openai:` models."""
    google_api_key: SecretStr | None = Field(
        default=None, validation_alias=_either("FOUREYES_GOOGLE_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY")
    )
    """Key for `google:` models."""
    groq_api_key: SecretStr | None = Field(
        default=None, validation_alias=_either("FOUREYES_GROQ_API_KEY", "GROQ_API_KEY")
    )
    """Key for `groq:` models."""
    openrouter_api_key: SecretStr | None = Field(
        default=None, validation_alias=_either("FOUREYES_OPENROUTER_API_KEY", "OPENROUTER_API_KEY")
    )
    """Key for `openrouter:` models. Bedrock has none here: it takes AWS's usual variables (AWS_PROFILE, AWS_REGION)."""

    anthropic_url: WebAddress | None = Field(
        default=None, validation_alias=_either("FOUREYES_ANTHROPIC_URL", "ANTHROPIC_BASE_URL")
    )
    """Base URL of a gateway that speaks Anthropic's API."""
    openai_url: WebAddress | None = Field(
        default=None, validation_alias=_either("FOUREYES_OPENAI_URL", "OPENAI_BASE_URL")
    )
    """Base URL of a gateway that speaks OpenAI's API."""
    google_url: WebAddress | None = Field(
        default=None, validation_alias=_either("FOUREYES_GOOGLE_URL", "GOOGLE_GEMINI_BASE_URL")
    )
    """Base URL of a gateway that speaks Gemini's API."""
    groq_url: WebAddress | None = Field(default=None, validation_alias=_either("FOUREYES_GROQ_URL", "GROQ_BASE_URL"))
    """Base URL of a gateway that speaks Groq's API."""

    requests_per_minute: Annotated[int, Field(gt=0)] | None = None
    """Most calls a minute to each model. Unset: only the provider's own limits hold."""
    tokens_per_minute: Annotated[int, Field(gt=0)] | None = None
    """Most tokens a minute, prompts and answers together, for each model."""
    max_parallel_calls: Annotated[int, Field(gt=0, le=1000)] | None = None
    """Calls in flight at one time. Unset: 16 on the command line; in a worker, one for each review in flight."""
    model_timeout: Duration = timedelta(minutes=10)
    """The longest one call may take. Write 90s, 5m or plain seconds."""
    model_idle_timeout: Duration = timedelta(seconds=90)
    """The longest a model may say nothing. One that thinks, or runs on a server of your own, has minutes more."""
    max_cost: Annotated[Decimal, Field(gt=0, allow_inf_nan=False)] | None = None
    """Dollars that one run may cost. A call that might not fit is not made."""
    price_per_million_input: Price | None = None
    """Dollars for a million input tokens, where the price list does not know your model; set both or none."""
    price_per_million_output: Price | None = None
    """Dollars for a million output tokens."""
    cache_dir: Path = Field(default_factory=_cache_home)
    """Where settled answers and analyser results are kept."""

    data_dir: Path = Field(default_factory=_data_home)
    """The server's folder: the SQLite database, clones, the signing key. Back it up with `foureyes backup`."""
    database_url: SecretStr | None = None
    """PostgreSQL, as postgresql+asyncpg://USER:PASSWORD@HOST/NAME. Unset: a SQLite file in the data folder."""
    redis_url: SecretStr | None = None
    """Redis or Valkey that several processes share: redis://, rediss://, redis+sentinel://. Unset: one process."""
    host: str = "127.0.0.1"
    """The address that the server listens on. 0.0.0.0 is everywhere: put something with TLS before it."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    """The port that the server listens on."""
    public_url: WebAddress | None = None
    """Where people reach the server, like https://foureyes.example.org. Unset: http://localhost and the port."""
    trusted_proxies: Annotated[int, Field(ge=0, le=10)] = 0
    """How many proxies of your own stand before the server: so many addresses of X-Forwarded-For are believed."""
    secret_key: SecretStr | None = None
    """Signs access tokens: 32 characters or more, the same for all processes. Unset: made, kept in the data folder."""
    registration: Registration = Registration.OPEN
    """Who may make an account: `open` for everybody, `first` for the first one alone, which is the operator."""
    reviews_in_flight: Annotated[int, Field(gt=0, le=1000)] = 64
    """Reviews that one worker process has begun at a time: most of them wait for a model."""
    reviews_per_workspace: Annotated[int, Field(gt=0, le=1000)] = 48
    """Reviews of one workspace in flight at a time, over all workers, so that a flood leaves room for others."""
    cpu_slots: Annotated[int, Field(gt=0, le=256)] | None = None
    """Analysers and packing at work at a time in one worker process. Unset: the number of processors."""
    grace: Duration = timedelta(seconds=30)
    """How long a worker that is told to stop goes on with what it has begun; the rest is given back at once."""
    keep_sources: Duration = timedelta(days=90)
    """How long sources and results of reviews are kept after they were last used."""
    keep_events: Duration = timedelta(days=365)
    """How long the activity feed goes back."""
    log_level: LogLevel = LogLevel.INFO
    """The least that is logged."""
    log_format: LogFormat = LogFormat.AUTO
    """`json` for machines, `text` for people, `auto`: text on a terminal, else json."""
    traces_url: WebAddress | None = None
    """An OpenTelemetry collector (OTLP over HTTP) that traces go to; needs the extra `traces`."""

    @model_validator(mode="after")
    def _long_secret(self) -> Self:
        if self.secret_key is not None and len(self.secret_key.get_secret_value()) < _LEAST_SECRET:
            raise ValueError(f"FOUREYES_SECRET_KEY is too short: write at least {_LEAST_SECRET} random characters")
        return self

    @model_validator(mode="after")
    def _both_prices(self) -> Self:
        if (self.price_per_million_input is None) != (self.price_per_million_output is None):
            raise ValueError("set FOUREYES_PRICE_PER_MILLION_INPUT and FOUREYES_PRICE_PER_MILLION_OUTPUT both, or none")
        return self

    @property
    def parallel_calls(self) -> int:
        """Calls that one run of the command line has in flight at a time."""
        return self.max_parallel_calls or _PARALLEL_CALLS

    @property
    def max_cost_micros(self) -> int | None:
        """The ceiling of one run in micro-dollars."""
        return None if self.max_cost is None else math.floor(self.max_cost * _MICRO)

    def api_key(self, provider: Provider) -> SecretStr | None:
        """The key for a provider; None where there is none or none is needed."""
        if provider.own_server:
            return self.model_api_key
        return _KEYS[provider](self) if provider in _KEYS else None

    def url(self, provider: Provider) -> str | None:
        """The base URL that replaces the provider's own."""
        if provider.own_server:
            return self.model_url
        return _URLS[provider](self) if provider in _URLS else None

    def providers_with_keys(self) -> tuple[Provider, ...]:
        """Which providers could be called; `foureyes doctor` names them. Having a key is not leave to spend."""
        return tuple(provider for provider in Provider if not provider.own_server and self.api_key(provider))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  # The signature is pydantic-settings' own.
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments alone, so that an object made in a test never depends on the machine."""
        return (init_settings,)


_KEYS = {
    Provider.ANTHROPIC: lambda settings: settings.anthropic_api_key,
    Provider.OPENAI: lambda settings: settings.openai_api_key,
    Provider.GOOGLE: lambda settings: settings.google_api_key,
    Provider.GROQ: lambda settings: settings.groq_api_key,
    Provider.OPENROUTER: lambda settings: settings.openrouter_api_key,
}
_URLS = {
    Provider.ANTHROPIC: lambda settings: settings.anthropic_url,
    Provider.OPENAI: lambda settings: settings.openai_url,
    Provider.GOOGLE: lambda settings: settings.google_url,
    Provider.GROQ: lambda settings: settings.groq_url,
}


class _Environment(EnvSettingsSource):
    """The environment as handed in, so that nothing below reads the process's own."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        super().__init__(Settings)
        self.env_vars = {name.lower(): value for name, value in environ.items() if value.strip()}


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from `environ`, or from the process's own environment.

    Raises:
        SettingError: a value that can't be used; it names the variable and what to write.
    """
    given = os.environ if environ is None else environ
    try:
        return Settings(**_Environment(given)())
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_context=False)[0]
        raise SettingError(_variable(first["loc"], given), _reason(first["msg"], first["input"])) from exc


def environment() -> Mapping[str, str]:
    """The process's own environment, for the policy's overrides: variables that are no field here."""
    return os.environ


def variables(field: str) -> tuple[str, ...]:
    """The variables that a field is read from, the one that wins first."""
    alias = Settings.model_fields[field].validation_alias
    choices = alias.choices if isinstance(alias, AliasChoices) else [_PREFIX + field]
    return tuple(str(choice).upper() for choice in choices)


def _variable(loc: tuple[int | str, ...], given: Mapping[str, str]) -> str:
    """The variable that was set, out of those that a field may be read from."""
    for field in Settings.model_fields:
        names = variables(field)
        if loc and str(loc[0]).upper() in (field.upper(), *names):
            return next((name for name in names if given.get(name, "").strip()), names[0])
    return "The environment"


def _reason(message: str, value: object) -> str:
    said, ours, text = message.partition("Value error, ")
    return text if ours else f"{said[:1].lower()}{said[1:]}, not {str(value)[:60]!r}"
