"""Material out of the store or of a clone: what was sent, whole or as a patch, and nothing of this machine."""

import subprocess
from pathlib import Path

import pytest

from claimed import claimed, sent, sent_patch
from factories import a_patch
from foureyes.blobs.packing import pack
from foureyes.diff.values import Change
from foureyes.engine.material import Material
from foureyes.engine.screen import screen
from foureyes.errors import InvalidRequestError, NotFoundError, PolicyError, UnknownRevisionError, UsageError
from foureyes.kit.database.port import Database
from foureyes.kit.severity import Severity
from foureyes.models.reviews import ReviewKind
from foureyes.reviews.request import FilesSource, RepositorySource, StoredFile
from foureyes.runs.materials import Materials
from foureyes.runs.port import Claimed

BEFORE = "def total(prices):\n    return sum(prices)\n"
AFTER = "def total(prices):\n    return sum(prices) / len(prices)\n"
POLICY = 'floor = "high"\n'


async def material_of(database: Database, one: Claimed, tmp_path: Path) -> Material:
    async with Materials(database, tmp_path / "clones", allow_local=True).change(one) as material:
        # Read while the clone is held: later it may be gone.
        await material.head.paths()
        return material


def git(where: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=where, check=True, capture_output=True, text=True).stdout.strip()


def _commit(where: Path, message: str, **files: str) -> str:
    for path, text in files.items():
        (where / path.replace("__", ".")).write_text(text)
    git(where, "add", "--all")
    git(where, "commit", "--quiet", "-m", message)
    return git(where, "rev-parse", "HEAD")


@pytest.fixture
def forge(tmp_path: Path) -> Path:
    """A repository that may be cloned: `main` with one commit, `work` with another, told apart by their files."""
    where = tmp_path / "forge"
    where.mkdir()
    git(where, "init", "--quiet", "--initial-branch=main")
    git(where, "config", "uploadpack.allowAnySHA1InWant", "true")
    git(where, "config", "uploadpack.allowFilter", "true")
    _commit(where, "Begin", orders__py=BEFORE, other__py="x = 1\n")
    git(where, "checkout", "--quiet", "-b", "work")
    _commit(where, "Average the prices", orders__py=AFTER)
    git(where, "checkout", "--quiet", "main")
    _commit(where, "Go on elsewhere", other__py="x = 2\n")
    return where


def paths_of(change: Change) -> list[str]:
    return [file.path for file in change.files]


async def test_files_are_reviewed_whole(database: Database, tmp_path: Path) -> None:
    one = await claimed(database, *sent(a__py=AFTER, b__py="x = 1\n"), title="Two files")
    material = await material_of(database, one, tmp_path)
    assert (paths_of(material.change), material.change.added) == (["a.py", "b.py"], 3)
    assert material.change.title == "Two files"
    assert await material.head.read(["a.py"]) == {"a.py": AFTER.encode()}


