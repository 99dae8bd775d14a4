"""The map of a repository, and a model's word on it."""

from pathlib import Path

import jsonschema
import pytest
from engine_checkout import new_checkout

from foureyes.engine.architecture.churn import Churn, recent_churn
from foureyes.engine.architecture.facts import FileFacts, dump_facts, load_facts, pack, read_facts, unpack
from foureyes.engine.architecture.judge import StructuralJudgement
from foureyes.engine.architecture.map import map_repository
from foureyes.engine.architecture.report import architecture_report, architecture_schema
from foureyes.engine.architecture.scan import scan
from foureyes.engine.architecture.values import Architecture, Place
from foureyes.errors import ModelOverloadedError
from foureyes.git.repository import WORKING_TREE, Repository
from foureyes.git.trees import MemoryTree
from foureyes.kit.keyvalue import MemoryStore
from foureyes.llm.calls import Models
from foureyes.llm.pace import SkippingPace
from foureyes.llm.port import MemoryLedger, Purpose
from foureyes.llm.scripted import Line, ScriptedModel

BRANCHED = "def pick(n):\n" + "".join(f"    if n == {number}:\n        return {number}\n" for number in range(12))
SHOP = {
    "shop/__init__.py": "",
    "shop/cli/__init__.py": "",
    "shop/cli/main.py": "from shop.core import cart\nfrom shop.kit import text\n",
    "shop/core/__init__.py": "",
    "shop/core/cart.py": "from shop.core import money\nfrom shop.kit.text import shown\n" + BRANCHED,
    "shop/core/money.py": "from shop.core import cart\n",
    "shop/kit/__init__.py": "",
    "shop/kit/text.py": "def shown(x):\n    from shop.cli import main\n    return x\n",
    "api_pb2.py": "x = 1\n",
    "README.md": "# Shop\n",
}


def tree_of(files: dict[str, str]) -> MemoryTree:
    return MemoryTree({path: text.encode() for path, text in files.items()})


async def mapped(files: dict[str, str] = SHOP, churn: Churn | None = None) -> Architecture:
    return await map_repository(tree_of(files), churn=churn)


async def test_rooms_stand_on_floors() -> None:
    found = await mapped()
    assert found.floors == (("shop/cli",), ("shop/core",), ("shop/kit", "shop/*"))
    rooms = {room.name: room for room in found.rooms}
    assert (rooms["shop/core"].uses, rooms["shop/core"].used_by, rooms["shop/core"].instability) == (1, 1, 0.5)
    assert rooms["shop/*"].instability is None


async def test_an_arrow_that_runs_back_up_is_told_with_its_import() -> None:
    found = await mapped()
    assert [(arrow.source, arrow.target, arrow.evidence) for arrow in found.arrows_up] == [
        ("shop/kit", "shop/cli", (Place("shop/kit/text.py", 2),))
    ]


async def test_cycles_are_told_with_a_way_round() -> None:
    found = await mapped()
    assert [cycle.members for cycle in found.room_cycles] == [("shop/cli", "shop/core", "shop/kit")]
    (cycle, *_) = found.file_cycles
    steps = [(step.source.path, step.source.line, step.target) for step in cycle.path]
    assert ("shop/kit/text.py", 2, "shop/cli/main.py") in steps
    assert all(
        step.target == after.source.path
        for step, after in zip(cycle.path, [*cycle.path[1:], cycle.path[0]], strict=True)
    )


async def test_that_a_module_holds_another_makes_no_cycle() -> None:
    files = {"src/lib.rs": "mod a;\nmod b;\n", "src/a.rs": "use crate::b::B;\nuse crate::X;\n", "src/b.rs": ""}
    assert (await mapped(files)).file_cycles == ()


async def test_sizes_branches_and_imports_are_counted() -> None:
    found = await mapped()
    assert (found.files, found.languages) == (8, {"python": 33})
    assert (found.imports, found.imports_inside) == (6, 6)
    (hot,) = found.hot_functions
    assert (hot.place, hot.name, hot.complexity) == (Place("shop/core/cart.py", 3), "pick", 13)


async def test_hotspots_are_changed_often_and_branched() -> None:
    churn = Churn(30, {"shop/core/cart.py": 12, "shop/core/money.py": 20, "gone.py": 3})
    found = await mapped(churn=churn)
    assert [(spot.path, spot.score) for spot in found.hotspots] == [("shop/core/cart.py", 12 * 13)]
    assert found.commits == 30


