"""Only addresses that a review may fetch from are taken."""

from pathlib import Path

import pytest

from foureyes.errors import UsageError
from foureyes.git.remotes import remote
from foureyes.kit.process import Limits


def test_https_is_taken() -> None:
    assert remote("https://example.org/a/b.git").protocols == "https"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/a", "ssh://example.org/a", "git@example.org:a/b", "git://example.org/a", "ext::sh -c x",
        "file:///etc", "/etc", "-x", "", "https://", "https:///a", "https://example.org/a b", "https://example.org/a\n",
        'https://example.org/"', "https://example.org/\\", "http://127.0.0.1/a", "http://localhost/a",
    ],
)  # fmt: skip
def test_other_addresses_are_refused_with_the_form_that_is_needed(url: str) -> None:
    with pytest.raises(UsageError, match="https://HOST/PATH is needed"):
        remote(url)


@pytest.mark.parametrize("url", ["https://token@example.org/a", "https://:x@example.org/a", "https://@example.org/a"])
def test_a_secret_in_the_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(UsageError, match="must not hold a user name") as caught:
        remote(url)
    assert "token" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/a", "http://[::1]/a", "file:///srv/a.git"])
def test_addresses_on_this_machine_need_to_be_allowed(url: str) -> None:
    assert remote(url, allow_local=True).protocols == "http:file"


@pytest.mark.parametrize("url", ["http://10.0.0.1/a", "http://localhost/a", "http:///a", "ssh://127.0.0.1/a"])
def test_what_is_not_on_this_machine_is_not_local(url: str) -> None:
    with pytest.raises(UsageError):
        remote(url, allow_local=True)


async def test_credentials_go_to_this_server_only(tmp_path: Path) -> None:
    async def credentials() -> str:
        return "Basic abc"

    git = await remote("https://example.org:8443/a/b.git", credentials=credentials).git(tmp_path, Limits())
    assert ("http.https://example.org:8443/.extraHeader", "Authorization: Basic abc") in git.config
    assert ("http.followRedirects", "false") in git.config


async def test_credentials_with_a_line_break_are_refused(tmp_path: Path) -> None:
    async def credentials() -> str:
        return "Basic abc\nX-Evil: 1"

    with pytest.raises(UsageError, match="line break"):
        await remote("https://example.org/a", credentials=credentials).git(tmp_path, Limits())
