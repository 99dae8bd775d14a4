"""`foureyes migrate`, `backup`, `restore` and `admin`: what an operator does to a server's data."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from cli_world import Person, Ran, one_clear_sentence

from foureyes.migrations.upgrade import wanted
from server_processes import running
from stores import store_url

ADA = {"email": "ada@example.org", "password": "correct horse battery", "name": "Ada"}


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that a server has left, with one account in it."""
    folder = tmp_path_factory.mktemp("registered")
    with running("serve", folder) as server:
        server.get("/healthz")
        assert server.post("/api/auth/register", ADA)[0] == 201
    return folder


@pytest.fixture
def data(registered: Path, tmp_path: Path) -> Path:
    """A copy of it for each test; the server has ended, so that copying is sound."""
    return Path(shutil.copytree(registered, tmp_path / "data"))


def in_folder(person: Person, data: Path, *arguments: str, stdin: str = "") -> Ran:
    return person(*arguments, "--data-dir", str(data), stdin=stdin)


def test_a_new_database_is_made_and_a_second_time_nothing_happens(foureyes: Person, tmp_path: Path) -> None:
    assert in_folder(foureyes, tmp_path / "new", "migrate").err == f"The database is at version {wanted()} now.\n"
    ran = in_folder(foureyes, tmp_path / "new", "migrate")
    assert (ran.code, ran.err) == (0, f"The database is at version {wanted()}: there is nothing to do.\n")
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0
    assert (tmp_path / "new/foureyes.sqlite").stat().st_mode & 0o077 == 0


def test_a_check_makes_nothing(foureyes: Person, tmp_path: Path) -> None:
    ran = in_folder(foureyes, tmp_path / "new", "migrate", "--check")
    assert one_clear_sentence(ran, 3)
    assert f"The database is at version none, not {wanted()}: run `foureyes migrate`" in ran.err
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("verb", [["users"], ["queue"], ["requeue", "--all"], ["make-operator", "ada@example.org"]])
def test_nothing_is_administered_where_there_is_no_server(foureyes: Person, tmp_path: Path, verb: list[str]) -> None:
    assert one_clear_sentence(in_folder(foureyes, tmp_path / "typo", "admin", *verb), 3)
    assert not (tmp_path / "typo").exists()


def test_postgresql_is_migrated_by_its_address(foureyes: Person, tmp_path: Path) -> None:
    ran = foureyes("migrate", FOUREYES_DATABASE_URL=store_url("postgres", tmp_path), FOUREYES_DATA_DIR=str(tmp_path))
    assert (ran.code, ran.err) == (0, f"The database is at version {wanted()}: there is nothing to do.\n")


def test_a_backup_brings_an_account_back(foureyes: Person, data: Path, tmp_path: Path) -> None:
    ran = in_folder(foureyes, data, "backup", str(tmp_path / "kept"))
    assert ran.code == 0
    assert ran.err.startswith(f"{tmp_path / 'kept'} is written, ")
    again = in_folder(foureyes, tmp_path / "other", "restore", str(tmp_path / "kept"))
    assert (again.code, again.err) == (0, f"The database is what it was when {tmp_path / 'kept'} was written.\n")
    assert "ada@example.org" in in_folder(foureyes, tmp_path / "other", "admin", "users").out


def test_a_backup_is_taken_while_the_server_runs(installed: Person, tmp_path: Path) -> None:
    with running("serve", tmp_path) as server:
        server.get("/healthz")
        server.post("/api/auth/register", ADA)
        assert installed("backup", str(tmp_path / "kept"), "--data-dir", str(tmp_path)).code == 0
        refused = installed("restore", str(tmp_path / "kept"), "--force", "--data-dir", str(tmp_path))
        assert one_clear_sentence(refused, 2)
        assert "already works on" in refused.err
    with sqlite3.connect(tmp_path / "kept") as kept:
        assert kept.execute("SELECT email FROM users").fetchall() == [("ada@example.org",)]
    kept.close()


