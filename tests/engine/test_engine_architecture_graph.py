"""Plain graph work, held against slow and simple ways to the same answer."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from foureyes.engine.architecture.graph import Graph, backward, components, floors, way_round
from foureyes.engine.architecture.rooms import room_of_files

NODES = [chr(97 + number) for number in range(7)]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    arrows = draw(
        st.sets(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)).filter(lambda pair: pair[0] != pair[1]))
    )
    return {node: {target: draw(st.integers(1, 5)) for source, target in arrows if source == node} for node in NODES}


def reach(graph: Graph, start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        new = [target for target in graph[waiting.pop()] if target not in seen]
        seen.update(new)
        waiting += new
    return seen


def without(graph: Graph, arrows: set[tuple[str, str]]) -> Graph:
    return {node: {to: count for to, count in used.items() if (node, to) not in arrows} for node, used in graph.items()}


@given(graphs())
def test_nodes_are_in_one_part_when_each_reaches_the_other(graph: Graph) -> None:
    part_of = {node: number for number, part in enumerate(components(graph)) for node in part}
    for one, other in product(NODES, NODES):
        mutual = other in reach(graph, one) and one in reach(graph, other)
        assert (part_of[one] == part_of[other]) is (mutual or one == other)


@given(graphs())
def test_a_part_comes_before_the_parts_that_it_uses(graph: Graph) -> None:
    part_of = {node: number for number, part in enumerate(components(graph)) for node in part}
    assert all(part_of[node] <= part_of[target] for node, used in graph.items() for target in used)


@given(graphs())
def test_a_way_round_is_a_cycle_and_none_is_shorter(graph: Graph) -> None:
    for part in components(graph):
        if len(part) > 1:
            way = way_round(graph, part)
            assert all(after in graph[node] for node, after in zip(way, [*way[1:], way[0]], strict=True))
            pairs = any(one in graph[other] and other in graph[one] for one, other in product(part, part))
            assert (len(way) == 2) is pairs


@given(graphs())
def test_without_its_backward_arrows_a_part_has_no_cycle(graph: Graph) -> None:
    for part in components(graph):
        rest = without(graph, backward(graph, part))
        assert all(
            node not in reach({each: {t: c for t, c in rest[each].items() if t in part} for each in part}, node)
            for node in part
        )


@given(graphs())
def test_every_counted_arrow_leads_to_a_lower_floor(graph: Graph) -> None:
    against = {arrow for part in components(graph) for arrow in backward(graph, part)}
    on_floor = floors(graph, against)
    for node, used in without(graph, against).items():
        assert all(on_floor[target] < on_floor[node] for target in used)
        assert on_floor[node] == max((on_floor[target] + 1 for target in used), default=0)


def test_the_arrow_with_the_fewest_imports_runs_backward() -> None:
    graph = {"cli": {"engine": 20}, "engine": {"kit": 30, "cli": 1}, "kit": {"engine": 2}}
    assert backward(graph, ["cli", "engine", "kit"]) == {("engine", "cli"), ("kit", "engine")}


def test_a_long_chain_needs_no_recursion() -> None:
    chain = {str(number): {str(number + 1): 1} for number in range(50_000)} | {"50000": {}}
    assert len(components(chain)) == 50_001
    assert floors(chain, set())["0"] == 50_000


def test_the_largest_folders_are_opened_first() -> None:
    sizes = {"src/app/a/x.py": 500, "src/app/b/x.py": 400, "src/app/x.py": 10, "docs/x.py": 5, "setup.py": 1}
    assert room_of_files(sizes) == {
        "src/app/a/x.py": "src/app/a",
        "src/app/b/x.py": "src/app/b",
        "src/app/x.py": "src/app/*",
        "docs/x.py": "docs",
        "setup.py": "./*",
    }


def test_there_are_not_more_rooms_than_wanted() -> None:
    sizes = {f"{top}/{inner}/x.py": 10 for top in "abc" for inner in range(20)}
    assert len(set(room_of_files(sizes, most=24).values())) == 22
    assert set(room_of_files(sizes, most=4).values()) == {"a", "b", "c"}


@given(st.dictionaries(st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map("/".join), st.integers(0, 99)))
def test_every_file_has_a_room_around_it(sizes: dict[str, int]) -> None:
    rooms = room_of_files({f"{path}.py": lines for path, lines in sizes.items()}, most=5)
    for path, room in rooms.items():
        folder = room.removesuffix("/*")
        assert folder == "." or path.startswith(f"{folder}/")
