"""Secrets: found where they are real, left alone where they are not, and masked in either case."""

import random
import string

import pytest
from analyzers_house import places, said_by
from hypothesis import given
from hypothesis import strategies as st

from foureyes.analyzers.secrets import find_secrets, mask
from foureyes.analyzers.text_checks import SECRETS
from foureyes.kit.severity import Severity


def made_up(length: int, alphabet: str = string.ascii_letters + string.digits, seed: int = 7) -> str:
    """A key that never was one, put together here so that no scanner takes this file for a leak."""
    return "".join(random.Random(seed).choices(alphabet, k=length))


UPPER = string.ascii_uppercase + "234567"
HEX = "0123456789abcdef"
BASE64 = string.ascii_letters + string.digits + "+/"
PRIVATE_KEY = "\n".join(
    [
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        *(made_up(64, BASE64, seed) for seed in range(5)),
        "-----END RSA PRIVATE KEY-----",
    ]
)
JWT = ".".join(["ey" + "J" + made_up(30), "ey" + "J" + made_up(60), made_up(43)])

LEAKS = {
    "aws-access-key": "AKIA" + made_up(16, UPPER),
    "aws-secret-key": f'aws_secret_access_key = "{made_up(40, BASE64)}"',
    "github-token": "ghp_" + made_up(36),
    "gitlab-token": "glpat-" + made_up(20),
    "slack-token": "xoxb-" + made_up(12, string.digits) + "-" + made_up(24),
    "slack-webhook": f"https://hooks.slack.com/services/T{made_up(9, UPPER)}/B{made_up(9, UPPER)}/{made_up(24)}",
    "stripe-key": "sk_live_" + made_up(24),
    "anthropic-key": "sk-ant-" + "api03-" + made_up(90),
    "openai-key": "sk-" + "proj-" + made_up(48),
    "google-api-key": "AIza" + made_up(35),
    "npm-token": "npm_" + made_up(36),
    "huggingface-token": "hf_" + made_up(34, string.ascii_letters),
    "sendgrid-key": f"SG.{made_up(22)}.{made_up(43)}",
    "telegram-token": f"{made_up(9, string.digits)}:AA{made_up(33)}",
    "discord-token": f'discord = "M{made_up(23)}.{made_up(6)}.{made_up(27)}"',
    "azure-storage-key": f"AccountKey={made_up(86, BASE64)}==",
    "json-web-token": JWT,
    "private-key": PRIVATE_KEY,
    "url-password": "postgres://app:" + made_up(13) + "7@db.prod.acme.io/app",
    "password": f'password = "{made_up(13)}7"',
    "hard-coded-secret": f'client_secret: "{made_up(32)}"',
}

HARMLESS = [
    "AKIAIOSFODNN7EXAMPLE",
    'password = os.environ["PASSWORD"]',
    'password = "changeme"',
    'api_key = "your-api-key-here"',
    'password: "${DB_PASSWORD}"',
    "password: {{ vault_password }}",
    'token = "<token>"',
    'secret = "**********"',
    "postgres://postgres:postgres@localhost:5432/app",
    "https://user:$PASSWORD@host.acme.io",
    "redis://:{password}@cache.acme.io",
    "def login(password: str, token: AccessToken) -> None:",
    'token_url = "https://auth.acme.io/oauth/token"',
    'PASSWORD_RESET_TEMPLATE = "emails/password_reset_v2.html"',
    '"password": "Mot de passe"',
    'secret_name = "projects/acme/secrets/db"',
    'input(type="password", name="password_confirmation")',
    "ghp_" + "x" * 36,
    "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
    "key = 'a'",
    'assert token == "abc"',
    "integrity sha512-" + made_up(86, BASE64) + "==",
]


@pytest.mark.parametrize("kind", LEAKS)
def test_each_kind_is_found(kind: str) -> None:
    text = f"first\nx {LEAKS[kind]}\n"
    assert {(secret.kind, secret.line) for secret in find_secrets(text)} == {(kind, 2)}


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_is_left_alone(text: str) -> None:
    assert find_secrets(text) == []