def test_a_backup_never_replaces_a_file(foureyes: Person, data: Path, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("precious")
    ran = in_folder(foureyes, data, "backup", str(tmp_path / "kept"))
    assert one_clear_sentence(ran, 2)
    assert (tmp_path / "kept").read_text() == "precious"


def test_a_restore_replaces_a_database_only_when_it_is_told_to(foureyes: Person, data: Path, tmp_path: Path) -> None:
    in_folder(foureyes, data, "backup", str(tmp_path / "kept"))
    ran = in_folder(foureyes, data, "restore", str(tmp_path / "kept"))
    assert one_clear_sentence(ran, 2)
    assert "add --force" in ran.err
    assert in_folder(foureyes, data, "restore", str(tmp_path / "kept"), "--force").code == 0
    assert (data / "foureyes.sqlite.replaced").exists()


def test_what_is_no_backup_is_refused(foureyes: Person, data: Path, tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("Dear Ada")
    ran = in_folder(foureyes, data, "restore", str(tmp_path / "letter"), "--force")
    assert one_clear_sentence(ran, 2)
    assert "is no backup of a SQLite store" in ran.err


def test_accounts_are_listed_with_the_operator(foureyes: Person, data: Path) -> None:
    ran = in_folder(foureyes, data, "admin", "users")
    assert ran.out.startswith("ada@example.org  Ada  since 20")
    assert ran.out.endswith("  operator\n")
    assert ran.err == "1 account.\n"


@pytest.mark.parametrize("verb", ["make-operator", "reset-password"])
@pytest.mark.parametrize(
    ("address", "said"), [("bob@example.org", "see `foureyes admin users`"), ("bob", "must be an e-mail address")]
)
def test_an_address_that_nobody_has_is_said(foureyes: Person, data: Path, verb: str, address: str, said: str) -> None:
    ran = in_folder(foureyes, data, "admin", verb, address, stdin="a long password\n")
    assert one_clear_sentence(ran, 2)
    assert said in ran.err


def test_an_operator_is_made_by_any_writing_of_the_address(foureyes: Person, data: Path) -> None:
    ran = in_folder(foureyes, data, "admin", "make-operator", " Ada@Example.org ")
    assert (ran.code, ran.err) == (0, "ada@example.org is an operator now.\n")


def test_a_new_password_opens_and_the_old_one_no_more(foureyes: Person, data: Path) -> None:
    ran = in_folder(foureyes, data, "admin", "reset-password", "ada@example.org", stdin="another horse\n")
    assert (ran.code, ran.err) == (0, "ada@example.org has a new password, and is logged out everywhere.\n")
    assert "another horse" not in ran.out + ran.err
    with running("serve", data) as server:
        server.get("/healthz")
        assert server.post("/api/auth/login", {"email": ADA["email"], "password": "another horse"})[0] == 200
        assert server.post("/api/auth/login", {"email": ADA["email"], "password": ADA["password"]})[0] == 401


@pytest.mark.parametrize("password", ["", "short", "x" * 129])
def test_a_password_of_another_length_is_refused(foureyes: Person, data: Path, password: str) -> None:
    ran = in_folder(foureyes, data, "admin", "reset-password", "ada@example.org", stdin=f"{password}\n")
    assert one_clear_sentence(ran, 2)
    assert "8 to 128 characters" in ran.err


def test_an_empty_queue_is_said_to_be_empty(foureyes: Person, data: Path) -> None:
    said = in_folder(foureyes, data, "admin", "queue").out
    assert "Nothing waits and nothing runs." in said
    assert "No dead letters." in said


def test_a_requeue_says_which_or_all(foureyes: Person, data: Path) -> None:
    assert one_clear_sentence(in_folder(foureyes, data, "admin", "requeue"), 2)
    assert in_folder(foureyes, data, "admin", "requeue", "--all").err == "0 reviews will run again.\n"
