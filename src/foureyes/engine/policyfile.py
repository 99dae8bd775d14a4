"""Reading `.foureyes.toml`: parsed and checked, each complaint with its place."""

import re
import tomllib
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, get_args, get_origin

from pydantic import BaseModel, JsonValue, ValidationError
from pydantic_core import ErrorDetails

from foureyes.engine.policy import POLICY_FILE, Policy
from foureyes.engine.tomlplaces import KeyPath, key_lines, nearest_line
from foureyes.errors import PolicyError
from foureyes.kit.text import shortened

# People write a few kilobytes; the time of the parser grows faster than a text that is made for that.
_LARGEST = 256 * 1024
_SYNTAX = re.compile(r"(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)", re.DOTALL)
_KEY = re.compile(r"\s*\[*\s*([\w.\"'-]+)\s*(?:=|\])")


def load_policy(text: str, path: str = POLICY_FILE) -> Policy:
    """The policy that a file's text states.

    Raises:
        PolicyError: the text is not TOML, or says something that a policy can't.
    """
    errors = policy_errors(text, path)
    if errors:
        raise errors[0]
    return Policy.model_validate(tomllib.loads(text))


def policy_errors(text: str, path: str = POLICY_FILE) -> list[PolicyError]:
    """Everything that is wrong with a policy's text, in the order of lines; empty when it can be used."""
    try:
        stated = _parsed(text, path)
        lines = key_lines(text)
    except PolicyError as error:
        return [error]
    try:
        Policy.model_validate(stated)
    except ValidationError as exc:
        return sorted(_complaints(exc, path, lines), key=lambda error: error.line or 0)
    return []


def policy_schema() -> dict[str, JsonValue]:
    """The JSON schema of `.foureyes.toml`, for editors and for the docs; every key has its description."""
    schema = Policy.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": f"Foureyes {POLICY_FILE}"}


def _parsed(text: str, path: str) -> dict[str, Any]:
    if len(text) > _LARGEST:
        raise PolicyError(path, f"is larger than {_LARGEST >> 10} KiB")
    try:
        return tomllib.loads(text)
    except RecursionError as exc:
        raise PolicyError(path, "is nested too deeply") from exc
    except ValueError as exc:
        raise _syntax_error(str(exc), text, path) from exc


def _syntax_error(message: str, text: str, path: str) -> PolicyError:
    lines = text.rstrip().split("\n")
    match = _SYNTAX.fullmatch(message)
    # The only complaint without a place is Python's own about integers of over 4,300 digits.
    if match is None:
        return PolicyError(path, "is not TOML: it holds a number with too many digits")
    line = int(match["line"] or len(lines))
    key = _KEY.match(lines[line - 1]) if line <= len(lines) else None
    where = f"in column {match['column']}" if match["column"] else "at its end"
    reason = f"is not TOML: {_lowered(match['what'])} {where}"
    return PolicyError(path, reason, line=line, key=key[1] if key else None)


def _complaints(exc: ValidationError, path: str, lines: dict[KeyPath, int]) -> Iterator[PolicyError]:
    for error in exc.errors(include_url=False):
        place: KeyPath = tuple(error["loc"])
        yield PolicyError(path, reason_of(error), line=nearest_line(lines, place), key=_dotted(place))


def reason_of(error: ErrorDetails) -> str:
    """What a validation error says about its key, as the end of a sentence."""
    kind = error["type"]
    if kind == "extra_forbidden":
        return _unknown(tuple(error["loc"]))
    if kind == "missing":
        return "is missing"
    if kind == "value_error":
        return str(error["ctx"]["error"])
    wanted = _WANTED.get(kind) or _lowered(error["msg"]).removeprefix("input ")
    return f"{wanted}, not {shortened(repr(error['input']), 60)}"


_WANTED = {
    "tuple_type": 'should be a list, like ["one", "two"]',
    "string_type": "should be text in quotes",
    "model_type": "should be a table",
    "dict_type": "should be a table",
    "int_type": "should be a whole number",
    "float_type": "should be a number",
    "bool_type": "should be true or false",
    "too_short": "should hold at least one item",
}


def _unknown(place: KeyPath) -> str:
    known = sorted(section_at(place[:-1]).model_fields)
    near = get_close_matches(str(place[-1]), known, n=1)
    return f"is not known here; did you mean `{near[0]}`" if near else f"is not known here; known: {', '.join(known)}"


def section_at(place: KeyPath) -> type[BaseModel]:
    """The section that a path of keys leads to."""
    section: type[BaseModel] = Policy
    for key in place:
        if isinstance(key, str):
            section = next(_sections(section.model_fields[key].annotation))
    return section


def _sections(annotation: object) -> Iterator[type[BaseModel]]:
    return (each for each in types_in(annotation) if issubclass(each, BaseModel))


def types_in(annotation: object) -> Iterator[type]:
    """The plain types that an annotation is put together from."""
    if isinstance(annotation, type) and get_origin(annotation) is None:
        yield annotation
    for argument in get_args(annotation):
        yield from types_in(argument)


def _dotted(place: KeyPath) -> str:
    words = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in place)
    return words.removeprefix(".")


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]
