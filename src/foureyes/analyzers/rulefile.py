"""Rule files: our own pack, read language by language when first needed, and the rules that a team keeps."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources

import yaml

from foureyes.analyzers.prefilter import prefilter
from foureyes.analyzers.rule import Examples, Reach, Rule, language_named
from foureyes.analyzers.ruleyaml import Document, read_documents
from foureyes.code.languages import Language
from foureyes.errors import RuleError
from foureyes.kit.severity import Category, Severity

_SEVERITIES = {"error": Severity.HIGH, "warning": Severity.MEDIUM, "info": Severity.LOW, "hint": Severity.INFO}
# YAML takes the bare word `off` for False.
_OFF = ("off", False)
_MAX_RULES = 500
_EXAMPLES = re.compile(r"^tests:\n(?:(?: .*)?\n)*", re.MULTILINE)

# Files of the pack that hold rules for a language; grammars that share their kinds share a file.
_PACK = {
    Language.PYTHON: ("python",),
    Language.JAVASCRIPT: ("javascript",),
    Language.TYPESCRIPT: ("javascript", "typescript"),
    Language.TSX: ("javascript", "typescript"),
    Language.GO: ("go",),
    Language.JAVA: ("java",),
    Language.RUST: ("rust",),
    Language.CSHARP: ("csharp",),
    Language.PHP: ("php",),
    Language.RUBY: ("ruby",),
    Language.KOTLIN: ("kotlin",),
    Language.C: ("c",),
    Language.CPP: ("c", "cpp"),
}
PACK_LANGUAGES = frozenset(_PACK)


def packaged_rules(language: Language) -> tuple[Rule, ...]:
    """The rules of our own pack that look at a language, without their examples."""
    files = _PACK.get(language, ())
    return tuple(rule for name in files for rule in _pack_file(name) if language in rule.reach.languages)


def all_packaged_rules() -> tuple[Rule, ...]:
    """The whole pack with all examples, sorted by id."""
    rules = (rule for path, text in pack_texts().items() for rule in _pack_rules(path, text))
    return tuple(sorted(rules, key=lambda rule: rule.id))


def pack_texts() -> dict[str, str]:
    """The text of every file of the pack, by its path inside the package."""
    names = sorted({name for files in _PACK.values() for name in files})
    return {f"rules/{name}.yml": _pack_text(name) for name in names}


def load_rules(texts: Mapping[str, str]) -> tuple[Rule, ...]:
    """Rules that a team keeps, from the text of each file by its path. Rules with `severity: off` are left out.

    Raises:
        RuleError: a file is no YAML, a rule does not fit the schema or ast-grep refuses it; file and line are named.
    """
    rules: list[Rule] = []
    for path in sorted(texts):
        for document in read_documents(path, texts[path]):
            rules += _checked(path, document)
        if len(rules) > _MAX_RULES:
            raise RuleError(path, f"makes more than {_MAX_RULES} rules")
    _refuse_twins(rules)
    return tuple(rules)


def _checked(path: str, document: Document) -> list[Rule]:
    # Our own pack needs no check here, and the schema's library takes longer to load than all the rest.
    from foureyes.analyzers.rulecheck import check_compiles, check_schema  # noqa: PLC0415

    check_schema(path, document)
    content = _as_mapping(document.content)
    place = f"{path}:{document.line_of(())}"
    if content.get("severity") in _OFF:
        return []
    rule = _rule(content, path, team=True, place=place)
    check_compiles(path, document, rule)
    return [rule]


def _refuse_twins(rules: Sequence[Rule]) -> None:
    seen: dict[str, str] = {}
    for rule in rules:
        if rule.id in seen:
            raise RuleError(rule.origin, f"rule `{rule.id}` is also in {seen[rule.id]}: give it an id of its own")
        seen[rule.id] = rule.origin


@cache
def _pack_file(name: str) -> tuple[Rule, ...]:
    # Examples are a third of the text, and a review has no use for them.
    return _pack_rules(f"rules/{name}.yml", _EXAMPLES.sub("", _pack_text(name)))


def _pack_rules(path: str, text: str) -> tuple[Rule, ...]:
    documents = yaml.load_all(text, Loader=yaml.CSafeLoader)
    return tuple(_rule(_as_mapping(document), path, team=False, place=path) for document in documents)


def _pack_text(name: str) -> str:
    return resources.files("foureyes.analyzers").joinpath("rules", f"{name}.yml").read_text("utf-8")


def _rule(content: Mapping[str, object], origin: str, *, team: bool, place: str) -> Rule:
    metadata = _as_mapping(content.get("metadata"))
    matcher = {key: content[key] for key in ("rule", "constraints", "utils", "transform") if key in content}
    fix = content.get("fix")
    return Rule(
        id=str(content["id"]),
        origin=origin,
        team=team,
        reach=_reach(content, metadata, place),
        severity=_severity(content, metadata),
        category=Category(str(metadata.get("category", Category.POLICY if team else Category.BUG))),
        message=" ".join(str(content["message"]).split()),
        matcher=matcher,
        prefilter=prefilter(matcher, _strings(metadata.get("prefilter"))),
        note=str(content.get("note", "")).strip(),
        fix=None if fix is None else str(fix),
        url=_optional(metadata.get("url", content.get("url"))),
        confidence=float(str(metadata.get("confidence", 0.9))),
        examples=_examples(_as_mapping(content.get("tests"))),
    )


def _reach(content: Mapping[str, object], metadata: Mapping[str, object], place: str) -> Reach:
    names = [str(content["language"]), *_strings(metadata.get("also"))]
    return Reach(
        languages=tuple(_language(name, place) for name in names),
        files=_strings(content.get("files")),
        ignores=_strings(content.get("ignores")),
        skip_tests=bool(metadata.get("skip_tests", False)),
    )


def _language(name: str, place: str) -> Language:
    language = language_named(name)
    if language is None:
        raise RuleError(place, f"there is no grammar for the language {name!r}")
    return language


def _severity(content: Mapping[str, object], metadata: Mapping[str, object]) -> Severity:
    if "severity" in metadata:
        return Severity(str(metadata["severity"]))
    return _SEVERITIES[str(content.get("severity", "warning"))]


def _examples(tests: Mapping[str, object]) -> Examples:
    return Examples(bad=_strings(tests.get("bad")), good=_strings(tests.get("good")))


def _strings(value: object) -> tuple[str, ...]:
    return tuple(str(part) for part in value) if isinstance(value, Iterable) else ()


def _optional(value: object) -> str | None:
    return None if value is None else str(value)


def _as_mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
