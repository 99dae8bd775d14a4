"""The tool that writes migrations: from the newest one to the models, as the next number of the line."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer

from foureyes import models
from foureyes.migrations.upgrade import HERE, wanted
from tools.write_migration import main, write

NEXT = f"{int(wanted()) + 1:04}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the migrations, so that the tool does not write into ours."""
    return Path(shutil.copytree(HERE, tmp_path / "migrations"))


def written(folder: Path) -> str:
    [path] = (folder / "versions").glob(f"{NEXT}_*.py")
    return path.read_text()


def test_models_that_have_not_changed_give_an_empty_migration(folder: Path) -> None:
    write("nothing at all", folder=folder)
    text = written(folder)
    assert f"revision = '{NEXT}'" in text
    assert f"down_revision = '{wanted()}'" in text
    assert "    pass" in text
    assert "op." not in text.partition("def upgrade")[2]


def test_what_the_models_have_more_is_added(folder: Path) -> None:
    users = models.User.__table__
    users.append_column(column := Column("shoe_size", Integer))
    try:
        write("shoes", folder=folder)
    finally:
        users._columns.remove(column)
    assert "batch_op.add_column(sa.Column('shoe_size', sa.Integer(), nullable=True))" in written(folder)


def test_the_words_name_the_file(folder: Path) -> None:
    write("colours of hats", folder=folder)
    assert (folder / f"versions/{NEXT}_colours_of_hats.py").exists()


def test_it_says_what_it_wants(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["write_migration"])
    with pytest.raises(SystemExit):
        main()
    assert "message" in capsys.readouterr().err
