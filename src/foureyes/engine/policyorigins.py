"""The policy in force: the file's, overridden by the environment and by options; and where each value came from."""

import contextlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, get_origin

from pydantic import BaseModel, JsonValue, ValidationError

from foureyes.engine.policy import POLICY_FILE, Policy
from foureyes.engine.policyfile import load_policy, reason_of, section_at, types_in
from foureyes.engine.tomlplaces import KeyPath, key_lines
from foureyes.errors import SettingError


class OriginKind(StrEnum):
    """Where a value comes from; a later one wins over an earlier one."""

    DEFAULT = "default"
    FILE = "file"
    ENVIRONMENT = "environment"
    OPTION = "option"


@dataclass(frozen=True, slots=True)
class Origin:
    """One value of the policy in force: `place` is `.foureyes.toml:12`, a variable's name, or empty."""

    key: str
    value: JsonValue
    kind: OriginKind
    place: str = ""


@dataclass(frozen=True, slots=True)
class Overrides:
    """What wins over the file: variables of the environment, then options by dotted key (`model.use`)."""

    environment: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    """A policy and where each of its values came from."""

    policy: Policy
    origins: tuple[Origin, ...]


def resolve_policy(text: str, path: str = POLICY_FILE, *, overrides: Overrides | None = None) -> PolicyInForce:
    """The policy in force, and for each value whether it is a default, from the file, the environment or an option.

    Raises:
        PolicyError: the file is broken.
        SettingError: a variable or option holds what the policy can't take.
    """
    overrides = overrides or Overrides()
    load_policy(text, path)
    stated: dict[str, Any] = tomllib.loads(text)
    lines = key_lines(text)
    origins = {key: _file_origin(key, path, lines) for key in _keys(Policy) if tuple(key.split(".")) in lines}
    # One after the other, so that a wrong value is laid to the variable or option that holds it.
    for origin, value in _overriding(overrides):
        _put(stated, origin.key, value)
        _check(stated, origin)
        origins[origin.key] = origin
    policy = Policy.model_validate(stated)
    return PolicyInForce(policy, tuple(_with_value(policy, key, origins.get(key)) for key in _keys(Policy)))


def variable_of(key: str) -> str:
    """The variable of the environment that overrides a key: `FOUREYES_FLOOR`, `FOUREYES_LIMITS_FILE_BYTES`."""
    return _SHARED.get(key) or f"FOUREYES_{key.replace('.', '_').upper()}"


# These are settings of the operator too (`foureyes.settings`), so they go by the names that they have there.
_SHARED = {
    "model.use": "FOUREYES_MODEL",
    "model.fallback": "FOUREYES_FALLBACK_MODELS",
    "model.max_cost": "FOUREYES_MAX_COST",
}


def _file_origin(key: str, path: str, lines: dict[KeyPath, int]) -> Origin:
    return Origin(key, None, OriginKind.FILE, f"{path}:{lines[tuple(key.split('.'))]}")


def _overriding(overrides: Overrides) -> Iterator[tuple[Origin, JsonValue]]:
    """Each override with its value, weakest first."""
    for key in _keys(Policy):
        variable = variable_of(key)
        # A variable that is set to nothing, as compose files do, overrides nothing.
        if text := overrides.environment.get(variable, "").strip():
            yield Origin(key, None, OriginKind.ENVIRONMENT, variable), _from_variable(key, text)
    for key, given in overrides.options.items():
        yield Origin(key, None, OriginKind.OPTION), given


def _from_variable(key: str, text: str) -> JsonValue:
    *around, name = key.split(".")
    annotation = section_at(tuple(around)).model_fields[name].annotation
    if get_origin(annotation) is tuple:
        return [part.strip() for part in text.split(",") if part.strip()]
    # Text that is no number is handed on as it is, and refused with the words that the file's own check has.
    if {int, float, bool} & set(types_in(annotation)):
        with contextlib.suppress(ValueError):
            number: JsonValue = json.loads(text)
            return number
    return text


def _put(stated: dict[str, Any], key: str, value: JsonValue) -> None:
    *around, name = key.split(".")
    for part in around:
        stated = stated.setdefault(part, {})
    stated[name] = value


def _check(stated: dict[str, Any], origin: Origin) -> None:
    try:
        Policy.model_validate(stated)
    except ValidationError as exc:
        name = origin.place or f"--{origin.key.replace('.', '-').replace('_', '-')}"
        raise SettingError(name, reason_of(exc.errors()[0])) from exc


def _with_value(policy: Policy, key: str, origin: Origin | None) -> Origin:
    value: Any = policy.model_dump(mode="json")
    for part in key.split("."):
        value = value[part]
    if origin is None:
        return Origin(key, value, OriginKind.DEFAULT)
    return Origin(key, value, origin.kind, origin.place)


def _keys(section: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, entry in section.model_fields.items():
        if isinstance(entry.annotation, type) and issubclass(entry.annotation, BaseModel):
            yield from _keys(entry.annotation, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"
