"""What someone sent from elsewhere: contents alone, and no folder of this machine."""

from pathlib import Path

import pytest

from factories import a_patch
from foureyes.engine.collect import collect
from foureyes.engine.request import Patch, Request, SentFiles
from foureyes.errors import PolicyError
from foureyes.kit.severity import Severity

POLICY = 'floor = "high"\n'


@pytest.fixture(autouse=True)
def hostile_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somewhere with a policy that would stop every review."""
    (tmp_path / ".foureyes.toml").write_text("not even toml")
    (tmp_path / "a.py").write_text("x = 1\n")
    monkeypatch.chdir(tmp_path)


async def test_sent_files_are_a_change_that_adds_them() -> None:
    material = await collect(Request(SentFiles({"b.py": b"x = 1\n", "a.bin": b"\0"}), title="Two"))
    assert [file.path for file in material.change.files] == ["a.bin", "b.py"]
    assert (material.change.title, material.change.added, material.notices) == ("Two", 1, ())


async def test_their_own_policy_and_conventions_hold() -> None:
    files = {"a.py": b"x = 1\n", ".foureyes.toml": POLICY.encode(), "AGENTS.md": b"Write tests."}
    material = await collect(Request(SentFiles(files)))
    assert material.policy.floor is Severity.HIGH
    assert [each.path for each in material.conventions] == ["AGENTS.md"]


async def test_a_policy_that_comes_with_the_request_stands_before_theirs() -> None:
    files = {"a.py": b"x = 1\n", ".foureyes.toml": b'floor = "low"\n'}
    assert (await collect(Request(SentFiles(files), policy=POLICY))).policy.floor is Severity.HIGH


async def test_a_policy_that_comes_with_the_request_must_be_one() -> None:
    with pytest.raises(PolicyError):
        await collect(Request(SentFiles({}), policy="x"))


async def test_a_patch_with_files_fits_them_before_or_after() -> None:
    patch = a_patch("a.py", "x = 2\n", "x = 3\n")
    for content in (b"x = 2\n", b"x = 3\n"):
        material = await collect(Request(Patch(patch, {"a.py": content})))
        assert await material.base.read(["a.py"]) == {"a.py": b"x = 2\n"}
        assert await material.head.read(["a.py"]) == {"a.py": b"x = 3\n"}


async def test_a_patch_without_its_files_does_not_look_for_them_here() -> None:
    material = await collect(Request(Patch(a_patch("a.py", "x = 1\n", "x = 2\n"), {})))
    assert not material.complete
    assert "no repository here" in material.notices[0].text
    assert await material.head.read(["a.py"]) == {}


async def test_files_that_a_patch_does_not_fit_are_said_to_be_here() -> None:
    material = await collect(Request(Patch(a_patch("a.py", "x = 1\n", "x = 2\n"), {"a.py": b"other\n"})))
    assert "does not fit the files here" in material.notices[0].text
