"""SARIF 2.1.0 (OASIS), as CodeQL, Semgrep and many others write it."""

import re
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from foureyes.analyzers.diagnoses import Grade, Place, diagnosis
from foureyes.analyzers.port import Diagnostic
from foureyes.analyzers.reports_in.paths import category_of, line_of, link, path_of
from foureyes.kit.severity import Category, Severity

_LEVELS: Final = {"error": Severity.HIGH, "warning": Severity.MEDIUM, "note": Severity.LOW, "none": Severity.INFO}
_SCORES: Final = ((9.0, Severity.CRITICAL), (7.0, Severity.HIGH), (4.0, Severity.MEDIUM), (0.1, Severity.LOW))
_PRECISIONS: Final = {"very-high": 1.0, "high": 0.9, "medium": 0.7, "low": 0.5}


class _Part(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)


class _Message(_Part):
    text: str = ""
    id: str = ""
    arguments: list[str] = Field(default_factory=list)


class _Configuration(_Part):
    level: str | None = None


class _Rule(_Part):
    id: str = ""
    short_description: _Message = _Message()
    full_description: _Message = _Message()
    message_strings: dict[str, _Message] = Field(default_factory=dict)
    default_configuration: _Configuration = _Configuration()
    help_uri: str | None = None
    properties: dict[str, Any] = Field(default_factory=dict)


class _Component(_Part):
    name: str = ""
    rules: list[_Rule] = Field(default_factory=list)


class _Tool(_Part):
    driver: _Component
    extensions: list[_Component] = Field(default_factory=list)


class _RuleReference(_Part):
    id: str = ""
    index: int = -1


class _Artifact(_Part):
    uri: str = ""
    uri_base_id: str = ""


class _Region(_Part):
    start_line: int | None = None
    end_line: int | None = None


class _Physical(_Part):
    artifact_location: _Artifact = _Artifact()
    region: _Region = _Region()


class _Location(_Part):
    physical_location: _Physical = _Physical()


class _Suppression(_Part):
    status: str = "accepted"


class _Result(_Part):
    message: _Message = _Message()
    rule_id: str = ""
    rule_index: int = -1
    rule: _RuleReference = _RuleReference()
    level: str | None = None
    kind: str = "fail"
    baseline_state: str = ""
    locations: list[_Location] = Field(default_factory=list)
    suppressions: list[_Suppression] | None = None


class _Run(_Part):
    tool: _Tool
    results: list[_Result] | None = None
    original_uri_base_ids: dict[str, _Artifact] = Field(default_factory=dict)


class _Document(_Part):
    version: str
    runs: list[_Run]


def parse(raw: bytes, root: Path | None) -> list[Diagnostic]:
    """Findings that failed and nobody suppressed. Raises ValueError where it is something else."""
    document = _Document.model_validate_json(raw)
    return [_diagnostic(result, run, root) for run in document.runs for result in run.results or [] if _counts(result)]


def _counts(result: _Result) -> bool:
    suppressed = any(one.status == "accepted" for one in result.suppressions or [])
    return result.kind == "fail" and result.baseline_state != "absent" and not suppressed and bool(result.locations)


def _diagnostic(result: _Result, run: _Run, root: Path | None) -> Diagnostic:
    rule = _rule(result, run.tool)
    physical = result.locations[0].physical_location
    start = line_of(physical.region.start_line)
    place = Place(_path(physical.artifact_location, run, root), start, line_of(physical.region.end_line or start))
    return diagnosis(
        place,
        tool=run.tool.driver.name or "sarif",
        rule=rule.id or "unnamed",
        message=_text(result.message, rule) or rule.short_description.text or rule.id,
        grade=_grade(result, rule),
        details=rule.full_description.text,
        url=link(rule.help_uri),
    )


def _rule(result: _Result, tool: _Tool) -> _Rule:
    """What the report says about the rule, found by its place in the list or by its id."""
    name = result.rule_id or result.rule.id
    index = max(result.rule_index, result.rule.index)
    if 0 <= index < len(tool.driver.rules) and name in ("", tool.driver.rules[index].id):
        return tool.driver.rules[index]
    known = (rule for component in (tool.driver, *tool.extensions) for rule in component.rules if rule.id == name)
    return next(known, _Rule(id=name))


def _text(message: _Message, rule: _Rule) -> str:
    text = message.text or rule.message_strings.get(message.id, _Message()).text
    arguments = message.arguments

    def filled(match: re.Match[str]) -> str:
        number = int(match[1])
        return arguments[number] if number < len(arguments) else match[0]

    # `[text](3)` links to a place in the code flow, which is not shown here.
    return re.sub(r"\[([^\]\n]{1,200})\]\(\d{1,4}\)", r"\1", re.sub(r"\{(\d{1,3})\}", filled, text))


def _grade(result: _Result, rule: _Rule) -> Grade:
    tags = rule.properties.get("tags")
    words = " ".join(map(str, tags)) if isinstance(tags, list) else ""
    confidence = _PRECISIONS.get(str(rule.properties.get("precision")), 1.0)
    scored = _scored(rule.properties.get("security-severity"))
    if scored:
        return Grade(scored, Category.SECURITY, confidence=confidence)
    level = result.level or rule.default_configuration.level or "warning"
    return Grade(_LEVELS.get(level, Severity.MEDIUM), category_of(f"{words} {rule.id}"), confidence=confidence)


def _scored(written: object) -> Severity | None:
    """GitHub's property: a score of 0 to 10, as in CVSS."""
    try:
        score = float(str(written))
    except ValueError:
        return None
    return next((severity for least, severity in _SCORES if score >= least), None)


def _path(artifact: _Artifact, run: _Run, root: Path | None) -> str:
    """The path that an address names; one relative to a base is taken to be relative to the checkout."""
    base = run.original_uri_base_ids.get(artifact.uri_base_id, _Artifact()).uri
    path = path_of(unquote(artifact.uri), root)
    joined = path_of(unquote(base + artifact.uri), root) if base and not path.startswith("/") else path
    # A base usually is the checkout on the machine that ran the tool: under our root it says more than the path alone.
    return path if joined.startswith("/") else joined
