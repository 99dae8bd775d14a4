"""Settings: read once, from what is handed in, with a sentence for every value that can't be used."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from foureyes.errors import SettingError
from foureyes.settings import Provider, Settings, load_settings, split_spec, variables

SECRETS = [variables(name)[0] for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)]


def test_an_empty_environment_gives_defaults_and_no_model() -> None:
    settings = load_settings({})
    assert settings.model is None
    assert (settings.max_parallel_calls, settings.parallel_calls) == (None, 16)
    assert settings.max_cost_micros is None
    assert settings == Settings()


def test_every_field_is_documented_and_read_from_a_variable_of_ours() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert variables(name)[0].startswith("FOUREYES_"), name


def test_models_are_read_as_specs_and_lists() -> None:
    settings = load_settings(
        {"FOUREYES_MODEL": " anthropic:claude-opus-4-8 ", "FOUREYES_FALLBACK_MODELS": "openai:gpt-5, ollama:qwen3:8b,"}
    )
    assert settings.model == "anthropic:claude-opus-4-8"
    assert settings.fallback_models == ("openai:gpt-5", "ollama:qwen3:8b")


@pytest.mark.parametrize(
    ("spec", "provider", "name"),
    [
        ("anthropic:claude-opus-4-8", Provider.ANTHROPIC, "claude-opus-4-8"),
        ("ollama:qwen3:8b", Provider.OLLAMA, "qwen3:8b"),
        ("openrouter:anthropic/claude-opus-4.8", Provider.OPENROUTER, "anthropic/claude-opus-4.8"),
    ],
)
def test_a_spec_is_split_at_its_first_colon(spec: str, provider: Provider, name: str) -> None:
    assert split_spec(spec) == (provider, name)


@given(st.text())
def test_any_other_text_is_refused_as_a_spec_with_the_providers_named(text: str) -> None:
    assume(text.strip().partition(":")[0] not in set(Provider))
    with pytest.raises(ValueError, match=r"is not PROVIDER:MODEL, where PROVIDER is one of anthropic"):
        split_spec(text)


def test_a_key_in_the_environment_is_no_leave_to_spend() -> None:
    settings = load_settings({"ANTHROPIC_API_KEY": "sk-secret"})
    assert settings.model is None
    assert settings.providers_with_keys() == (Provider.ANTHROPIC,)


def test_our_own_variable_stands_before_the_usual_one() -> None:
    settings = load_settings({"OPENAI_API_KEY": "usual", "FOUREYES_OPENAI_API_KEY": "ours"})
    key = settings.api_key(Provider.OPENAI)
    assert key is not None
    assert key.get_secret_value() == "ours"


@pytest.mark.parametrize("variable", ["GEMINI_API_KEY", "GOOGLE_API_KEY", "FOUREYES_GOOGLE_API_KEY"])
def test_google_keys_have_more_than_one_usual_name(variable: str) -> None:
    assert load_settings({variable: "k"}).api_key(Provider.GOOGLE) is not None


def test_keys_are_never_shown() -> None:
    planted = dict.fromkeys(SECRETS, f"planted://{'x' * 32}")
    settings = load_settings(planted)
    for text in (repr(settings), str(settings), settings.model_dump_json()):
        assert "planted" not in text


def test_a_refused_secret_is_not_quoted() -> None:
    with pytest.raises(SettingError) as caught:
        load_settings({"FOUREYES_SECRET_KEY": "planted-and-short"})
    assert "planted" not in str(caught.value)


def test_servers_of_ones_own_share_one_key_and_url() -> None:
    settings = load_settings({"FOUREYES_MODEL_URL": "http://gpu:8000/v1/", "FOUREYES_MODEL_API_KEY": "k"})
    for provider in (Provider.OLLAMA, Provider.VLLM, Provider.COMPATIBLE):
        assert settings.url(provider) == "http://gpu:8000/v1"
        assert settings.api_key(provider) is not None
    assert settings.url(Provider.ANTHROPIC) is None
    assert settings.api_key(Provider.BEDROCK) is None


def test_a_gateway_is_set_for_its_provider_alone() -> None:
    settings = load_settings({"ANTHROPIC_BASE_URL": "https://gateway.example"})
    assert settings.url(Provider.ANTHROPIC) == "https://gateway.example"
    assert settings.url(Provider.OPENAI) is None


@pytest.mark.parametrize(
    ("written", "seconds"), [("90", 90), ("500ms", 0.5), ("90s", 90), ("5m", 300), ("1.5 h", 5400)]
)
def test_durations_are_written_as_people_write_them(written: str, seconds: float) -> None:
    assert load_settings({"FOUREYES_MODEL_TIMEOUT": written}).model_timeout == timedelta(seconds=seconds)


def test_money_is_counted_in_whole_micro_dollars() -> None:
    assert load_settings({"FOUREYES_MAX_COST": "1.5"}).max_cost_micros == 1_500_000
    assert Settings(max_cost=Decimal("0.0000019")).max_cost_micros == 1


@pytest.mark.parametrize(
    ("variable", "value", "fix"),
    [
        ("FOUREYES_MODEL", "gpt-5", "is not PROVIDER:MODEL"),
        ("FOUREYES_FALLBACK_MODELS", "openai:a,nope:b", "'nope:b' is not PROVIDER:MODEL"),
        ("FOUREYES_MODEL_TIMEOUT", "soon", "write seconds (90)"),
        ("FOUREYES_MODEL_TIMEOUT", "0", "above zero"),
        ("FOUREYES_MODEL_TIMEOUT", "9" * 400, "above zero"),
        ("FOUREYES_MODEL_URL", "localhost:8000", "write it like http://localhost:8000/v1"),
        ("OPENAI_BASE_URL", "ftp://files", "is not a web address"),
        ("FOUREYES_MAX_COST", "-1", "greater than 0"),
        ("FOUREYES_MAX_COST", "nan", "finite"),
        ("FOUREYES_MAX_PARALLEL_CALLS", "0", "greater than 0"),
        ("FOUREYES_REQUESTS_PER_MINUTE", "many", "not 'many'"),
        ("FOUREYES_NO_MODEL", "perhaps", "not 'perhaps'"),
        ("FOUREYES_PORT", "65536", "less than or equal to 65535, not '65536'"),
        ("FOUREYES_PORT", "http", "not 'http'"),
        ("FOUREYES_PUBLIC_URL", "foureyes.example.org", "is not a web address"),
        ("FOUREYES_TRUSTED_PROXIES", "11", "less than or equal to 10"),
        ("FOUREYES_REVIEWS_IN_FLIGHT", "0", "greater than 0"),
        ("FOUREYES_REVIEWS_PER_WORKSPACE", "-3", "greater than 0"),
        ("FOUREYES_CPU_SLOTS", "many", "not 'many'"),
        ("FOUREYES_GRACE", "a while", "write seconds (90)"),
        ("FOUREYES_KEEP_SOURCES", "90 days", "or 500ms, 90s, 5m, 1h, 7d"),
        ("FOUREYES_REGISTRATION", "closed", "'open' or 'first'"),
        ("FOUREYES_LOG_LEVEL", "loud", "'debug', 'info', 'warning' or 'error'"),
        ("FOUREYES_LOG_FORMAT", "xml", "'auto', 'json' or 'text'"),
        ("FOUREYES_TRACES_URL", "collector:4318", "is not a web address"),
    ],
)
def test_a_bad_value_names_its_variable_and_the_fix(variable: str, value: str, fix: str) -> None:
    with pytest.raises(SettingError) as caught:
        load_settings({variable: value})
    assert str(caught.value).startswith(f"{variable}: ")
    assert fix in str(caught.value)
    assert len(str(caught.value)) < 700


def test_one_price_alone_is_refused_with_both_names() -> None:
    with pytest.raises(SettingError, match="PRICE_PER_MILLION_INPUT and FOUREYES_PRICE_PER_MILLION_OUTPUT both"):
        load_settings({"FOUREYES_PRICE_PER_MILLION_INPUT": "3"})


def test_an_empty_value_is_no_value() -> None:
    assert load_settings({"FOUREYES_MODEL": "", "FOUREYES_MAX_COST": "  "}) == Settings()


def test_settings_made_by_hand_do_not_read_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOUREYES_MODEL", "anthropic:claude-opus-4-8")
    assert Settings().model is None
    assert load_settings().model == "anthropic:claude-opus-4-8"


def test_a_dotenv_file_of_the_repository_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("FOUREYES_MODEL_URL=http://attacker.example/v1\n")
    monkeypatch.chdir(tmp_path)
    assert load_settings().model_url is None


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        Settings().model = "openai:gpt-5"


def test_a_server_needs_no_setting() -> None:
    settings = load_settings({})
    assert (settings.host, settings.port, settings.registration) == ("127.0.0.1", 8000, "open")
    assert settings.database_url is settings.redis_url is settings.secret_key is None
    assert settings.data_dir.name == "foureyes"


def test_a_distributed_server_is_two_addresses_and_a_key() -> None:
    settings = load_settings(
        {
            "FOUREYES_DATABASE_URL": "postgresql+asyncpg://foureyes:pw@db/foureyes",
            "FOUREYES_REDIS_URL": "rediss://:pw@redis:6380/1",
            "FOUREYES_SECRET_KEY": "k" * 32,
        }
    )
    for secret in (settings.database_url, settings.redis_url, settings.secret_key):
        assert secret is not None
        assert "pw" not in str(secret)


def test_a_key_that_can_be_guessed_is_refused_with_its_variable() -> None:
    with pytest.raises(SettingError, match="FOUREYES_SECRET_KEY is too short: write at least 32"):
        load_settings({"FOUREYES_SECRET_KEY": "k" * 31})
