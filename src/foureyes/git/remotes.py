"""Addresses of repositories elsewhere, and a git that may fetch from one of them: nothing else, and nothing unsaid."""

import ipaddress
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from foureyes.errors import UsageError
from foureyes.git.door import Git
from foureyes.git.hardening import Settings
from foureyes.kit import process
from foureyes.kit.process import Limits
from foureyes.kit.text import printable

Credentials = Callable[[], Awaitable[str]]
"""Makes the value of an `Authorization` header: `Basic ...`, `Bearer ...`. Asked before each fetch; tokens expire."""

# What the machine's owner says about the way out; git and curl read these names.
_WAY_OUT = (
    "https_proxy", "HTTPS_PROXY", "http_proxy", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY", "SSL_CERT_FILE",
    "SSL_CERT_DIR", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH",
)  # fmt: skip
_UNSAFE = re.compile(r"[^!-~]|[\"'\\\\<>^`{|}]")
_CONFIG = (
    ("core.symlinks", "false"),
    ("fetch.recurseSubmodules", "false"),
    ("http.followRedirects", "false"),
    ("http.lowSpeedLimit", "1000"),
    ("http.lowSpeedTime", "30"),
    ("http.sslVerify", "true"),
    ("protocol.version", "2"),
    ("transfer.bundleURI", "false"),
)


@dataclass(frozen=True, slots=True)
class Remote:
    """One repository elsewhere. `protocols` are those that git may speak to get there."""

    url: str
    protocols: str
    credentials: Credentials | None

    async def git(self, git_dir: Path, limits: Limits) -> Git:
        """A git that fetches into `git_dir`. The token is in its environment alone, and goes to this server only."""
        config: Settings = _CONFIG
        if self.credentials is not None:
            value = await self.credentials()
            if set(value) & {"\r", "\n", "\0"}:
                raise UsageError("The credentials hold a line break: check the token that is set.")
            parts = urlsplit(self.url)
            config = (*config, (f"http.{parts.scheme}://{parts.netloc}/.extraHeader", f"Authorization: {value}"))
        variables = process.inherited(*_WAY_OUT)
        return Git(git_dir=git_dir, config=config, protocols=self.protocols, variables=variables, limits=limits)


def remote(url: str, *, credentials: Credentials | None = None, allow_local: bool = False) -> Remote:
    """The repository at `url`: https only; with `allow_local` also http on this machine, and `file:`.

    Raises:
        UsageError: it is another kind of address, or holds a user name or password.
    """
    parts = urlsplit(url) if not _UNSAFE.search(url) else urlsplit("")
    if parts.username is not None or parts.password is not None:
        raise UsageError("The address of a repository must not hold a user name or password: pass credentials instead.")
    if parts.scheme == "https" and parts.hostname:
        return Remote(url, "https", credentials)
    if allow_local and (parts.scheme == "file" or (parts.scheme == "http" and _is_loopback(parts.hostname))):
        return Remote(url, "http:file", credentials)
    raise UsageError(f"{printable(url)} is not an address to clone from: https://HOST/PATH is needed.")


def _is_loopback(host: str | None) -> bool:
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
