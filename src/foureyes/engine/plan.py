"""The plan of a review: what would be asked and what it would take, before anything is spent."""

from dataclasses import dataclass

from foureyes.engine.analyse import analysed, tools_for
from foureyes.engine.judge import fixed_tokens, packed_for
from foureyes.engine.material import Material
from foureyes.engine.risk import Risk, depth_of
from foureyes.engine.screen import screen
from foureyes.engine.skipping import Skip
from foureyes.engine.units import Unpackable
from foureyes.kit.keyvalue import KeyValueStore
from foureyes.llm.port import ModelTraits, Usage

_ANSWER = 350
"""Output tokens of an answer about a unit, as a rule."""

_VERIFIER = Usage(input_tokens=2500, output_tokens=250, calls=1)
"""One candidate tried; as a rule a unit brings one."""


@dataclass(frozen=True, slots=True)
class PlannedUnit:
    """One unit: the files it is about, the tokens of one prompt, how often it would be asked, and why so often."""

    paths: tuple[str, ...]
    tokens: int
    passes: int
    risk: Risk
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a review would ask. `expected` is a guess of all calls, verifying included; nothing was called for it."""

    units: tuple[PlannedUnit, ...]
    skips: tuple[Skip, ...]
    unpackable: tuple[Unpackable, ...]
    expected: Usage


async def plan(material: Material, *, traits: ModelTraits, cache: KeyValueStore | None = None) -> Plan:
    """The plan for a model with these traits. Analysers run, for prompts name what they said; no model is called."""
    screened = await screen(material)
    looked = await analysed(screened, material, tools_for(material, cache=cache))
    packed = await packed_for(material, screened, looked, traits)
    fixed = fixed_tokens(material, screened)
    units = tuple(
        PlannedUnit(
            paths=unit.paths,
            # Every prompt repeats the fixed part. Left out, a plan of many small units would be told at half its
            # cost.
            tokens=fixed + unit.tokens,
            passes=depth_of(unit.risk).passes,
            risk=unit.risk,
            reasons=tuple(dict.fromkeys(reason for path in unit.paths for reason in packed.assessments[path].reasons)),
        )
        for unit in packed.units
    )
    return Plan(units, screened.skips, packed.unpackable, _expected(units))


def _expected(units: tuple[PlannedUnit, ...]) -> Usage:
    total = Usage()
    for unit in units:
        asked = Usage(input_tokens=unit.tokens * unit.passes, output_tokens=_ANSWER * unit.passes, calls=unit.passes)
        # A unit brings one candidate as a rule, so one verifier is planned for each: the most expensive units
        # bring more, the most common ones none.
        total += asked + _VERIFIER
    return total
