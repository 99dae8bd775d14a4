"""The house of every test: no packet leaves the machine, no key and no home of the person who runs it is seen."""

import ipaddress
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# No timed asserts: a slow machine is not a failure. A shared one makes slow examples, too.
settings.register_profile("house", deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

FOREIGN = (
    "FOUREYES_", "GIT_", "ANTHROPIC_", "OPENAI_", "OPENROUTER_", "GOOGLE_", "GEMINI_", "GROQ_", "AWS_", "AZURE_",
    "OLLAMA_", "VLLM_", "GITHUB_", "GITLAB_", "LOGFIRE_", "OTEL_",
)  # fmt: skip
FOREIGN_ENDINGS = ("_API_KEY", "_TOKEN", "_SECRET")
COLORS_AND_CI = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "LINES", "CI", "PAGER", "EDITOR")


class OutsideWorldError(AssertionError):
    """A test tried to reach another machine. Not an OSError, so that no code under test can take it for an outage."""


def _stays_inside(host: object) -> bool:
    if host in (None, "", b"", "localhost", b"localhost", "0.0.0.0", "::"):
        return True
    try:
        text = host.decode() if isinstance(host, bytes) else str(host)
        return ipaddress.ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _guard(event: str, arguments: tuple[object, ...]) -> None:
    """Stop what would leave this machine. Audit events come from CPython itself, so no library goes around them."""
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if not _stays_inside(host):
        raise OutsideWorldError(f"a test reached for {host!r}: tests talk to this machine only")


sys.addaudithook(_guard)


def _is_foreign(name: str) -> bool:
    return name.startswith(FOREIGN) or name.endswith(FOREIGN_ENDINGS) or name in COLORS_AND_CI


@pytest.fixture(autouse=True)
def house(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of its own for each test, an environment without keys, and a git that knows who commits."""
    home = tmp_path_factory.mktemp("home")
    for name in [name for name in os.environ if _is_foreign(name)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    for name, folder in (
        ("XDG_CONFIG_HOME", ".config"),
        ("XDG_CACHE_HOME", ".cache"),
        ("XDG_DATA_HOME", ".local/share"),
        ("XDG_STATE_HOME", ".local/state"),
    ):
        monkeypatch.setenv(name, str(home / folder))
    (home / ".gitconfig").write_text(
        "[user]\n\tname = A Test\n\temail = test@example.org\n"
        "[init]\n\tdefaultBranch = main\n[commit]\n\tgpgSign = false\n[core]\n\tautocrlf = false\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return home
