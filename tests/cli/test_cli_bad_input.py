"""Bad input ends in one clear sentence that says what to do, with the right exit code and no traceback."""

import os
import socket
from pathlib import Path

import pytest
from cli_world import Person, Repository, one_clear_sentence

CODE = "def total(prices):\n    return sum(prices)\n"
MODEL = {"ANTHROPIC_API_KEY": "not-a-real-key", "FOUREYES_MODEL": "anthropic:claude-opus-4-8"}


@pytest.fixture
def begun(repository: Repository) -> Repository:
    repository.commit({"prices.py": CODE}, "First")
    repository.commit({"prices.py": CODE + "\n\nTAX = 1\n"}, "Second")
    return repository


def test_not_a_repository(installed: Person, tmp_path: Path) -> None:
    ran = installed("review", where=tmp_path)
    assert one_clear_sentence(ran, 2)
    assert "go into one, or pass files or --patch FILE" in ran.err


def test_no_such_directory(foureyes: Person) -> None:
    assert one_clear_sentence(foureyes("review", "-C", "nowhere"), 2)


def test_a_repository_without_anything(foureyes: Person) -> None:
    ran = foureyes("review")
    assert one_clear_sentence(ran, 2)
    assert "nothing to review" in ran.err


@pytest.mark.parametrize("what", ["nosuch", "nosuch..HEAD", "HEAD...nosuch", "HEAD~99", "-x"])
def test_an_unknown_revision_or_file(foureyes: Person, begun: Repository, what: str) -> None:
    ran = foureyes("review", *(["--", what] if what.startswith("-") else [what]))
    assert one_clear_sentence(ran, 2)


def test_a_word_that_is_both_a_revision_and_a_file(foureyes: Person, begun: Repository) -> None:
    begun.write({"main": "x\n"})
    ran = foureyes("review", "main")
    assert one_clear_sentence(ran, 2)
    assert "./main" in ran.err


@pytest.mark.parametrize("what", [[], ["HEAD"], ["HEAD~1..HEAD"]])
def test_a_shallow_clone_without_the_base(foureyes: Person, begun: Repository, tmp_path: Path, what: list[str]) -> None:
    begun.git("clone", "--quiet", "--depth", "1", f"file://{begun.path}", str(tmp_path / "shallow"))
    ran = foureyes("review", *what, "-q", where=tmp_path / "shallow")
    assert one_clear_sentence(ran, 2)
    assert "git fetch --unshallow" in ran.err
    assert "fetch-depth: 0" in ran.err


@pytest.mark.parametrize(
    "patch", [b"not a patch\n", b"--- a/x\n+++ b/x\n@@ -1,9 +1 @@\n-a\n", b"\0\1\2", b"--- a/\xff\n"]
)
def test_a_malformed_patch(foureyes: Person, begun: Repository, patch: bytes) -> None:
    ran = foureyes("review", "--patch", "-", stdin=patch)
    assert one_clear_sentence(ran, 2)
    assert "git diff" in ran.err


def test_a_patch_that_is_not_there(foureyes: Person, begun: Repository) -> None:
    assert one_clear_sentence(foureyes("review", "--patch", "nowhere.diff"), 2)


@pytest.mark.parametrize("more", [["--staged"], ["HEAD"]])
def test_a_patch_stands_alone(foureyes: Person, begun: Repository, more: list[str]) -> None:
    assert one_clear_sentence(foureyes("review", "--patch", "-", *more), 2)


def test_a_broken_policy_is_named_by_line_and_key(installed: Person, begun: Repository) -> None:
    begun.commit({".foureyes.toml": '# ours\nfloor = "scary"\n'})
    begun.write({"prices.py": CODE})
    ran = installed("review", "-q")
    assert one_clear_sentence(ran, 2)
    assert ran.err.startswith(".foureyes.toml:2: `floor` should be")


def test_a_broken_variable_is_named(foureyes: Person, begun: Repository) -> None:
    ran = foureyes("review", "-q", FOUREYES_FLOOR="scary")
    assert one_clear_sentence(ran, 2)
    assert ran.err.startswith("FOUREYES_FLOOR: ")


@pytest.mark.parametrize("spec", ["claude", "nobody:claude", "anthropic:"])
def test_an_unknown_model(foureyes: Person, begun: Repository, spec: str) -> None:
    ran = foureyes("review", "-q", "--model", spec)
    assert one_clear_sentence(ran, 2)
    assert "PROVIDER:MODEL" in ran.err


def test_a_missing_key_is_asked_for_by_name(foureyes: Person, begun: Repository) -> None:
    ran = foureyes("review", "-q", "--model", "anthropic:claude-opus-4-8")
    assert one_clear_sentence(ran, 2)
    assert "set ANTHROPIC_API_KEY" in ran.err


def test_a_provider_that_is_down_costs_the_model_and_not_the_review(foureyes: Person, begun: Repository) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    begun.write({"prices.py": CODE + "\n\ndef check(x):\n    if x:\n        ValueError(x)\n"})
    ran = foureyes("review", "-q", **MODEL, FOUREYES_ANTHROPIC_URL=address)
    assert ran.code == 3
    assert "Missing `raise` statement" in ran.out
    assert "Traceback" not in ran.err