async def test_what_nobody_writes_is_left_out_and_said() -> None:
    assert [notice.text for notice in (await mapped()).notices] == ["1 file vendored or generated: left out."]


async def test_what_can_not_be_parsed_is_counted_by_its_size() -> None:
    found = await mapped({"big.py": "x = 1\n" * 150_000})
    assert (found.lines, found.notices[0].code) == (150_000, "unparsed")
    assert [(file.path, file.lines) for file in found.large_files] == [("big.py", 150_000)]


@pytest.mark.parametrize("files", [{}, {"README.md": "x"}, {"a.py": ""}])
async def test_a_repository_with_little_in_it_has_a_map(files: dict[str, str]) -> None:
    found = await mapped(files)
    assert found.arrows == ()
    jsonschema.validate(architecture_report(found), architecture_schema())


async def test_many_files_are_read_by_other_processes_with_the_same_result() -> None:
    files = {f"app/m{number}.py": f"from app import m{number + 1}\n{BRANCHED}" for number in range(900)}
    files |= {"app/__init__.py": "", "app/\udce9.py": "x = 1\n"}
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    read = await scan(tree)
    assert read.lost == ()
    assert list(read.files) == [read_facts(path, files[path].encode()) for path in sorted(files)]


def test_facts_travel_whole() -> None:
    facts = read_facts("caf\udce9.py", b"import os\n" + BRANCHED.encode())
    assert isinstance(facts, FileFacts)
    assert load_facts(dump_facts([facts])) == [facts]
    files = [("a\nb", b"\n\0"), ("caf\udce9", b"")]
    assert list(unpack(pack(files))) == files


async def test_churn_comes_from_the_history(tmp_path: Path) -> None:
    checkout = new_checkout(tmp_path)
    repository = await Repository.open(tmp_path)
    assert await recent_churn(repository) is None
    for number in range(3):
        checkout.commit({"a.py": f"{BRANCHED}x = {number}\n", f"b{number}.py": "x\n"})
    churn = await recent_churn(repository)
    assert churn == Churn(3, {"a.py": 3, "b0.py": 1, "b1.py": 1, "b2.py": 1})
    found = await map_repository(repository.tree(WORKING_TREE), churn=churn)
    assert [spot.path for spot in found.hotspots] == ["a.py"]


def judgement(*citations: dict[str, object]) -> StructuralJudgement:
    remark = {"title": "kit knows the command line", "explanation": "Turn it round.", "citations": citations}
    return StructuralJudgement.model_validate({"observations": [remark]})


async def judged(line: Line) -> tuple[Architecture, ScriptedModel]:
    model = ScriptedModel(lambda _ask, _schema: line)
    asker = Models([model], cache=MemoryStore(), ledger=MemoryLedger(), pace=SkippingPace())
    return await map_repository(tree_of(SHOP), asker=asker, language="Deutsch"), model


async def test_a_models_word_is_kept_with_the_citations_that_exist() -> None:
    real = {"path": "shop/kit/text.py", "line": 2}
    found, model = await judged(judgement(real, {"path": "shop/kit/text.py", "line": 99}, {"path": "no.py", "line": 1}))
    (remark,) = found.observations
    assert remark.citations == (Place("shop/kit/text.py", 2),)
    assert (found.model, found.usage.calls) == ("scripted:model", 1)
    assert model.asks[0].purpose is Purpose.ARCHITECTURE
    assert "AGAINST THE FLOORS (shop/kit/text.py:2)" in model.asks[0].prompt
    assert "in Deutsch" in model.asks[0].system


async def test_a_word_that_cites_nothing_real_is_dropped() -> None:
    found, _ = await judged(judgement({"path": "no.py", "line": 1}))
    assert found.observations == ()
    assert "cited no file of this repository" in found.notices[-1].text


async def test_without_an_answer_the_map_stays() -> None:
    found, _ = await judged(ModelOverloadedError("scripted:model", "529"))
    assert found.rooms
    assert found.notices[-1].code == "model"


async def test_the_report_fits_its_schema() -> None:
    report = architecture_report(await mapped(churn=Churn(1, {})))
    jsonschema.validate(report, architecture_schema())
    assert report["schema"] == "foureyes.architecture/1"
    assert report["floors"] == [["shop/cli"], ["shop/core"], ["shop/kit", "shop/*"]]
