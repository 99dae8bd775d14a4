"""Stored reviews and the journal of fixes: each checkout has its own, wherever it is called from."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from cli_reviews import APP, DIVISION, UNUSED, a_result, leave_review
from cli_world import Person, Repository, one_clear_sentence
from hypothesis import given
from hypothesis import strategies as st

from foureyes.cli.journal import FixedFile, Journal, Step
from foureyes.cli.lastreview import NoReviewError, digest, folder_of, load, store
from foureyes.engine.reports.document import document
from foureyes.settings import load_settings


@pytest.fixture
def two(repository: Repository, tmp_path: Path) -> tuple[Path, Path]:
    """The repository and a clone of it, both reviewed."""
    repository.commit({"app.py": APP})
    clone = tmp_path / "clone"
    repository.git("clone", "--quiet", str(repository.path), str(clone))
    leave_review(repository.path)
    leave_review(clone, [replace(UNUSED, title="Only in the clone")])
    return repository.path, clone


def test_each_checkout_has_a_last_review_of_its_own(foureyes: Person, two: tuple[Path, Path]) -> None:
    first, second = (foureyes("explain", where=where).out for where in two)
    assert "Division by zero" in first
    assert "Only in the clone" not in first
    assert "Only in the clone" in second


def test_a_fix_in_one_checkout_can_not_be_undone_in_the_other(foureyes: Person, two: tuple[Path, Path]) -> None:
    foureyes("fix", "--all", where=two[0])
    assert one_clear_sentence(foureyes("fix", "--undo", where=two[1]), 2)
    assert (two[1] / "app.py").read_text() == APP
    assert foureyes("fix", "--undo", where=two[0]).code == 0


def test_a_worktree_is_a_checkout_of_its_own(foureyes: Person, two: tuple[Path, Path], repository: Repository) -> None:
    repository.git("worktree", "add", "--quiet", str(two[0].parent / "tree"))
    ran = foureyes("explain", where=two[0].parent / "tree")
    assert one_clear_sentence(ran, 2)
    assert "There is no stored review of" in ran.err


def test_fix_and_explain_find_the_review_from_any_folder_of_the_checkout(
    foureyes: Person, two: tuple[Path, Path], tmp_path: Path
) -> None:
    deep = two[0] / "a" / "b"
    deep.mkdir(parents=True)
    assert "Division by zero" in foureyes("explain", where=deep).out
    assert "Division by zero" in foureyes("explain", "-C", str(deep), where=tmp_path).out
    assert foureyes("fix", "aa11", "-C", str(two[0]), where=tmp_path).code == 0
    assert "max(len(prices), 1)" in (two[0] / "app.py").read_text()


def test_the_next_review_takes_the_place_of_the_last(foureyes: Person, two: tuple[Path, Path]) -> None:
    leave_review(two[0], [UNUSED])
    shown = foureyes("explain", where=two[0]).out
    assert "os imported but unused" in shown
    assert "Division by zero" not in shown


def test_an_emptied_cache_keeps_the_last_review_and_its_undo(foureyes: Person, two: tuple[Path, Path]) -> None:
    foureyes("fix", "aa11", where=two[0])
    assert foureyes("cache", "clear").code == 0
    assert "Division by zero" in foureyes("explain", where=two[0]).out
    assert foureyes("fix", "--undo", where=two[0]).code == 0
    assert (two[0] / "app.py").read_text() == APP


def test_a_review_of_a_later_form_is_as_none_and_its_undo_still_works(foureyes: Person, two: tuple[Path, Path]) -> None:
    foureyes("fix", "aa11", where=two[0])
    file = folder_of(load_settings().cache_dir, two[0]) / "review.json"
    later = json.loads(file.read_text())
    later["review"]["schema"] = "foureyes.review/2"
    file.write_text(json.dumps(later))
    assert one_clear_sentence(foureyes("explain", where=two[0]), 2)
    assert foureyes("fix", "--undo", where=two[0]).code == 0
    assert (two[0] / "app.py").read_text() == APP


def test_a_checkout_whose_name_is_not_utf8_keeps_its_review(tmp_path: Path) -> None:
    odd = tmp_path / "proj\udcff"
    store(tmp_path / "cache", odd, document(a_result([UNUSED])), {})
    assert [one.title for one in load(tmp_path / "cache", odd).review.findings] == [UNUSED.title]
    with pytest.raises(NoReviewError):
        load(tmp_path / "cache", tmp_path / "proj?")


@given(st.sets(st.text(alphabet="ab_ é", min_size=1, max_size=6), min_size=2, max_size=5))
def test_no_two_checkouts_share_a_folder(names: set[str]) -> None:
    assert len({folder_of(Path("/cache"), Path("/work") / name) for name in names}) == len(names)


def a_step(before: bytes, after: bytes, *fingerprints: str) -> Step:
    return Step(fingerprints=fingerprints, files=(FixedFile(path="a.py", before=digest(before), after=digest(after)),))


def test_a_journal_remembers_steps_and_contents(tmp_path: Path) -> None:
    Journal(tmp_path).add(a_step(b"one", b"two", "f1"), [b"one"])
    Journal(tmp_path).add(a_step(b"two", b"three", "f2"), [b"two"])
    again = Journal(tmp_path)
    assert [step.fingerprints for step in again.steps] == [("f1",), ("f2",)]
    assert again.kept(digest(b"two")) == b"two"
    assert again.kept(digest(b"three")) is None


def test_a_journal_follows_a_file_back_to_what_was_reviewed(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.add(a_step(b"one", b"two", "f1"), [b"one"])
    journal.add(a_step(b"two", b"three", "f2", "f3"), [b"two"])
    assert journal.applied("a.py", current=digest(b"three"), reviewed=digest(b"one")) == {"f1", "f2", "f3"}
    assert journal.applied("a.py", current=digest(b"three"), reviewed=digest(b"two")) == {"f2", "f3"}
    assert journal.applied("a.py", current=digest(b"one"), reviewed=digest(b"one")) == set()
    assert journal.applied("a.py", current=digest(b"edited"), reviewed=digest(b"one")) is None
    assert journal.applied("b.py", current=digest(b"two"), reviewed=digest(b"one")) is None


def test_the_last_step_goes_and_the_others_stay(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.add(a_step(b"one", b"two", "f1"), [b"one"])
    journal.add(a_step(b"two", b"three", "f2"), [b"two"])
    journal.drop_last()
    assert [step.fingerprints for step in journal.steps] == [("f1",)]


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"steps": [{"fingerprints": 5}]}', b"\xff"])
def test_a_journal_that_can_not_be_read_is_an_empty_one(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "fixes.json").write_bytes(content)
    journal = Journal(tmp_path)
    assert journal.steps == ()
    journal.add(a_step(b"one", b"two", "f1"), [b"one"])
    assert [step.fingerprints for step in journal.steps] == [("f1",)]


def test_a_broken_journal_leaves_fixed_files_alone(foureyes: Person, two: tuple[Path, Path]) -> None:
    foureyes("fix", "aa11", where=two[0])
    mended = (two[0] / "app.py").read_text()
    (folder_of(load_settings().cache_dir, two[0]) / "fixes.json").write_text("{")
    assert one_clear_sentence(foureyes("fix", "--undo", where=two[0]), 2)
    assert "Left out" in foureyes("fix", "--all", where=two[0]).err
    assert (two[0] / "app.py").read_text() == mended


def test_several_files_are_fixed_and_taken_back_together(foureyes: Person, repository: Repository) -> None:
    repository.commit({"app.py": APP, "b.py": APP})
    leave_review(repository.path, [DIVISION, replace(UNUSED, path="b.py")])
    ran = foureyes("fix", "--all")
    assert ran.out.count("+++ b/") == 2
    (repository.path / "b.py").write_text("edited\n")
    assert one_clear_sentence(foureyes("fix", "--undo"), 2)
    assert "max(len(prices), 1)" in (repository.path / "app.py").read_text()
