"""`foureyes fix`: suggestions go into files whole, only into files as reviewed, and come out again."""

from dataclasses import replace

import pytest
from cli_reviews import APP, DIVISION, UNUSED, leave_review
from cli_world import Person, Repository, one_clear_sentence

from foureyes.engine.values import Suggestion

MENDED = APP.replace("len(prices)\n", "max(len(prices), 1)\n")
BOTH = MENDED.removeprefix("import os\n")


@pytest.fixture(autouse=True)
def reviewed(repository: Repository) -> Repository:
    repository.commit({"app.py": APP})
    leave_review(repository.path)
    return repository


def app(repository: Repository) -> str:
    return (repository.path / "app.py").read_text()


def test_a_finding_is_named_by_the_beginning_of_its_fingerprint(installed: Person, repository: Repository) -> None:
    ran = installed("fix", "aa11")
    assert ran.code == 0
    assert app(repository) == MENDED
    assert "-    return sum(prices) / len(prices)\n+    return sum(prices) / max(len(prices), 1)\n" in ran.out
    assert "1 suggestion applied. `foureyes fix --undo` takes it back." in ran.err


def test_all_suggestions_go_in_at_once(foureyes: Person, repository: Repository) -> None:
    ran = foureyes("fix", "--all")
    assert app(repository) == BOTH
    assert "2 suggestions applied" in ran.err


def test_one_after_the_other_gives_the_same_file(foureyes: Person, repository: Repository) -> None:
    assert foureyes("fix", "bb22").code == 0
    assert foureyes("fix", "aa11").code == 0
    assert app(repository) == BOTH


def test_undo_takes_back_one_step_at_a_time(foureyes: Person, repository: Repository) -> None:
    foureyes("fix", "bb22")
    foureyes("fix", "aa11")
    assert foureyes("fix", "--undo").code == 0
    assert app(repository) == APP.removeprefix("import os\n")
    assert foureyes("fix", "--undo").code == 0
    assert app(repository) == APP
    assert one_clear_sentence(foureyes("fix", "--undo"), 2)


def test_what_is_applied_already_is_not_applied_again(foureyes: Person, repository: Repository) -> None:
    foureyes("fix", "--all")
    ran = foureyes("fix", "--all")
    assert "Nothing to apply." in ran.err
    assert app(repository) == BOTH


def test_a_file_that_changed_since_the_review_is_left_alone(foureyes: Person, repository: Repository) -> None:
    repository.write({"app.py": APP + "# edited\n"})
    ran = foureyes("fix", "aa11")
    assert one_clear_sentence(ran, 2)
    assert "it is not as reviewed" in ran.err
    assert app(repository) == APP + "# edited\n"


def test_with_all_a_changed_file_is_named_and_left_out(foureyes: Person, repository: Repository) -> None:
    repository.write({"app.py": APP + "# edited\n"})
    ran = foureyes("fix", "--all")
    assert ran.err.count("Left out") == 2
    assert app(repository) == APP + "# edited\n"


def test_an_edit_after_the_fix_is_not_lost_by_undo(foureyes: Person, repository: Repository) -> None:
    foureyes("fix", "aa11")
    repository.write({"app.py": MENDED + "# mine\n"})
    assert one_clear_sentence(foureyes("fix", "--undo"), 2)
    assert app(repository) == MENDED + "# mine\n"


def test_suggestions_for_the_same_lines_are_not_both_applied(foureyes: Person, repository: Repository) -> None:
    other = replace(DIVISION, fingerprint="cc44cc44", suggestion=Suggestion(4, 4, ("    return 0",), ("applies",)))
    leave_review(repository.path, [DIVISION, other, UNUSED])
    assert one_clear_sentence(foureyes("fix", "aa11", "cc44"), 2)
    ran = foureyes("fix", "--all")
    assert "Left out cc44cc44: it touches the same lines as another suggestion." in ran.err
    assert app(repository) == BOTH


def test_what_is_in_the_file_already_keeps_others_out(foureyes: Person, repository: Repository) -> None:
    other = replace(DIVISION, fingerprint="cc44cc44", suggestion=Suggestion(4, 4, ("    return 0",), ("applies",)))
    leave_review(repository.path, [other, DIVISION, UNUSED])
    foureyes("fix", "aa11")
    ran = foureyes("fix", "--all")
    assert "Left out cc44cc44" in ran.err
    assert app(repository) == BOTH


def test_a_secret_beside_the_fix_is_not_printed(foureyes: Person, repository: Repository) -> None:
    secret = "AKIA" + "Q3XV7ZT2PLM4WB6N"
    repository.write({"app.py": f'import os\nKEY = "{secret}"\n'})
    leave_review(repository.path, [UNUSED])
    ran = foureyes("fix", "--all")
    assert secret not in ran.out
    assert app(repository) == f'KEY = "{secret}"\n'


@pytest.mark.parametrize(
    ("wanted", "said"),
    [("zz", "none begins so"), ("bb", "2 begin so"), ("bb33", "has no suggestion"), ("", "3 begin so")],
)
def test_a_finding_that_is_not_clear_is_asked_for_again(foureyes: Person, wanted: str, said: str) -> None:
    ran = foureyes("fix", wanted)
    assert one_clear_sentence(ran, 2)
    assert said in ran.err


def test_nobody_to_ask_is_said(foureyes: Person) -> None:
    ran = foureyes("fix")
    assert one_clear_sentence(ran, 2)
    assert "pass --all" in ran.err


def test_without_a_review_the_next_step_is_named(foureyes: Person, repository: Repository) -> None:
    elsewhere = repository.path.parent / "elsewhere"
    elsewhere.mkdir()
    ran = foureyes("fix", "--all", where=elsewhere)
    assert one_clear_sentence(ran, 2)
    assert "run `foureyes review` there first" in ran.err


def test_a_link_out_of_the_checkout_is_not_written_through(foureyes: Person, repository: Repository) -> None:
    outside = repository.path.parent / "outside.py"
    outside.write_text(APP)
    (repository.path / "app.py").unlink()
    (repository.path / "app.py").symlink_to(outside)
    assert one_clear_sentence(foureyes("fix", "aa11"), 2)
    assert outside.read_text() == APP


def test_mode_and_line_ends_of_a_file_stay(foureyes: Person, repository: Repository) -> None:
    path = repository.path / "app.py"
    path.write_bytes(APP.replace("\n", "\r\n").encode())
    path.chmod(0o755)
    leave_review(repository.path)
    foureyes("fix", "aa11")
    assert path.read_bytes() == MENDED.replace("\n", "\r\n").encode()
    assert path.stat().st_mode & 0o777 == 0o755


def test_bytes_that_json_can_not_keep_are_not_written(foureyes: Person, repository: Repository) -> None:
    repository.write({"app.py": b"x = '\xff'\n"})
    lossy = replace(DIVISION, suggestion=Suggestion(1, 1, ("x = b'\udcff'",), ("applies",)))
    leave_review(repository.path, [lossy])
    assert one_clear_sentence(foureyes("fix", "aa11"), 2)
    assert (repository.path / "app.py").read_bytes() == b"x = '\xff'\n"
