"""Programs that a hostile checkout names for git to run: plain git runs them, ours does not."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from git_places import Place, new_place

from foureyes.errors import MissingBaseError
from foureyes.git.repository import WORKING_TREE, Repository

Setup = Callable[[Place, Path], None]


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A program that leaves a mark when it is run. What it is asked to filter, it passes on."""
    return a_program(tmp_path / "trap", then="cat")


def a_program(path: Path, *, then: str) -> Path:
    path.write_text(f"#!/bin/sh\necho \"$0 $@\" >> '{path.parent / 'it-ran'}'\n{then}\n")
    path.chmod(0o755)
    return path


def ran(trap: Path) -> bool:
    return (trap.parent / "it-ran").exists()


def plain_git(place: Place, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=place.top, capture_output=True, check=False)


def setting(key: str) -> Setup:
    return lambda place, trap: place.git("config", key, str(trap)) and None


def a_filter(name: str, part: str, attribute: str = "evil") -> Setup:
    def set_up(place: Place, trap: Path) -> None:
        place.write(**{".gitattributes": f"*.txt filter={attribute}\n"})
        place.git("config", f"filter.{name}.{part}", str(trap))

    return set_up


def a_driver(part: str) -> Setup:
    def set_up(place: Place, trap: Path) -> None:
        place.write(**{".gitattributes": "*.txt diff=evil\n"})
        place.git("config", f"diff.evil.{part}", str(trap))

    return set_up


def an_included_filter(place: Place, trap: Path) -> None:
    place.write(**{".gitattributes": "* filter=evil\n", "more": f'[filter "evil"]\n\tclean = {trap}\n'})
    place.git("config", "include.path", "../more")


def a_hook(place: Place, trap: Path) -> None:
    (place.top / "hooks").mkdir()
    (place.top / "hooks/post-index-change").write_bytes(trap.read_bytes())
    (place.top / "hooks/post-index-change").chmod(0o755)
    place.git("config", "core.hooksPath", "hooks")


def a_submodule(place: Place, trap: Path) -> None:
    inner = new_place(place.top / "inner")
    inner.commit({"x": "1\n"})
    place.git("-c", "advice.addEmbeddedRepo=false", "add", "inner")
    place.git("commit", "--quiet", "-m", "A submodule")
    inner.git("config", "core.fsmonitor", str(trap))
    inner.write(x="2\n")


def a_signature(place: Place, trap: Path) -> None:
    raw = place.git("cat-file", "commit", "HEAD").replace("\n\n", "\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n", 1)
    signed = place.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=raw.encode())
    place.git("update-ref", "HEAD", signed)
    place.git("config", "log.showSignature", "true")
    place.git("config", "gpg.program", str(trap))


SETUPS: dict[str, Setup] = {
    "fsmonitor": setting("core.fsmonitor"),
    "external diff": setting("diff.external"),
    "filter": a_filter("evil", "clean"),
    "filter as a process": a_filter("evil", "process"),
    "filter with = in its name": a_filter("a=b", "clean", "a=b"),
    "filter with dots": a_filter("dots.in.it", "clean", "dots.in.it"),
    "included filter": an_included_filter,
    "driver": a_driver("command"),
    "textconv": a_driver("textconv"),
    "hook": a_hook,
    "submodule": a_submodule,
    "signature": a_signature,
}


@pytest.fixture(params=SETUPS)
def trapped(request: pytest.FixtureRequest, place: Place, trap: Path) -> Place:
    """A changed checkout with one trap in it; its files look changed to git, although some are not."""
    place.commit({"a.txt": "one\n", "same.txt": "one\n"})
    place.commit({"a.txt": "one\ntwo\n"})
    SETUPS[request.param](place, trap)
    place.write(**{"a.txt": "one\nthree\n", "new.txt": "new\n"})
    os.utime(place.top / "same.txt", (1, 1))
    (trap.parent / "it-ran").unlink(missing_ok=True)
    return place


def test_plain_git_falls_into_the_trap(trapped: Place, trap: Path) -> None:
    for arguments in (["diff", "HEAD"], ["log", "-1"], ["status"]):
        plain_git(trapped, *arguments)
    assert ran(trap)


async def test_ours_does_not(trapped: Place, trap: Path) -> None:
    repository = await Repository.open(trapped.top)
    await repository.working_tree()
    await repository.staged()
    await repository.commit("HEAD")
    await repository.range("HEAD~1...HEAD")
    await repository.log()
    for version in (WORKING_TREE, "index", "HEAD"):
        tree = repository.tree(version)
        assert await tree.read(await tree.paths())
        assert await tree.search(["one"])
    assert not ran(trap)


@pytest.mark.parametrize(
    ("settings", "plain_git_runs_it"),
    [
        ({"remote.origin.url": "ext::{trap}"}, True),
        ({"remote.origin.url": "ssh://nowhere/x", "core.sshCommand": "{trap}"}, True),
        ({"remote.origin.url": "{top}", "remote.origin.uploadpack": "{trap}"}, True),
        ({"remote.origin.url": "evil://x", "url.ext::{trap} .insteadOf": "evil://"}, True),
        ({"remote.origin.url": "git://127.0.0.1:1/x", "core.gitProxy": "{trap}"}, True),
        ({"remote.origin.url": "x", "remote.origin.vcs": "nothing"}, False),
    ],
    ids=lambda value: next(iter(value.values())) if isinstance(value, dict) else "",
)
async def test_a_missing_file_is_not_fetched_through_programs(
    place: Place, tmp_path: Path, settings: dict[str, str], plain_git_runs_it: bool
) -> None:
    trap = a_program(tmp_path / "trap", then="exit 1")
    place.commit({"a.txt": "one\n"})
    blob = place.git("rev-parse", "HEAD:a.txt")
    (place.top / ".git/objects" / blob[:2] / blob[2:]).unlink()
    for key, value in {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "protocol.allow": "always",
        **settings,
    }.items():
        place.git("config", *(word.format(trap=trap, top=place.top) for word in (key, value)))
    repository = await Repository.open(place.top)
    with pytest.raises(MissingBaseError):
        await repository.commit("HEAD")
    with pytest.raises(MissingBaseError, match=f"lacks blob {blob}"):
        await repository.tree("HEAD").read(["a.txt"])
    assert not ran(trap)
    plain_git(place, "cat-file", "-p", blob)
    assert ran(trap) is plain_git_runs_it