async def test_nothing_of_this_machine_is_read(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A server is started somewhere, maybe in a repository: its policy and its files are nobody's business.
    git(tmp_path, "init", "--quiet")
    (tmp_path / ".foureyes.toml").write_text("not even toml")
    (tmp_path / "orders.py").write_text(BEFORE)
    monkeypatch.chdir(tmp_path)
    for source in (sent(a__py=AFTER), sent_patch(a_patch("orders.py", BEFORE, AFTER))):
        material = await material_of(database, await claimed(database, *source), tmp_path)
        assert material.policy.floor is Severity.LOW
        assert BEFORE.encode() not in (await material.base.read(["orders.py"])).values()


@pytest.mark.parametrize("path", ["../../etc/passwd", ".git/config"])
async def test_a_name_that_leads_elsewhere_is_only_a_name(database: Database, tmp_path: Path, path: str) -> None:
    blob = pack(b"x = 1\n")
    source = FilesSource(files=(StoredFile(path=path, digest=blob.digest),))
    material = await material_of(database, await claimed(database, source, [blob]), tmp_path)
    assert (await material.head.read([path]))[path] == b"x = 1\n"


async def test_an_absolute_name_is_refused(database: Database, tmp_path: Path) -> None:
    blob = pack(b"x = 1\n")
    source = FilesSource(files=(StoredFile(path="/etc/passwd", digest=blob.digest),))
    with pytest.raises(InvalidRequestError, match="/etc/passwd begins with a slash"):
        await material_of(database, await claimed(database, source, [blob]), tmp_path)


async def test_a_patch_of_an_absolute_name_comes_to_an_end(database: Database, tmp_path: Path) -> None:
    patch = b"--- /srv/app/orders.py\n+++ /srv/app/orders.py\n@@ -1 +1 @@\n-x = 1\n+x = 2\n"
    material = await material_of(database, await claimed(database, *sent_patch(patch)), tmp_path)
    assert len((await screen(material)).files) == 1


async def test_a_patch_with_its_files_is_judged_in_full(database: Database, tmp_path: Path) -> None:
    patch = a_patch("orders.py", BEFORE, AFTER)
    one = await claimed(database, *sent_patch(patch, orders__py=AFTER, used__py="x = 1\n"))
    material = await material_of(database, one, tmp_path)
    assert material.complete
    assert await material.base.read(["orders.py"]) == {"orders.py": BEFORE.encode()}
    assert await material.head.read(["orders.py", "used.py"]) == {"orders.py": AFTER.encode(), "used.py": b"x = 1\n"}


async def test_a_patch_alone_is_judged_by_its_hunks_and_says_so(database: Database, tmp_path: Path) -> None:
    one = await claimed(database, *sent_patch(a_patch("orders.py", BEFORE, AFTER)))
    material = await material_of(database, one, tmp_path)
    assert not material.complete
    assert [notice.code for notice in material.notices] == ["patch-alone"]


async def test_the_policy_among_the_files_holds(database: Database, tmp_path: Path) -> None:
    blobs = {path: pack(text.encode()) for path, text in {"a.py": AFTER, ".foureyes.toml": POLICY}.items()}
    source = FilesSource(files=tuple(StoredFile(path=path, digest=blob.digest) for path, blob in blobs.items()))
    material = await material_of(database, await claimed(database, source, list(blobs.values())), tmp_path)
    assert material.policy.floor is Severity.HIGH


async def test_the_policy_of_a_request_stands_before_all_others(database: Database, tmp_path: Path) -> None:
    one = await claimed(database, *sent(a__py=AFTER), policy=POLICY)
    assert (await material_of(database, one, tmp_path)).policy.floor is Severity.HIGH


async def test_a_broken_policy_of_a_request_is_refused(database: Database, tmp_path: Path) -> None:
    one = await claimed(database, *sent(a__py=AFTER), policy="floor = 3\n")
    with pytest.raises(PolicyError):
        await material_of(database, one, tmp_path)


async def test_the_environment_of_the_server_is_no_policy(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOUREYES_FLOOR", "critical")
    material = await material_of(database, await claimed(database, *sent(a__py=AFTER)), tmp_path)
    assert material.policy.floor is Severity.LOW


async def test_a_source_that_is_gone_is_named(database: Database, tmp_path: Path) -> None:
    source, _ = sent(a__py=AFTER)
    with pytest.raises(NotFoundError, match="source"):
        await material_of(database, await claimed(database, source), tmp_path)


async def test_a_source_of_another_workspace_is_not_found(database: Database, tmp_path: Path) -> None:
    source, blobs = sent(a__py=AFTER)
    await claimed(database, source, blobs)
    with pytest.raises(NotFoundError):
        await material_of(database, await claimed(database, source), tmp_path)


async def test_many_files_are_read_in_parts(database: Database, tmp_path: Path) -> None:
    source, blobs = sent(**{f"f{number}__py": f"x = {number}\n" for number in range(1_100)})
    material = await material_of(database, await claimed(database, source, blobs), tmp_path)
    assert len(material.change.files) == 1_100


async def test_a_range_is_what_the_head_adds_since_it_left_the_base(
    database: Database, tmp_path: Path, forge: Path
) -> None:
    source = RepositorySource(url=forge.as_uri(), base="main", head="work")
    material = await material_of(database, await claimed(database, source), tmp_path)
    assert paths_of(material.change) == ["orders.py"]
    assert material.change.title == "Average the prices"


async def test_without_a_base_it_is_one_commit(database: Database, tmp_path: Path, forge: Path) -> None:
    source = RepositorySource(url=forge.as_uri(), head=git(forge, "rev-parse", "main"))
    material = await material_of(database, await claimed(database, source), tmp_path)
    assert paths_of(material.change) == ["other.py"]


async def test_full_references_are_taken_as_they_are(database: Database, tmp_path: Path, forge: Path) -> None:
    git(forge, "update-ref", "refs/pull/7/head", "work")
    source = RepositorySource(url=forge.as_uri(), base="refs/heads/main", head="refs/pull/7/head")
    material = await material_of(database, await claimed(database, source), tmp_path)
    assert paths_of(material.change) == ["orders.py"]


@pytest.mark.parametrize("head", ["nowhere", "main..work", "--upload-pack=x", "", "refs/heads/../x"])
async def test_a_revision_that_can_not_be_had_is_refused(
    database: Database, tmp_path: Path, forge: Path, head: str
) -> None:
    one = await claimed(database, RepositorySource(url=forge.as_uri(), head=head))
    with pytest.raises(UnknownRevisionError):
        await material_of(database, one, tmp_path)


async def test_each_workspace_has_clones_of_its_own(database: Database, tmp_path: Path, forge: Path) -> None:
    for _ in range(2):
        source = RepositorySource(url=forge.as_uri(), head="work")
        await material_of(database, await claimed(database, source), tmp_path)
    assert len(list((tmp_path / "clones").iterdir())) == 2


async def test_the_servers_own_disk_can_not_be_cloned(database: Database, tmp_path: Path, forge: Path) -> None:
    one = await claimed(database, RepositorySource(url=forge.as_uri(), head="work"))
    with pytest.raises(UsageError, match="https"):
        async with Materials(database, tmp_path / "clones").change(one):
            pytest.fail("it was cloned")


async def test_an_error_comes_with_the_code_around_it(database: Database, tmp_path: Path) -> None:
    source, blobs = sent(orders__py=AFTER)
    error = pack(b"ZeroDivisionError: division by zero")
    one = await claimed(database, source, [*blobs, error], kind=ReviewKind.DEBUG, error_digest=error.digest)
    async with Materials(database, tmp_path).debugging(one) as asked:
        assert asked.error_text == "ZeroDivisionError: division by zero"
        assert await asked.tree.paths() == ["orders.py"]


async def test_without_an_error_there_is_nothing_to_look_into(database: Database, tmp_path: Path) -> None:
    one = await claimed(database, *sent(orders__py=AFTER), kind=ReviewKind.DEBUG)
    with pytest.raises(InvalidRequestError, match="send its text"):
        async with Materials(database, tmp_path).debugging(one):
            pytest.fail("it was looked into")


async def test_a_repository_is_mapped_with_its_history(database: Database, tmp_path: Path, forge: Path) -> None:
    one = await claimed(database, RepositorySource(url=forge.as_uri(), head="main"), kind=ReviewKind.ARCHITECTURE)
    async with Materials(database, tmp_path / "clones", allow_local=True).mapping(one) as asked:
        assert await asked.tree.paths() == ["orders.py", "other.py"]
        assert asked.churn is not None
        assert asked.churn.by_path == {"orders.py": 1, "other.py": 2}


async def test_files_are_mapped_without_a_history(database: Database, tmp_path: Path) -> None:
    one = await claimed(database, *sent(a__py=AFTER), kind=ReviewKind.ARCHITECTURE)
    async with Materials(database, tmp_path).mapping(one) as asked:
        assert (await asked.tree.paths(), asked.churn) == (["a.py"], None)


async def test_a_patch_can_not_be_mapped(database: Database, tmp_path: Path) -> None:
    one = await claimed(database, *sent_patch(a_patch("orders.py", BEFORE, AFTER)), kind=ReviewKind.ARCHITECTURE)
    with pytest.raises(InvalidRequestError, match="no whole code"):
        async with Materials(database, tmp_path).mapping(one):
            pytest.fail("it was mapped")
