"""What a match makes of a template: `$A` is what was captured as A, `$$$A` what was captured as a run of nodes."""

import re

from ast_grep_py import SgNode

from foureyes.analyzers.port import Replacement

_CAPTURE = re.compile(r"(?P<many>\$\$\$)(?P<run>[A-Z_][A-Z0-9_]*)|\$(?P<one>[A-Z_][A-Z0-9_]*)")


def expanded(template: str, node: SgNode, source: str) -> str:
    """A template with its captures filled in from `source`; what was not captured is empty."""

    def captured(match: re.Match[str]) -> str:
        if match["many"]:
            nodes = node.get_multiple_matches(match["run"])
            return source[nodes[0].range().start.index : nodes[-1].range().end.index] if nodes else ""
        found = node.get_match(match["one"])
        if found is not None:
            return source[found.range().start.index : found.range().end.index]
        return node.get_transformed(match["one"]) or ""

    return _CAPTURE.sub(captured, template)


def replacement(fix: str, node: SgNode, source: str) -> Replacement:
    """The whole lines around a match with the match replaced; lines left blank by an empty fix are deleted.

    `source` is the text that was parsed, character for character, so that bytes which are not UTF-8 survive.
    """
    start, end = node.range().start, node.range().end
    first = source.rfind("\n", 0, start.index) + 1
    last = source.find("\n", end.index)
    tail = source[end.index :] if last == -1 else source[end.index : last]
    head = source[first : start.index]
    indent = head[: len(head) - len(head.lstrip())]
    newline = "\r\n" if tail.endswith("\r") else "\n"
    text = expanded(fix.rstrip("\n"), node, source).replace("\n", newline + indent)
    whole = head + text + tail
    lines = tuple(whole.split("\n")) if whole.strip() else ()
    return Replacement(start.line + 1, end.line + 1, lines)
