"""From what someone asks for to the material of a review."""

from pathlib import Path

import pytest
from engine_checkout import Checkout, new_checkout

from foureyes.diff.values import FileStatus
from foureyes.engine.collect import collect
from foureyes.engine.material import Material
from foureyes.engine.policyorigins import Overrides
from foureyes.engine.request import CommitRange, OneCommit, Patch, Request, Source, Staged, WholeFiles, WorkingTree
from foureyes.engine.screen import screen
from foureyes.errors import MalformedPatchError, NotARepositoryError, PolicyError, UnknownRevisionError, UsageError
from foureyes.git.repository import Repository
from foureyes.kit.severity import Severity


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return new_checkout(tmp_path / "checkout")


async def collected(checkout: Checkout, source: Source, **more: object) -> Material:
    return await collect(Request(source, checkout.top, **more))  # type: ignore[arg-type]


def codes(material: Material) -> list[str]:
    return [notice.code for notice in material.notices]


async def test_a_range_brings_both_versions_and_the_commits_words(checkout: Checkout) -> None:
    checkout.commit({"a.py": "x = 1\n"})
    checkout.commit({"a.py": "x = 2\n"}, "Raise x\n\nOne was too low.")
    material = await collected(checkout, CommitRange("HEAD~1..HEAD"))
    assert [file.path for file in material.change.files] == ["a.py"]
    assert (material.change.title, material.change.description) == ("Raise x", "One was too low.")
    assert await material.base.read(["a.py"]) == {"a.py": b"x = 1\n"}
    assert await material.head.read(["a.py"]) == {"a.py": b"x = 2\n"}


async def test_words_that_are_given_win_over_those_of_the_commits(checkout: Checkout) -> None:
    checkout.commit({"a.py": "x = 1\n"})
    change = (await collected(checkout, OneCommit("HEAD"), title="Pull request 7", description="Why")).change
    assert (change.title, change.description) == ("Pull request 7", "Why")


async def test_the_working_tree_holds_what_is_staged_and_what_is_new(checkout: Checkout) -> None:
    checkout.commit({"a.py": "x = 1\n", ".gitignore": "*.log\n"})
    checkout.write({"a.py": "x = 2\n", "new.py": "y = 1\n", "b.log": "z\n"})
    material = await collected(checkout, WorkingTree())
    assert [file.path for file in material.change.files] == ["a.py", "new.py"]
    assert (await material.head.read(["new.py"])) == {"new.py": b"y = 1\n"}


async def test_staged_is_what_the_index_holds(checkout: Checkout) -> None:
    checkout.commit({"a.py": "x = 1\n"})
    checkout.write({"a.py": "x = 2\n"})
    checkout.git("add", "a.py")
    checkout.write({"a.py": "x = 3\n"})
    material = await collected(checkout, Staged())
    assert await material.head.read(["a.py"]) == {"a.py": b"x = 2\n"}


async def test_paths_narrow_a_change_down_from_where_one_stands(checkout: Checkout) -> None:
    checkout.commit({"src/a.py": "x = 1\n", "src/b.py": "x = 1\n", "c.py": "x = 1\n"})
    request = Request(OneCommit("HEAD", (Path("a.py"), Path("../c.py"))), checkout.top / "src")
    material = await collect(request)
    assert [file.path for file in material.change.files] == ["c.py", "src/a.py"]


async def test_a_path_outside_of_the_repository_is_refused(checkout: Checkout) -> None:
    checkout.commit({"a.py": "x = 1\n"})
    with pytest.raises(UsageError, match="outside of the repository"):
        await collected(checkout, OneCommit("HEAD", (Path("../other"),)))


POLICY = 'floor = "high"\n'


async def test_the_policy_is_that_of_the_base_version(checkout: Checkout) -> None:
    checkout.commit({".foureyes.toml": POLICY, "a.py": "x = 1\n"})
    checkout.commit({".foureyes.toml": 'floor = "info"\n', "a.py": "x = 2\n"})
    material = await collected(checkout, CommitRange("HEAD~1..HEAD"))
    assert material.policy.floor is Severity.HIGH
    assert [notice.text for notice in material.notices] == [
        "This change edits .foureyes.toml; the base version of it was used."
    ]


async def test_the_working_tree_is_judged_by_the_last_commits_policy(checkout: Checkout) -> None:
    checkout.commit({".foureyes.toml": POLICY})
    checkout.write({".foureyes.toml": "", "a.py": "x = 1\n"})
    assert (await collected(checkout, WorkingTree())).policy.floor is Severity.HIGH


async def test_environment_and_options_win_over_the_policy_file(checkout: Checkout) -> None:
    checkout.commit({".foureyes.toml": POLICY, "a.py": "x = 1\n"})
    checkout.write({"a.py": "x = 2\n"})
    overrides = Overrides({"FOUREYES_LANGUAGE": "Deutsch", "FOUREYES_FLOOR": "low"}, {"floor": "medium"})
    policy = (await collected(checkout, WorkingTree(), overrides=overrides)).policy
    assert (policy.floor, policy.language) == (Severity.MEDIUM, "Deutsch")