@pytest.mark.parametrize("kind", LEAKS)
def test_nothing_of_a_secret_survives_masking(kind: str) -> None:
    masked = mask(f"before {LEAKS[kind]} after")
    values = find_secrets(LEAKS[kind])
    assert "before" in masked
    assert masked.endswith("after")
    assert all(LEAKS[kind][one.start : one.end] not in masked for one in values)
    assert find_secrets(masked) == []


def test_masking_keeps_lines_and_columns() -> None:
    text = f"a = 1\n{PRIVATE_KEY}\npassword = '{made_up(12)}'  # why\n"
    masked = mask(text)
    assert [len(line) for line in masked.split("\n")] == [len(line) for line in text.split("\n")]
    assert masked.startswith("a = 1\n-----BEGIN")
    assert masked.endswith("  # why\n")


@pytest.mark.parametrize(
    "text",
    [
        'password = "hunter2"',
        'pwd: "correcthorse1"',
        "amqp://guest:letmein99@localhost",
        f'{{"private_key": "{PRIVATE_KEY}"}}'.replace("\n", "\\n"),
        PRIVATE_KEY.rpartition("-----END")[0],
    ],
)
def test_masking_casts_a_wider_net_than_reporting(text: str) -> None:
    assert "*" in mask(text)


def test_a_hunk_of_a_patch_is_masked_too() -> None:
    secret = made_up(20)
    assert secret not in mask(f"@@ -1 +1 @@\n-  token: '{secret}'\n+  token: os.environ\n")


def test_a_key_in_the_environment_file_is_found_without_quotes() -> None:
    assert places_of(f"DEBUG=1\nAPI_TOKEN={made_up(32)}\n") == [(2, "hard-coded-secret")]


def places_of(text: str) -> list[tuple[int, str]]:
    return [(secret.line, secret.kind) for secret in find_secrets(text)]


def test_overlapping_finds_are_one() -> None:
    assert places_of(f'github_token = "ghp_{made_up(36)}"') == [(1, "github-token")]


@given(st.text(alphabet=st.sampled_from("password='\"=: \n@/.AKIA0123456789abcXYZ-_")))
def test_masking_never_changes_the_shape_of_a_text(text: str) -> None:
    masked = mask(text)
    assert len(masked) == len(text)
    assert all(one in ("*", other) for one, other in zip(masked, text, strict=True))


@pytest.mark.parametrize(
    "piece", ["password", "token=", "eyJ-", "://a:", "-----BEGIN PRIVATE KEY-----", "AKIA", "a" * 63 + " "]
)
def test_a_hostile_text_takes_no_longer_than_linear(piece: str) -> None:
    # Ends at once where scanning is linear, and at pytest's time limit where it is not.
    assert mask(piece * (300_000 // len(piece))) is not None


async def test_a_remark_names_the_kind_and_never_the_secret() -> None:
    (found,) = await said_by(SECRETS, {"config.py": f"x = 1\nKEY = '{LEAKS['aws-access-key']}'\n"})
    assert (found.start_line, found.rule, found.severity) == (2, "aws-access-key", Severity.CRITICAL)
    assert LEAKS["aws-access-key"] not in found.message + found.explanation


@pytest.mark.parametrize("path", ["tests/test_x.py", "README.md", "docs/a.py", ".env.example"])
async def test_in_tests_and_documents_a_secret_weighs_less(path: str) -> None:
    (found,) = await said_by(SECRETS, {path: f"KEY = '{LEAKS['aws-access-key']}'\n"})
    assert found.severity is Severity.MEDIUM


async def test_a_private_key_spans_its_lines() -> None:
    (found,) = await said_by(SECRETS, {"key.pem": PRIVATE_KEY + "\n"})
    assert (found.start_line, found.end_line) == (1, 7)


async def test_binary_files_are_not_looked_at() -> None:
    assert places(await said_by(SECRETS, {"a.bin": b"\0" + LEAKS["aws-access-key"].encode()})) == []
