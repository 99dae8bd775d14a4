"""Reviews in memory for tests of several stages: scripts for a model, and the door it is asked through."""

from collections.abc import Callable

from pydantic import BaseModel

from foureyes.engine.candidates import Candidate, Candidates
from foureyes.engine.material import Material
from foureyes.engine.run import RunOptions, review
from foureyes.engine.values import Finding, ReviewResult
from foureyes.kit.keyvalue import KeyValueStore, MemoryStore
from foureyes.llm.calls import Models
from foureyes.llm.pace import SkippingPace
from foureyes.llm.port import Ask, MemoryLedger, Purpose
from foureyes.llm.scripted import Line, ScriptedModel

Script = Callable[[Ask, type[BaseModel] | None], Line]


def code_of(ask: Ask) -> str:
    """The part of a prompt that is to be reviewed, without outline, description and remarks."""
    return ask.prompt.split("The part to review:\n", 1)[-1].split("\n</code", 1)[0]


def says(*candidates: Candidate, verdict: str = "real") -> Script:
    """These candidates for the unit that shows their file, nothing to mend, and one verdict on all."""

    def respond(ask: Ask, _: type[BaseModel] | None) -> Line:
        if ask.purpose is Purpose.VERIFY:
            return f"I followed it.\nVERDICT: {verdict}; severity=high; because=it was shown"
        shown = [one for one in candidates if one.path in code_of(ask)] if ask.purpose is Purpose.REVIEW else []
        return Candidates(candidates=shown)

    return respond


def asker_for(model: ScriptedModel, *, ledger: MemoryLedger | None = None) -> Models:
    """A door with a cache of its own, which never waits."""
    return Models([model], cache=MemoryStore(), ledger=ledger or MemoryLedger(), pace=SkippingPace())


async def reviewed(
    material: Material,
    model: ScriptedModel | None = None,
    *,
    cache: KeyValueStore | None = None,
    options: RunOptions | None = None,
    earlier: tuple[Finding, ...] = (),
) -> ReviewResult:
    asker = asker_for(model) if model else None
    return await review(material, asker=asker, cache=cache, options=options, earlier=earlier)


def review_asks(model: ScriptedModel) -> list[Ask]:
    return [ask for ask in model.asks if ask.purpose is Purpose.REVIEW]
