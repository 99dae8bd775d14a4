"""A map as a picture for other programs to draw: Mermaid and Graphviz."""

import json

from foureyes.engine.architecture.values import Architecture
from foureyes.kit.text import counted, printable, shortened

_LONGEST_NAME = 80


def write_mermaid(architecture: Architecture) -> str:
    """The rooms and arrows as a Mermaid flowchart; arrows that run back up are drawn thick."""
    # Ids of our own: Mermaid has no way to quote one, and a folder called `end` breaks the whole drawing.
    ids = {room.name: f"r{number}" for number, room in enumerate(architecture.rooms)}
    lines = ["flowchart TD"]
    lines += [f'  {ids[room.name]}["{_mermaid_text(room.name)}<br/>{room.lines:,}"]' for room in architecture.rooms]
    for arrow in architecture.arrows:
        stroke = f"== {arrow.count} ==>" if arrow.up else f"-- {arrow.count} -->"
        lines.append(f"  {ids[arrow.source]} {stroke} {ids[arrow.target]}")
    return "\n".join(lines) + "\n"


def write_dot(architecture: Architecture) -> str:
    """The rooms and arrows for Graphviz; arrows that run back up are red."""
    lines = ["digraph architecture {", "  rankdir=TB;", '  node [shape=box, fontname="sans-serif"];']
    for room in architecture.rooms:
        label = json.dumps(f"{_name(room.name)}\n{counted(room.lines, 'line')}", ensure_ascii=False)
        lines.append(f"  {_dot_id(room.name)} [label={label}];")
    for arrow in architecture.arrows:
        colour = ", color=red, constraint=false" if arrow.up else ""
        lines.append(f'  {_dot_id(arrow.source)} -> {_dot_id(arrow.target)} [label="{arrow.count}"{colour}];')
    return "\n".join([*lines, "}", ""])


def _dot_id(name: str) -> str:
    # Graphviz knows one escape in quoted names, that of the quote itself.
    return '"' + _name(name).replace("\\", "/").replace('"', '\\"') + '"'


def _mermaid_text(name: str) -> str:
    """Mermaid reads entities by number; everything that could mean something to it or to HTML becomes one."""
    return "".join(letter if letter.isalnum() or letter in " ._-/*" else f"#{ord(letter)};" for letter in _name(name))


def _name(name: str) -> str:
    return shortened(printable(name), _LONGEST_NAME)
