"""Whether a rule can be used: it fits the schema, and ast-grep takes it for every language it names."""

import json
import re
from functools import cache
from importlib import resources
from typing import Any, cast

from ast_grep_py import Config, SgRoot
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from foureyes.analyzers.rule import Rule
from foureyes.analyzers.ruleyaml import Document
from foureyes.errors import RuleError
from foureyes.kit.text import shortened

_CAUSE = re.compile(r"^\s*\d+: ", re.MULTILINE)


@cache
def schema() -> dict[str, object]:
    """The JSON schema that each document of a rule file must fit."""
    text = resources.files("foureyes.analyzers").joinpath("rules", "schema.json").read_text("utf-8")
    return dict(json.loads(text))


def check_schema(path: str, document: Document) -> None:
    """Nothing when the document fits.

    Raises:
        RuleError: it does not; the line and the key of the deepest mistake are named.
    """
    # best_match looks into `allOf` and `anyOf` for the mistake that an author would call the mistake.
    mistake = best_match(Draft202012Validator(schema()).iter_errors(cast("Any", document.content)))
    if mistake is None:
        return
    keys = tuple(mistake.absolute_path)
    named = f"`{'.'.join(map(str, keys))}`: " if keys else ""
    raise RuleError(f"{path}:{document.line_of(keys)}", named + shortened(mistake.message, 200))


def check_compiles(path: str, document: Document, rule: Rule) -> None:
    """Nothing when ast-grep takes the rule.

    Raises:
        RuleError: it refuses the rule; its reason is told.
    """
    for pattern in rule.prefilter.patterns:
        try:
            re.compile(pattern)
        except re.error as exc:
            line = document.line_of(("metadata", "prefilter"))
            raise RuleError(f"{path}:{line}", f"`metadata.prefilter` {pattern!r}: {exc}") from exc
    for language in rule.reach.languages:
        try:
            SgRoot("", language.value).root().find_all(cast("Config", dict(rule.matcher)))
        except (RuntimeError, TypeError, ValueError) as exc:
            line = document.line_of(("rule",))
            raise RuleError(f"{path}:{line}", f"rule `{rule.id}` ({language}): {_reason(str(exc))}") from exc


def _reason(told: str) -> str:
    """The causes that ast-grep lists, without its backtrace."""
    _, _, causes = told.partition("Caused by:")
    lines = _CAUSE.sub("", (causes or told).partition("Stack backtrace:")[0]).split("\n")
    sentence = " ".join(line.strip() for line in lines if line.strip())
    return shortened(sentence.rstrip("."), 240)
