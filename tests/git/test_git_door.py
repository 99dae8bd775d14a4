"""The door: a scrubbed environment, limits that hold, and failures told in our own words."""

from datetime import timedelta
from pathlib import Path

import pytest
from git_places import Place
from hypothesis import given
from hypothesis import strategies as st

from foureyes.errors import (
    GitError,
    GitLimitError,
    GitTimeoutError,
    MissingProgramError,
    RemoteRefusedError,
    RemoteUnavailableError,
    UnknownRevisionError,
)
from foureyes.git.door import Git, failure
from foureyes.git.hardening import defused
from foureyes.git.raw import split_raw
from foureyes.git.repository import Repository
from foureyes.kit import process
from foureyes.kit.process import Completed


async def test_a_failure_holds_what_git_said() -> None:
    with pytest.raises(GitError, match=r"`git cat-file nonsense` ended with 12[89]: ") as caught:
        await Git(cwd=Path("/")).run("cat-file", "nonsense")
    assert caught.value.arguments == ("cat-file", "nonsense")


async def test_a_git_that_takes_too_long_is_stopped(place: Place) -> None:
    place.git("config", "alias.wait", "!sleep 60")
    git = Git(cwd=place.top).within(time=timedelta(seconds=0.3))
    with pytest.raises(GitTimeoutError, match=r"stopped after 0\.3 s"):
        await git.run("wait")


async def test_a_git_that_prints_too_much_is_stopped(place: Place) -> None:
    place.commit({"large": "x" * 100_000})
    git = (await Repository.open(place.top)).git.within(output=10_000)
    with pytest.raises(GitLimitError, match="name fewer paths"):
        await git.run("cat-file", "-p", "HEAD:large")


async def test_our_own_variables_do_not_reach_it(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("GIT_EXTERNAL_DIFF", "false"), ("GIT_DIR", "/nowhere"), ("ANTHROPIC_API_KEY", "secret")):
        monkeypatch.setenv(name, value)
    place.git("--git-dir=.git", "config", "alias.env", "!env")
    variables = await Git(cwd=place.top).text("env")
    assert "secret" not in variables
    assert "/nowhere" not in variables


@pytest.mark.parametrize("version", ["git version 2.30.9", "git version 1.9.1", "nonsense"])
async def test_a_git_that_is_too_old_is_named(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/git").write_text(f"#!/bin/sh\necho {version}\n")
    (tmp_path / "bin/git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    process.program.cache_clear()
    try:
        with pytest.raises(MissingProgramError, match=r"git 2\.31 or newer is needed"):
            await Repository.open(place.top)
    finally:
        process.program.cache_clear()


async def test_without_git_the_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    process.program.cache_clear()
    try:
        with pytest.raises(MissingProgramError, match="install it and try again"):
            await Repository.open(tmp_path)
    finally:
        process.program.cache_clear()


@pytest.mark.parametrize(
    ("stderr", "error"),
    [
        ("fatal: couldn't find remote ref refs/pull/9/head", UnknownRevisionError),
        ("fatal: remote error: upload-pack: not our ref 1234abcd", UnknownRevisionError),
        ("fatal: Authentication failed for 'https://x/'", RemoteRefusedError),
        ("fatal: could not read Username for 'https://x': terminal prompts disabled", RemoteRefusedError),
        ("remote: Repository not found.\nfatal: repository 'https://x/' not found", RemoteRefusedError),
        ("fatal: unable to access 'x': The requested URL returned error: 403", RemoteRefusedError),
        ("fatal: unable to access 'x': The requested URL returned error: 502", RemoteUnavailableError),
        ("fatal: unable to access 'x': Could not resolve host: x", RemoteUnavailableError),
        ("error: RPC failed; curl 18 transfer closed\nfatal: early EOF", RemoteUnavailableError),
        ("error: index-pack died of signal 25\nfatal: index-pack failed", GitLimitError),
        ("fatal: something else", GitError),
        ("", GitError),
    ],
)
def test_what_git_says_becomes_an_error(stderr: str, error: type[Exception]) -> None:
    assert type(failure(("fetch",), Completed(128, b"", stderr.encode(), 0.1))) is error


def test_what_a_server_says_cannot_move_the_cursor() -> None:
    error = failure(("fetch",), Completed(1, b"", b"remote: \x1b[2Jgone\nfatal: \xff\xe2\x80\xaeno", 0.1))
    assert isinstance(error, GitError)
    assert not {"\x1b", "\u202e"} & set(str(error) + error.stderr)


def test_filters_are_switched_off_by_their_whole_name() -> None:
    keys = [
        "core.bare",
        "filter.a=b.clean",
        "filter.x.y.process",
        "filter.a=b.smudge",
        "filterx.clean",
        "diff.x.textconv",
    ]
    assert defused(keys) == [
        (f"filter.{name}.{part}", "false" if part == "required" else "")
        for name in ("a=b", "x.y")
        for part in ("clean", "smudge", "process", "required")
    ]


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)


@given(st.lists(st.tuples(NAMES, NAMES, st.sampled_from(["A", "C75", "D", "M", "R100", "T", "U"]))), st.binary())
def test_a_raw_list_is_read_whatever_the_names(files: list[tuple[str, str, str]], patch: bytes) -> None:
    raw = b""
    for old, new, status in files:
        names = (old, new) if status[0] in "CR" else (new,)
        raw += f":100644 000000 1111111 0000000 {status}\0".encode() + b"".join(name.encode() + b"\0" for name in names)
    entries, rest = split_raw(raw + b"\0" + patch)
    assert rest == patch
    assert [(entry.path, entry.letter) for entry in entries] == [(new, status[0]) for _, new, status in files]
    assert all((entry.old_mode, entry.new_mode, entry.new_blob) == ("100644", None, None) for entry in entries)
