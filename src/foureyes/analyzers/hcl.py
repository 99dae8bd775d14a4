"""HCL (Terraform, OpenTofu) as blocks and attributes."""

from collections.abc import Iterator
from dataclasses import dataclass

from ast_grep_py import SgNode, SgRoot

from foureyes.kit.text import well_formed

# Python stops at a thousand calls within each other; configuration that people write nests five deep.
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Attribute:
    """`name = value`; `literal` is the text of a plain string, None for anything else."""

    value: str
    line: int
    end_line: int
    literal: str | None


@dataclass(frozen=True, slots=True)
class Block:
    """`words` are the kind and its labels: `("resource", "aws_s3_bucket", "logs")`. Lines count from 1."""

    words: tuple[str, ...]
    line: int
    attributes: dict[str, Attribute]
    blocks: tuple["Block", ...]

    def literal(self, name: str) -> str | None:
        attribute = self.attributes.get(name)
        return attribute.literal if attribute else None

    def value(self, name: str) -> str:
        attribute = self.attributes.get(name)
        return attribute.value if attribute else ""

    def everywhere(self) -> Iterator["Block"]:
        """This block and all within."""
        yield self
        for block in self.blocks:
            yield from block.everywhere()


def blocks(text: str) -> list[Block]:
    """The top-level blocks. What is nested deeper than anyone writes is left out."""
    root = SgRoot(well_formed(text), "hcl").root()
    return [_block(node, 0) for body in root.children() for node in body.children() if node.kind() == "block"]


def _block(node: SgNode, depth: int) -> Block:
    words: list[str] = []
    attributes: dict[str, Attribute] = {}
    inner: list[Block] = []
    for child in node.children():
        if child.kind() in ("identifier", "string_lit"):
            words.append(child.text().strip('"'))
        elif child.kind() == "body" and depth < _DEEPEST:
            attributes = dict(_attribute(one) for one in child.children() if one.kind() == "attribute")
            inner = [_block(one, depth + 1) for one in child.children() if one.kind() == "block"]
    return Block(tuple(words), node.range().start.line + 1, attributes, tuple(inner))


def _attribute(node: SgNode) -> tuple[str, Attribute]:
    name, *_, expression = node.children()
    value = expression.text()
    span = node.range()
    # A string with a template in it has no value before Terraform runs, so nothing can be said of it.
    is_plain = value.startswith('"') and value.endswith('"') and "${" not in value and "%{" not in value
    literal = value[1:-1] if is_plain and value.count('"') == 2 else None
    return name.text(), Attribute(value, span.start.line + 1, span.end.line + 1, literal)