async def test_a_broken_policy_stops_the_review(checkout: Checkout) -> None:
    checkout.commit({".foureyes.toml": "\nflor = 1\n", "a.py": "x = 1\n"})
    checkout.write({"a.py": "x = 2\n"})
    with pytest.raises(PolicyError, match=r"\.foureyes\.toml:2: `flor` is not known here; did you mean `floor`"):
        await collected(checkout, WorkingTree())


async def test_the_change_that_mends_a_broken_policy_can_be_reviewed(checkout: Checkout) -> None:
    checkout.commit({".foureyes.toml": b"floor = '\xe9'\n"})
    checkout.write({".foureyes.toml": POLICY})
    material = await collected(checkout, WorkingTree())
    assert codes(material) == ["policy-broken", "house-rules"]
    assert "is not UTF-8 text" in material.notices[0].text


async def test_team_rules_come_from_the_base_version(checkout: Checkout) -> None:
    checkout.commit({".foureyes/rules/no-print.yml": "id: no-print\n", ".foureyes/rules/notes.txt": "x\n"})
    checkout.write({".foureyes/rules/no-print.yml": "id: other\n"})
    material = await collected(checkout, WorkingTree())
    assert material.team_rules == {".foureyes/rules/no-print.yml": "id: no-print\n"}
    assert codes(material) == ["house-rules"]


async def test_without_a_commit_everything_is_new_and_the_policy_is_the_defaults(checkout: Checkout) -> None:
    checkout.write({"a.py": "x = 1\n", ".foureyes.toml": POLICY})
    material = await collected(checkout, WorkingTree())
    assert {file.status for file in material.change.files} == {FileStatus.ADDED}
    assert material.policy.floor is Severity.LOW


@pytest.mark.parametrize("source", [CommitRange("main..nothing"), OneCommit("nothing"), OneCommit("-x")])
async def test_an_unknown_revision_is_named(checkout: Checkout, source: Source) -> None:
    checkout.commit({"a.py": "x = 1\n"})
    with pytest.raises(UnknownRevisionError, match=r"nothing|-x"):
        await collected(checkout, source)


async def test_outside_of_a_repository_only_patches_and_files_can_be_reviewed(tmp_path: Path) -> None:
    with pytest.raises(NotARepositoryError, match="is not inside a git repository"):
        await collect(Request(WorkingTree(), tmp_path))


async def test_a_server_hands_in_its_own_bare_repository(checkout: Checkout, tmp_path: Path) -> None:
    checkout.commit({".foureyes.toml": POLICY, "a.py": "x = 1\n"})
    checkout.commit({"a.py": "x = 2\n"})
    checkout.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare"))
    repository = await Repository.open(tmp_path / "bare")
    material = await collect(Request(CommitRange("HEAD~1..HEAD")), repository)
    assert material.policy.floor is Severity.HIGH


async def test_whole_files_are_reviewed_as_if_each_line_were_new(checkout: Checkout) -> None:
    checkout.commit({"src/a.py": "x = 1\ny = 2", "src/b.bin": b"\0", "c.py": "x = 1\n", ".foureyes.toml": POLICY})
    checkout.write({"src/new.py": "x = 1\n"})
    material = await collected(checkout, WholeFiles((Path("src"),)))
    assert [(file.path, file.added, file.kind.value) for file in material.change.files] == [
        ("src/a.py", 2, "text"),
        ("src/b.bin", 0, "binary"),
        ("src/new.py", 1, "text"),
    ]
    assert material.policy.floor is Severity.HIGH
    assert material.notices == ()


async def test_a_file_that_git_ignores_is_reviewed_when_it_is_named(checkout: Checkout) -> None:
    checkout.commit({".gitignore": "*.log\n", "a.py": "x = 1\n"})
    checkout.write({"b.log": "x\n"})
    material = await collected(checkout, WholeFiles((Path("b.log"), Path("a.py"))))
    assert [file.path for file in material.change.files] == ["a.py", "b.log"]


async def test_whole_files_need_no_repository(tmp_path: Path) -> None:
    place = Checkout(tmp_path)
    place.write({"a.py": "x = 1\n", "node_modules/b.js": "x\n", ".foureyes.toml": POLICY, "docs/c.md": "c\n"})
    material = await collect(Request(WholeFiles((Path(),)), tmp_path))
    assert [file.path for file in material.change.files] == [".foureyes.toml", "a.py", "docs/c.md"]
    assert material.policy.floor is Severity.HIGH


async def test_files_outside_of_the_repository_are_counted_from_what_they_share(
    checkout: Checkout, tmp_path: Path
) -> None:
    Checkout(tmp_path / "other").write({"a.py": "x = 1\n", "sub/b.py": "x = 1\n"})
    material = await collected(checkout, WholeFiles((Path("../other/a.py"), Path("../other/sub"))))
    assert [file.path for file in material.change.files] == ["a.py", "sub/b.py"]


