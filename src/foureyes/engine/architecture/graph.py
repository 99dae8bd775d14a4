"""Plain graph work: strongly connected parts, a short way round, an order with few arrows against it, floors."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence

Graph = Mapping[str, Mapping[str, int]]
"""For each node, the nodes it uses and how often. Every node that is used is a node."""

# Sifting mostly settles within a few rounds; the limit is for large parts that take very many small steps.
_ROUNDS = 10
_STARTS = 40
"""From how many nodes of a part a short way round is looked for: large parts hold many."""


def components(graph: Graph) -> list[list[str]]:
    """Strongly connected parts, each sorted; a part comes before the parts that it uses (Kosaraju, Sharir)."""
    users: dict[str, dict[str, int]] = {node: {} for node in graph}
    for node, used in graph.items():
        for target, count in used.items():
            users[target][node] = count
    placed: set[str] = set()
    return [
        sorted(part) for node in reversed(list(_postorder(graph, graph))) if (part := _reached(users, node, placed))
    ]


def way_round(graph: Graph, part: Sequence[str]) -> list[str]:
    """A short cycle in a strongly connected part of two nodes or more, as the nodes on it."""
    inside = set(part)
    ways = (_way_back(graph, start, inside) for start in part[:_STARTS])
    return min(ways, key=len)


def backward(graph: Graph, part: Sequence[str]) -> set[tuple[str, str]]:
    """Arrows whose removal leaves no cycle in a part: few, and with few imports (found by sifting, not the optimum)."""
    place = {node: number for number, node in enumerate(_order(graph, part))}
    return {
        (node, target) for node in part for target in graph[node] if target in place and place[target] < place[node]
    }


def floors(graph: Graph, without: set[tuple[str, str]]) -> dict[str, int]:
    """For each node the longest way down: 0 for those that use no other. `without` are arrows that don't count."""
    # Arrows against the floors would give each room of a cycle a floor above the others, without end.
    kept = {
        node: {target: count for target, count in used.items() if target != node and (node, target) not in without}
        for node, used in graph.items()
    }
    found: dict[str, int] = {}
    for node in _postorder(kept, kept):
        found[node] = max((found[target] + 1 for target in kept[node]), default=0)
    return found


def _postorder(graph: Graph, starts: Iterable[str]) -> Iterator[str]:
    """Every node after those that it uses, where there is no cycle."""
    # With a stack of its own: a chain of modules may be longer than Python's limit of recursion.
    seen: set[str] = set()
    for start in starts:
        if start in seen:
            continue
        seen.add(start)
        stack = [(start, iter(graph[start]))]
        while stack:
            node, used = stack[-1]
            following = next((target for target in used if target not in seen), None)
            if following is None:
                stack.pop()
                yield node
            else:
                seen.add(following)
                stack.append((following, iter(graph[following])))


def _reached(graph: Graph, start: str, placed: set[str]) -> list[str]:
    """What can be reached from a node and is not placed yet; it is then."""
    if start in placed:
        return []
    placed.add(start)
    found = [start]
    for node in found:
        new = [target for target in graph[node] if target not in placed]
        placed.update(new)
        found += new
    return found


def _way_back(graph: Graph, start: str, inside: set[str]) -> list[str]:
    came_from: dict[str, str] = {}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        if start in graph[node] and node != start:
            return _unwound(came_from, start, node)
        # Sorted, so that of several shortest ways the same one is told each time.
        for target in sorted(graph[node]):
            if target in inside and target not in came_from and target != start:
                came_from[target] = node
                waiting.append(target)
    return list(inside)


def _unwound(came_from: Mapping[str, str], start: str, node: str) -> list[str]:
    way = [node]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]


def _order(graph: Graph, part: Sequence[str]) -> list[str]:
    """Nodes with users before what they use, as far as a cycle lets them: each is moved to where it does least harm."""
    order = sorted(part)
    for _ in range(_ROUNDS):
        before = list(order)
        for node in before:
            order.remove(node)
            order.insert(_best_place(graph, node, order), node)
        if order == before:
            break
    return order


def _best_place(graph: Graph, node: str, order: Sequence[str]) -> int:
    """Where a node has the fewest imports against the order; the first of such places."""
    cost = best = sum(graph[other].get(node, 0) for other in order)
    place = 0
    for number, other in enumerate(order, 1):
        cost += graph[node].get(other, 0) - graph[other].get(node, 0)
        if cost < best:
            best, place = cost, number
    return place
