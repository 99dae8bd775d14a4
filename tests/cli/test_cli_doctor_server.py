"""`foureyes doctor` about a server: what it stands on, each gap with its fix, nothing made and nothing given away."""

from pathlib import Path

import pytest
from cli_world import Person, Ran

from servers import redis_server
from stores import store_url

GOOD, LESS, BAD = "\N{CHECK MARK}", "\N{WHITE CIRCLE}", "\N{MULTIPLICATION X}"
AWAY = "postgresql+asyncpg://me:planted@127.0.0.1:1/foureyes"


def line(ran: Ran, label: str) -> str:
    """What stands behind a label, lines that follow it included, on one line."""
    rows = ran.out.splitlines()
    at = next(number for number, row in enumerate(rows) if row[2:].startswith(label))
    end = next((n for n in range(at + 1, len(rows)) if rows[n][0] != " "), len(rows))
    return " ".join(" ".join(rows[at:end]).split())


def test_without_a_server_nothing_is_said_of_one(foureyes: Person) -> None:
    assert "Database" not in foureyes("doctor").out


def test_a_folder_that_is_not_there_yet_is_no_defect_and_is_not_made(foureyes: Person, tmp_path: Path) -> None:
    ran = foureyes("doctor", "--data-dir", str(tmp_path / "new"))
    assert ran.code == 0
    assert line(ran, "Data").endswith("is not there yet: the first start makes it")
    assert line(ran, "Database") == f"{LESS} Database SQLite, not made yet: `foureyes serve` makes it"
    assert not (tmp_path / "new").exists()


def test_a_migrated_folder_is_well(foureyes: Person, tmp_path: Path) -> None:
    foureyes("migrate", "--data-dir", str(tmp_path))
    ran = foureyes("doctor", FOUREYES_DATA_DIR=str(tmp_path))
    assert ran.code == 0
    assert line(ran, "Data").startswith(f"{GOOD} Data {tmp_path}, ")
    assert line(ran, "Database").startswith(f"{GOOD} Database SQLite 3.")
    assert line(ran, "Redis").startswith(f"{GOOD} Redis none")
    assert not (tmp_path / "secret.key").exists()


def test_tables_that_are_missing_say_what_to_run(foureyes: Person, tmp_path: Path) -> None:
    (tmp_path / "foureyes.sqlite").touch()
    ran = foureyes("doctor", "--data-dir", str(tmp_path))
    assert ran.code == 1
    assert line(ran, "Database").startswith(f"{BAD} Database The database is at version none")
    assert "run `foureyes migrate`" in line(ran, "Database")


def test_a_database_that_is_away_is_named_without_its_password(foureyes: Person, tmp_path: Path) -> None:
    ran = foureyes("doctor", FOUREYES_DATABASE_URL=AWAY, FOUREYES_DATA_DIR=str(tmp_path))
    assert ran.code == 1
    assert line(ran, "Database").startswith(f"{BAD} Database The database can't be reached")
    assert line(ran, "Database").endswith("FOUREYES_DATABASE_URL.")
    assert line(ran, "Key").startswith(f"{BAD} Key FOUREYES_SECRET_KEY: is needed with PostgreSQL")
    assert "planted" not in ran.out + ran.err


def test_postgresql_is_named_with_its_version(foureyes: Person, tmp_path: Path) -> None:
    given = {"FOUREYES_DATABASE_URL": store_url("postgres", tmp_path), "FOUREYES_SECRET_KEY": "k" * 32}
    ran = foureyes("doctor", FOUREYES_DATA_DIR=str(tmp_path), **given)
    assert ran.code == 0
    assert line(ran, "Database").startswith(f"{GOOD} Database PostgreSQL 1")
    assert line(ran, "Key").startswith(f"{GOOD} Key signs with FOUREYES_SECRET_KEY")
    assert "k" * 32 not in ran.out


def test_a_redis_that_is_away_is_a_finding(foureyes: Person, tmp_path: Path) -> None:
    ran = foureyes("doctor", FOUREYES_REDIS_URL="redis://:planted@127.0.0.1:1", FOUREYES_DATA_DIR=str(tmp_path))
    assert ran.code == 1
    assert line(ran, "Redis").startswith(f"{BAD} Redis Redis can't be reached")
    assert "planted" not in ran.out


def test_a_redis_without_an_append_only_file_says_what_to_set(foureyes: Person, tmp_path: Path) -> None:
    ran = foureyes("doctor", FOUREYES_REDIS_URL=redis_server(), FOUREYES_DATA_DIR=str(tmp_path))
    said = line(ran, "Redis")
    assert said.startswith(
        (f"{GOOD} Redis answers", f"{LESS} Redis Redis keeps no append-only file: set `appendonly yes`")
    )


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, f"{GOOD} Address http://localhost:8000, for this machine alone"),
        ({"FOUREYES_HOST": "0.0.0.0"}, f"{LESS} Address 0.0.0.0 is open to the network: set FOUREYES_PUBLIC_URL"),
        (
            {"FOUREYES_PUBLIC_URL": "http://foureyes.example.org"},
            f"{LESS} Address http://foureyes.example.org is n",
        ),
        ({"FOUREYES_PUBLIC_URL": "https://foureyes.example.org"}, f"{GOOD} Address https://foureyes.example.org"),
    ],
)
def test_the_address_is_judged(foureyes: Person, tmp_path: Path, variables: dict[str, str], said: str) -> None:
    ran = foureyes("doctor", FOUREYES_DATA_DIR=str(tmp_path), **variables)
    assert line(ran, "Address").startswith(said)


def test_a_folder_that_is_a_file_names_another_way(foureyes: Person, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ran = foureyes("doctor", FOUREYES_DATA_DIR=str(tmp_path / "file"))
    assert ran.code == 1
    assert line(ran, "Data").startswith(f"{BAD} Data {tmp_path / 'file'} can't be written")
