"""The first `.foureyes.toml` of a repository: every key with its sentence and its default, all commented out."""

import json
from collections.abc import Iterator
from typing import Final, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from foureyes.engine.policy import Policy

_HEAD: Final = """\
# How Foureyes reviews this repository. Every key is optional; what stands here are the defaults.
# It is read from the base of a change, so a change can't loosen its own review.
# `foureyes config check` checks the file, `foureyes config show` prints what is in force.
"""

_EXAMPLES: Final[dict[str, object]] = {
    "instructions.paths": ["migrations/"],
    "instructions.text": "Each migration must work with the code of the release before it.",
    "paths.match": ["tests/"],
    "paths.floor": "high",
    "rules.severity": {"ruff:F841": "medium"},
    "model.use": "anthropic:claude-sonnet-5",
    "model.max_cost": 0.5,
}
"""What to write where there is no default, or an empty one that does not show the form."""


def policy_template() -> str:
    """The text of the file."""
    return "\n".join([_HEAD, *_keys(Policy, ""), *_sections(Policy)])


def _keys(section: type[BaseModel], name: str) -> Iterator[str]:
    for key, entry in section.model_fields.items():
        if _section_of(entry) is None:
            yield f"# {entry.description}"
            yield f"# {key} = {_toml(_example(f'{name}{key}', entry))}"
            yield ""


def _sections(policy: type[BaseModel]) -> Iterator[str]:
    for key, entry in policy.model_fields.items():
        section = _section_of(entry)
        if section is not None:
            yield f"# {entry.description or (section.__doc__ or '').strip()}"
            yield f"# [[{key}]]" if get_origin(entry.annotation) is tuple else f"# [{key}]"
            yield from _keys(section, f"{key}.")


def _section_of(entry: FieldInfo) -> type[BaseModel] | None:
    # A section stands alone, or in a list of tables: then it is the list's argument.
    candidates = [entry.annotation, *get_args(entry.annotation)]
    return next((one for one in candidates if isinstance(one, type) and issubclass(one, BaseModel)), None)


def _example(name: str, entry: FieldInfo) -> object:
    if name in _EXAMPLES:
        return _EXAMPLES[name]
    default = entry.get_default(call_default_factory=True)
    return "" if default in (None, PydanticUndefined) else default


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_toml(one)}" for key, one in value.items()) + " }"
    # Texts, numbers, booleans and lists are written in TOML as in JSON.
    return json.dumps(value)