async def test_a_link_is_not_followed_and_a_large_file_is_not_forgotten(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x = 1\n")
    (tmp_path / "in").mkdir()
    (tmp_path / "in/link.py").symlink_to(tmp_path / "secret")
    (tmp_path / "in/large.py").write_text("x = 1\n" * 2_000_000)
    result = await screen(await collect(Request(WholeFiles((Path("in"),)), tmp_path)))
    assert [(skip.path, skip.expected) for skip in result.skips] == [("in/link.py", True), ("in/large.py", False)]


async def test_a_file_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nothing\.py does not exist"):
        await collect(Request(WholeFiles((Path("nothing.py"),)), tmp_path))


BEFORE = "".join(f"line {number}\n" for number in range(20))
AFTER = BEFORE.replace("line 9", "line nine")


def patch_of(checkout: Checkout) -> Patch:
    return Patch(checkout.git("diff", "HEAD~1", "HEAD").encode() + b"\n")


async def both(material: Material, path: str) -> tuple[str, str]:
    before, after = await material.base.read([path]), await material.head.read([path])
    return before[path].decode(), after[path].decode()


@pytest.mark.parametrize("at", ["HEAD", "HEAD~1"])
async def test_a_patch_finds_both_versions_in_the_checkout(checkout: Checkout, at: str) -> None:
    checkout.commit({"a.txt": BEFORE})
    checkout.commit({"a.txt": AFTER})
    patch = patch_of(checkout)
    checkout.git("checkout", "--quiet", at)
    material = await collected(checkout, patch)
    assert await both(material, "a.txt") == (BEFORE, AFTER)
    assert material.complete


async def test_a_patch_that_does_not_fit_is_judged_by_its_hunks(checkout: Checkout) -> None:
    checkout.commit({"a.txt": BEFORE})
    checkout.commit({"a.txt": AFTER, "new.py": "x = 1\n"})
    patch = patch_of(checkout)
    checkout.commit({"a.txt": "other\n"})
    material = await collected(checkout, patch)
    assert not material.complete
    assert codes(material) == ["patch-alone"]
    files = {file.path: file for file in (await screen(material)).files}
    assert (files["a.txt"].partial, files["new.py"].partial) == (True, False)
    assert files["a.txt"].text.split("\n")[9] == "line nine"


async def test_a_patch_needs_no_repository(checkout: Checkout, tmp_path: Path) -> None:
    checkout.commit({"a.txt": BEFORE, "old.py": "print('gone')\n"})
    (checkout.top / "old.py").unlink()
    checkout.commit({"a.txt": AFTER, "new.py": "x = 1\n"})
    material = await collect(Request(patch_of(checkout), tmp_path))
    assert [notice.text for notice in material.notices] == [
        "There is no repository here: 1 file judged by the patch's hunks alone."
    ]
    assert await material.head.paths() == ["new.py"]
    assert await material.base.paths() == ["old.py"]


async def test_a_patch_that_moves_a_file_moves_it_in_both_trees(checkout: Checkout) -> None:
    checkout.commit({"a.txt": BEFORE})
    checkout.git("mv", "a.txt", "b.txt")
    checkout.commit({"b.txt": AFTER})
    patch = patch_of(checkout)
    checkout.git("checkout", "--quiet", "HEAD~1")
    material = await collected(checkout, patch)
    assert (await material.base.paths(), await material.head.paths()) == (["a.txt"], ["b.txt"])
    assert [match.path for match in await material.head.search(["nine"])] == ["b.txt"]


@pytest.mark.parametrize(
    "how", [("show",), ("format-patch", "--stdout", "-1"), ("show", "--format=fuller", "--stat", "-p")]
)
async def test_a_patch_brings_the_words_above_it(checkout: Checkout, how: tuple[str, ...]) -> None:
    checkout.commit({"a.py": "x = 1\n"})
    checkout.commit({"a.py": "x = 2\n"}, "Raise x\n\nOne was too low.\n\nIt really was.")
    data = checkout.git(*how).encode() + b"\n"
    change = (await collected(checkout, Patch(data))).change
    assert (change.title, change.description) == ("Raise x", "One was too low.\n\nIt really was.")


async def test_a_patch_is_judged_by_the_policy_before_it(checkout: Checkout) -> None:
    checkout.commit({".foureyes.toml": POLICY})
    checkout.commit({".foureyes.toml": 'floor = "info"\n'})
    assert (await collected(checkout, patch_of(checkout))).policy.floor is Severity.HIGH


async def test_a_patch_that_can_not_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MalformedPatchError, match="can't be read at line 4"):
        await collect(Request(Patch(b"--- a/x\n+++ b/x\n@@ -1,3 +1,4 @@\n a\n"), tmp_path))
