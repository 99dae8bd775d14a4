"""What no test may reach or see: other machines, and the settings of the person who runs it."""

import ipaddress

FOREIGN = (
    "FOUREYES_", "GIT_", "ANTHROPIC_", "OPENAI_", "OPENROUTER_", "GOOGLE_", "GEMINI_", "GROQ_", "AWS_", "AZURE_",
    "OLLAMA_", "VLLM_", "GITHUB_", "GITLAB_", "LOGFIRE_", "OTEL_",
)  # fmt: skip
FOREIGN_ENDINGS = ("_API_KEY", "_TOKEN", "_SECRET")
COLORS_AND_CI = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "LINES", "CI", "PAGER", "EDITOR")


class OutsideWorldError(AssertionError):
    """A test tried to reach another machine. Not an OSError, so that no code under test can take it for an outage."""


def stays_inside(host: object) -> bool:
    if host in (None, "", b"", "localhost", b"localhost", "0.0.0.0", "::"):
        return True
    try:
        text = host.decode() if isinstance(host, bytes) else str(host)
        return ipaddress.ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        return False


def guard(event: str, arguments: tuple[object, ...]) -> None:
    """Stop what would leave this machine. Audit events come from CPython itself, so no library goes around them."""
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if not stays_inside(host):
        raise OutsideWorldError(f"a test reached for {host!r}: tests talk to this machine only")


def is_foreign(name: str) -> bool:
    return name.startswith(FOREIGN) or name.endswith(FOREIGN_ENDINGS) or name in COLORS_AND_CI
