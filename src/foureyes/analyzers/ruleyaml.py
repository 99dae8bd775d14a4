"""YAML that a team wrote, read with care: bounded in size and depth, without aliases, each value with its line."""

from collections.abc import Sequence
from dataclasses import dataclass

import yaml

from foureyes.errors import RuleError

_MAX_SIZE = 256 << 10
_MAX_DEPTH = 40


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document; `line_of` finds the line that a key path such as `("rule", "any", 0)` stands on."""

    content: object
    _node: yaml.Node

    def line_of(self, keys: Sequence[str | int]) -> int:
        node, line = self._node, self._node.start_mark.line
        for key in keys:
            child = _child(node, key)
            if child is None:
                break
            line, node = child
        return line + 1


def read_documents(path: str, text: str) -> list[Document]:
    """Every document of a file, empty ones left out.

    Raises:
        RuleError: the text is not YAML, or is larger or deeper than a rule file has reason to be.
    """
    if len(text) > _MAX_SIZE:
        raise RuleError(path, f"is larger than {_MAX_SIZE >> 10} KiB")
    try:
        _refuse_traps(path, text)
        return [document for document in _compose(text) if document.content is not None]
    except yaml.MarkedYAMLError as exc:
        line = f":{exc.problem_mark.line + 1}" if exc.problem_mark else ""
        raise RuleError(f"{path}{line}", f"is not YAML ({exc.problem})") from exc
    except (yaml.YAMLError, ValueError) as exc:
        raise RuleError(path, f"is not YAML ({' '.join(str(exc).split())})") from exc


def _compose(text: str) -> list[Document]:
    loader = yaml.CSafeLoader(text)
    documents = []
    try:
        while loader.check_node() and (node := loader.get_node()) is not None:
            _refuse_twins(node)
            documents.append(Document(loader.construct_document(node), node))
    finally:
        loader.dispose()
    return documents


def _refuse_twins(node: yaml.Node) -> None:
    """YAML lets the later of two equal keys win, so that half of a rule would be lost without a word."""
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                raise yaml.MarkedYAMLError(problem=f"the key {name!r} is there twice", problem_mark=key.start_mark)
            seen.add(name)
            _refuse_twins(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _refuse_twins(value)


def _refuse_traps(path: str, text: str) -> None:
    """Stop before nodes are built: aliases can unfold to billions, and libyaml overflows the stack on deep nesting."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise RuleError(_place(path, event), f"uses the alias *{event.anchor}: write it out")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _MAX_DEPTH:
            raise RuleError(_place(path, event), f"nests deeper than {_MAX_DEPTH} levels")


def _place(path: str, event: yaml.Event) -> str:
    return f"{path}:{event.start_mark.line + 1}" if event.start_mark else path


def _child(node: yaml.Node, key: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        return next((_placed(name, value) for name, value in node.value if name.value == key), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return _placed(node.value[key], node.value[key])
    return None


def _placed(name: yaml.Node, value: yaml.Node) -> tuple[int, yaml.Node]:
    return name.start_mark.line, value