def test_a_budget_that_is_too_small_is_said_and_nothing_is_sent(foureyes: Person, begun: Repository) -> None:
    ran = foureyes(
        "review", "HEAD", "-q", "--max-cost", "0.000001", **MODEL, FOUREYES_ANTHROPIC_URL="http://127.0.0.1:9"
    )
    assert ran.code == 3
    assert "budget" in ran.out


def test_a_report_that_can_not_be_written_is_said_before_the_work(foureyes: Person, begun: Repository) -> None:
    ran = foureyes("review", "-o", "nowhere/report.json", "-f", "json")
    assert one_clear_sentence(ran, 2)


@pytest.mark.parametrize("content", ["", "{", "<x>", "[1]", '{"runs": 5}'])
def test_a_report_of_another_tool_that_can_not_be_read(foureyes: Person, begun: Repository, content: str) -> None:
    begun.write({"report.json": content})
    ran = foureyes("review", "HEAD", "--import", "report.json")
    assert one_clear_sentence(ran, 2)
    assert ran.err.startswith("report.json can't be read as a report")


def test_a_cache_that_can_not_be_used_costs_nothing_but_the_cache(foureyes: Person, begun: Repository) -> None:
    begun.write({"file": ""})
    ran = foureyes("review", "HEAD", FOUREYES_CACHE_DIR=str(begun.path / "file" / "cache"))
    assert ran.code == 0
    assert "Going on without." in ran.err
    assert "could not be stored" in ran.err


def test_a_cache_file_that_is_no_database_costs_nothing_but_the_cache(
    foureyes: Person, begun: Repository, tmp_path: Path
) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "cache.sqlite").write_bytes(b"no database at all" * 100)
    ran = foureyes("review", "HEAD", FOUREYES_CACHE_DIR=str(tmp_path / "cache"))
    assert ran.code == 0
    assert "remove that file. Going on without." in ran.err


@pytest.mark.parametrize(
    "name", [b"a\nb.py", b"\x1b[31mred.py", b"q\"u'ote.py", b"-dash.py", b"x\xff.py", "a\u202eb.py".encode()]
)
def test_hostile_names_are_reviewed_and_shown_as_text(foureyes: Person, begun: Repository, name: bytes) -> None:
    code = b"def check(x):\n    if x:\n        ValueError(x)\n"
    Path(os.fsdecode(os.path.join(os.fsencode(begun.path), name))).write_bytes(code)  # noqa: PTH118
    ran = foureyes("review", "-q", "--ledger")
    assert ran.code == 0
    assert ran.out.count(".py:3") == 1
    assert not {"\x1b", "\u202e"} & set(ran.out)


def test_a_link_out_of_the_tree_is_not_followed(foureyes: Person, begun: Repository, tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("TOKEN = 'outside'\n")
    (begun.path / "link.py").symlink_to(tmp_path / "secret.py")
    ran = foureyes("review", "-q", "-f", "json")
    assert "TOKEN" not in ran.out


@pytest.mark.parametrize("content", [b"\0\1\2" * 50, b""])
def test_only_binary_or_empty_files(foureyes: Person, begun: Repository, content: bytes) -> None:
    begun.write({"blob.bin": content})
    ran = foureyes("review", "-q")
    assert ran.code in (0, 3)
    assert (ran.code == 0) is ("Not reviewed" not in ran.out)
    assert ran.err == ""


def test_fifty_thousand_lines(foureyes: Person, begun: Repository) -> None:
    begun.write({f"part{number}.py": "x = 1\n" * 5_000 for number in range(10)})
    ran = foureyes("review", "-q")
    assert ran.code == 0
    assert "10 files, +50,000" in ran.out


def test_one_line_of_five_megabytes(foureyes: Person, begun: Repository) -> None:
    begun.write({"long.py": "x = '" + "a" * 5_000_000 + "'\n"})
    ran = foureyes("review", "-q", "--ledger")
    assert ran.code == 3
    assert "long.py" in ran.out
    assert len(ran.out) < 5_000


def test_a_terminal_that_knows_ascii_only(installed: Person, begun: Repository) -> None:
    ran = installed("review", "HEAD", PYTHONIOENCODING="ascii")
    assert ran.code == 0
    assert "Nothing to flag" in ran.out


DEFECT = """
import foureyes.engine.run as run

def review(*_, **__):
    raise KeyError("x")

run.review = review
"""


def test_a_defect_is_one_sentence_and_its_traceback_is_in_a_file(installed: Person, begun: Repository) -> None:
    begun.write({"sitecustomize.py": DEFECT})
    ran = installed("review", "HEAD", "-q", PYTHONPATH=str(begun.path))
    assert one_clear_sentence(ran, 70)
    log = Path(ran.err.partition("the traceback is in ")[2].split(". Please")[0])
    assert "KeyError" in log.read_text()
