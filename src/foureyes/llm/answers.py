"""Answers as text: their key in the cache, their form there, and whether they fit the schema."""

import hashlib
import json
from dataclasses import dataclass
from typing import Self
from weakref import WeakKeyDictionary

from pydantic import BaseModel, ValidationError

from foureyes.kit.text import shortened
from foureyes.llm.port import Ask, Model

_SHAPES: WeakKeyDictionary[type[BaseModel], str] = WeakKeyDictionary()


def shape_of(schema: type[BaseModel]) -> str:
    """The JSON schema of a schema, as text. Kept, since making it anew costs a third of what a whole call does."""
    text = _SHAPES.get(schema)
    if text is None:
        text = _SHAPES[schema] = json.dumps(schema.model_json_schema())
    return text


def answer_key(ask: Ask, model: Model, schema: type[BaseModel] | None) -> str:
    """SHA-256 over all that the answer depends on, as hexadecimal digits."""
    words = [ask.key] if ask.key else [ask.system, ask.prompt]
    shape = [schema.__module__, schema.__qualname__, shape_of(schema)] if schema else []
    settings = [model.name, model.traits.form, ask.max_output_tokens, ask.seed]
    # JSON keeps the parts apart, and writes lone surrogates as ASCII.
    content = json.dumps([ask.prompt_version, settings, shape, words])
    return hashlib.sha256(content.encode("ascii")).hexdigest()


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """A settled answer as the cache keeps it."""

    model: str
    text: str

    def encode(self) -> bytes:
        return json.dumps([self.model, self.text]).encode("ascii")

    @classmethod
    def decode(cls, raw: bytes) -> Self | None:
        """The answer; None where the bytes are not one, as after an update that stores it otherwise."""
        try:
            match json.loads(raw):
                case [str(model), str(text)]:
                    return cls(model, text)
        except ValueError:
            pass
        return None


def misfit(text: str, schema: type[BaseModel] | None) -> str:
    """What keeps a text from fitting the schema, in words for the model; empty when it fits."""
    if schema is None:
        return "" if text.strip() else "it is empty"
    try:
        schema.model_validate_json(text)
    except ValidationError as exc:
        return _in_words(exc)
    return ""


def _in_words(exc: ValidationError) -> str:
    errors = exc.errors(include_url=False, include_context=False, include_input=False)
    lines = [f"{'.'.join(map(str, error['loc'])) or 'the whole'}: {error['msg']}" for error in errors[:5]]
    if len(errors) > len(lines):
        lines.append(f"and {len(errors) - len(lines)} more")
    return shortened("; ".join(lines), 800)
