"""Suggestions in and out of files: any order of fixes and undos leaves what it should, and never half of it."""

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from cli_reviews import APP, DIVISION, UNUSED
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from foureyes.cli.files import write_whole
from foureyes.cli.journal import Journal
from foureyes.cli.lastreview import digest
from foureyes.cli.patching import CannotFixError, Patcher, overlap
from foureyes.engine.values import Finding, Suggestion
from foureyes.errors import UsageError

LINES = tuple(f"line {number}" for number in range(1, 9))
TEXT = "".join(f"{line}\n" for line in LINES)


def a_fix(number: int, first: int, last: int, *lines: str) -> Finding:
    suggestion = Suggestion(first, last, lines, ("applies",))
    return replace(DIVISION, path="a.txt", fingerprint=f"{number:016x}", suggestion=suggestion)


EVERY = (a_fix(1, 1, 1), a_fix(2, 2, 3, "two and three"), a_fix(3, 5, 4, "before five"), a_fix(4, 7, 8, "7", "7½", "8"))


def mended(numbers: set[int]) -> str:
    """The text with these fixes in it, made without the code under test."""
    parts = {line: [line] for line in LINES}
    if 1 in numbers:
        parts["line 1"] = []
    if 2 in numbers:
        parts["line 2"], parts["line 3"] = ["two and three"], []
    if 3 in numbers:
        parts["line 5"] = ["before five", "line 5"]
    if 4 in numbers:
        parts["line 7"], parts["line 8"] = ["7", "7½"], ["8"]
    return "".join(f"{part}\n" for line in LINES for part in parts[line])


class FixesAndUndos(RuleBasedStateMachine):
    """Whatever is fixed and undone in whatever order, the file is the reviewed one with what is applied."""

    def __init__(self) -> None:
        super().__init__()
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = Path(self.temporary.name)
        self.file = self.folder / "a.txt"
        self.file.write_text(TEXT)
        self.patcher = Patcher(self.folder, Journal(self.folder / "kept"), {"a.txt": digest(TEXT.encode())})
        self.steps: list[set[int]] = []

    def teardown(self) -> None:
        self.temporary.cleanup()

    @property
    def applied(self) -> set[int]:
        return set().union(*self.steps)

    @rule(numbers=st.sets(st.integers(1, 4), min_size=1))
    def fix(self, numbers: set[int]) -> None:
        fresh = numbers - self.applied
        if fresh:
            self.patcher.fix([EVERY[number - 1] for number in sorted(fresh)], EVERY)
            self.steps.append(fresh)

    @precondition(lambda self: self.steps)
    @rule()
    def undo(self) -> None:
        self.patcher.undo()
        self.steps.pop()

    @precondition(lambda self: not self.steps)
    @rule()
    def undo_without_a_fix(self) -> None:
        with pytest.raises(UsageError):
            self.patcher.undo()

    @invariant()
    def the_file_is_the_reviewed_one_with_what_is_applied(self) -> None:
        assert self.file.read_text() == mended(self.applied)
        assert self.patcher.applied("a.txt") == {f"{number:016x}" for number in self.applied}


TestFixesAndUndos = FixesAndUndos.TestCase
TestFixesAndUndos.settings = settings(max_examples=30, stateful_step_count=12, deadline=None)


@pytest.fixture
def patcher(tmp_path: Path) -> Patcher:
    (tmp_path / "app.py").write_text(APP)
    return Patcher(tmp_path, Journal(tmp_path / "kept"), {"app.py": digest(APP.encode()), "gone.py": "0"})


def test_two_fixes_for_one_line_write_nothing(patcher: Patcher, tmp_path: Path) -> None:
    other = replace(DIVISION, fingerprint="other")
    with pytest.raises(CannotFixError, match="two suggestions overlap at line 4"):
        patcher.fix([DIVISION, other], [DIVISION, other])
    assert (tmp_path / "app.py").read_text() == APP


def test_one_file_that_can_not_be_fixed_keeps_the_others_as_they_are(patcher: Patcher, tmp_path: Path) -> None:
    gone = replace(UNUSED, path="gone.py")
    with pytest.raises(CannotFixError, match=r"gone\.py: it can't be read"):
        patcher.fix([DIVISION, gone], [DIVISION, gone])
    assert (tmp_path / "app.py").read_text() == APP


def test_lines_that_are_not_there_are_refused(patcher: Patcher, tmp_path: Path) -> None:
    beyond = replace(DIVISION, suggestion=Suggestion(90, 91, ("x",)))
    with pytest.raises(CannotFixError, match="not 90 to 91"):
        patcher.fix([beyond], [beyond])
    assert (tmp_path / "app.py").read_text() == APP


def test_a_crash_between_journal_and_file_can_be_undone(patcher: Patcher, tmp_path: Path) -> None:
    patcher.fix([DIVISION], [DIVISION])
    (tmp_path / "app.py").write_text(APP)
    assert [one.diff() for one in patcher.undo()] == [[]]
    assert (tmp_path / "app.py").read_text() == APP


def test_without_the_kept_content_a_second_fix_is_refused(patcher: Patcher, tmp_path: Path) -> None:
    patcher.fix([UNUSED], [DIVISION, UNUSED])
    (tmp_path / "kept" / "kept" / digest(APP.encode())).unlink()
    with pytest.raises(CannotFixError, match="no longer kept"):
        patcher.fix([DIVISION], [DIVISION, UNUSED])


@pytest.mark.parametrize("path", ["../outside.py", "/etc/passwd", "link.py", "folder/link.py"])
def test_nothing_outside_of_the_checkout_is_read_or_written(tmp_path: Path, path: str) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text(APP)
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    (checkout / "link.py").symlink_to(outside)
    (checkout / "folder").symlink_to(tmp_path)
    (tmp_path / "link.py").write_text(APP)
    patcher = Patcher(checkout, Journal(tmp_path / "kept"), {path: digest(APP.encode())})
    with pytest.raises(CannotFixError, match="a link or leads out"):
        patcher.fix([replace(DIVISION, path=path)], [replace(DIVISION, path=path)])
    assert outside.read_text() == APP


def test_a_patch_goes_in_only_where_it_was_made_for(patcher: Patcher, tmp_path: Path) -> None:
    replacements = [Suggestion(1, 1, ("import sys",))]
    patcher.write([patcher.put("app.py", replacements, APP.replace("import os", "import sys"))])
    assert (tmp_path / "app.py").read_text().startswith("import sys\n")
    with pytest.raises(CannotFixError, match="it changed meanwhile"):
        patcher.put("app.py", replacements, APP)


@pytest.mark.parametrize(
    ("one", "other", "touch"),
    [((1, 2), (2, 3), True), ((1, 1), (2, 2), False), ((3, 2), (3, 3), True), ((3, 2), (4, 3), False)],
)
def test_suggestions_overlap_when_they_share_a_line(one: tuple[int, int], other: tuple[int, int], touch: bool) -> None:
    assert overlap(a_fix(1, *one, "x"), a_fix(2, *other, "y")) is touch
    assert overlap(a_fix(2, *other, "y"), a_fix(1, *one, "x")) is touch


def test_a_file_is_replaced_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "run.sh"
    path.write_text("old")
    path.chmod(0o750)
    write_whole(path, b"new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o750
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_can_not_be_replaced_is_as_before(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    path.mkdir()
    with pytest.raises(OSError, match="folder"):
        write_whole(path, b"new")
    assert list(tmp_path.iterdir()) == [path]
