"""The story of a diagnosis: traces read, frames found, what is known without a model, the model's word checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from foureyes.engine.debug.answer import DebugAnswer, PatchRefusedError, proven, tried_patch
from foureyes.engine.debug.excerpts import excerpts
from foureyes.engine.debug.frames import parse_traces
from foureyes.engine.debug.known import hints_of
from foureyes.engine.debug.locate import Source, locate, read_sources
from foureyes.engine.debug.look import Looked, look
from foureyes.engine.debug.values import DebugRequest, Diagnosis, Evidence, FilePatch, FoundFrame
from foureyes.engine.debug.words import places_by_words
from foureyes.engine.masking import shown
from foureyes.engine.prompts import debug as words
from foureyes.engine.values import Notice
from foureyes.errors import ModelError
from foureyes.git.trees import Tree
from foureyes.kit.keyvalue import KeyValueStore
from foureyes.kit.text import counted, printable, shortened
from foureyes.llm.port import Answer, Ask, Asker, Purpose, Usage

# Someone who asks again soon gets the same answer for nothing; after an hour they mostly hope for another one.
_LIFETIME = timedelta(hours=1)
_MOST_TEXT = 500_000
# The last lines of an error tell the most, and code tells more than text: it gets four times the room.
_MOST_ERROR = 6_000
_MOST_CODE = 24_000
# Code has three to four characters a token; the lower number keeps a prompt inside of small windows.
_CHARACTERS_A_TOKEN = 3
_OUTPUT_TOKENS = 3_000


async def debug(request: DebugRequest, *, asker: Asker | None = None, cache: KeyValueStore | None = None) -> Diagnosis:
    """What is known about an error, and with an asker also its cause and a patch, both checked against the code.

    Where the model fails or proves nothing, the diagnosis says so in a notice and keeps what is known without it.

    Raises:
        SettingError: the policy names an analyser that does not exist.
    """
    case = await _opened(request, cache)
    if asker is None:
        return case.diagnosis
    if not case.sources:
        return _noted(case.diagnosis, "no-code", "No model was asked: no code of the repository could be found for it.")
    return await _asked(case, request, asker)


@dataclass(frozen=True, slots=True)
class _Case:
    """What is known without a model, and what it is about: the error, masked, and the code."""

    error_text: str
    diagnosis: Diagnosis
    sources: Mapping[str, Source]
    code: str
    looked: Looked


async def _opened(request: DebugRequest, cache: KeyValueStore | None) -> _Case:
    # Masked before anything else: traces, hints and prompt are all made from it, and may be shown and stored.
    error_text = shown(request.error_text[-_MOST_TEXT:])
    traces = parse_traces(error_text)
    located = await locate(traces, request.tree)
    sources = located.sources
    places: Sequence[FoundFrame] = located.frames
    notices: tuple[Notice, ...] = ()
    if not places:
        places, notices = await _by_words(error_text, request.tree, named=bool(traces))
        sources = await read_sources([place.path for place in places], request.tree)
    looked = await look(sources, request.policy, cache)
    hints = (*hints_of(traces, located.frames, sources), *looked.hints(located.frames, sources))
    diagnosis = Diagnosis(traces, located.frames, located.lost, hints, notices=notices)
    return _Case(error_text, diagnosis, sources, excerpts(places, sources, room=_MOST_CODE), looked)


async def _by_words(error_text: str, tree: Tree, *, named: bool) -> tuple[Sequence[FoundFrame], tuple[Notice, ...]]:
    """Where else to look, and a word about it."""
    places = await places_by_words(error_text, tree)
    why = "None of the frames is in the repository" if named else "The text names no file and line"
    listed = ", ".join(f"{printable(place.path)}:{place.line}" for place in places)
    told = f"{why}; its words occur in {listed}." if places else f"{why}, and none of its words occurs in the code."
    return places, (Notice("no-frames", told),)


async def _asked(case: _Case, request: DebugRequest, asker: Asker) -> Diagnosis:
    """The diagnosis with what of the model's answer holds. It is asked once more when it proves nothing."""
    # Half of the window: the error, the rules and the answer need the other half.
    room = asker.traits.context_tokens * _CHARACTERS_A_TOKEN // 2
    known = [hint.text for hint in case.diagnosis.hints]
    prompt = words.prompt(case.error_text[-_MOST_ERROR:], case.code[:room], known)
    usage = Usage()
    try:
        answer = await asker.ask(_ask(prompt, Purpose.DEBUG, request), DebugAnswer)
        usage += answer.usage
        evidence, refused = proven(answer.output, case.sources)
        # Models that quote from memory mostly find the words when they are told that theirs are not there.
        if not evidence:
            answer = await asker.ask(_ask(words.again(prompt, refused), Purpose.MEND, request), DebugAnswer)
            usage += answer.usage
            evidence, refused = proven(answer.output, case.sources)
    except ModelError as error:
        return replace(_noted(case.diagnosis, "model", str(error)), usage=usage)
    diagnosis = replace(case.diagnosis, model=answer.model, usage=usage)
    if not evidence:
        told = f"The model's explanation was dropped: what it quotes is not in the code ({'; '.join(refused[:3])})."
        return _noted(diagnosis, "unproven", told)
    if refused:
        told = f"{counted(len(refused), 'quote')} of the model dropped: {'; '.join(refused[:3])}."
        diagnosis = _noted(diagnosis, "quotes", told)
    return await _with_patch(_explained(diagnosis, answer, evidence), answer.output, case)


def _ask(prompt: str, purpose: Purpose, request: DebugRequest) -> Ask:
    return Ask(
        purpose=purpose,
        prompt_version=words.PROMPT_VERSION,
        system=words.system(language=request.policy.language),
        prompt=prompt,
        max_output_tokens=_OUTPUT_TOKENS,
        lifetime=_LIFETIME,
    )


def _explained(diagnosis: Diagnosis, answer: Answer[DebugAnswer], evidence: Sequence[Evidence]) -> Diagnosis:
    said = answer.output
    return replace(
        diagnosis,
        cause=shortened(printable(said.cause.strip()), 300),
        explanation=said.explanation.strip(),
        confidence=said.confidence,
        evidence=tuple(evidence),
    )


async def _with_patch(diagnosis: Diagnosis, answer: DebugAnswer, case: _Case) -> Diagnosis:
    """The diagnosis with the answer's patch, where it passes its trials."""
    if not answer.patch:
        return diagnosis
    try:
        patch = tried_patch(answer, case.sources)
    except PatchRefusedError as refusal:
        return _noted(diagnosis, "patch", f"The model's patch was dropped: {refusal.reason}.")
    # Last, for it is the only trial that starts programs.
    if not await case.looked.adds_nothing(patch, case.sources):
        return _noted(diagnosis, "patch", "The model's patch was dropped: analysers find something new in it.")
    return replace(diagnosis, patch=tuple(map(_passed_analysers, patch)))


def _passed_analysers(patch: FilePatch) -> FilePatch:
    tried = (replace(each, tried=(*each.tried, "analysers")) for each in patch.replacements)
    return replace(patch, replacements=tuple(tried))


def _noted(diagnosis: Diagnosis, code: str, text: str) -> Diagnosis:
    return replace(diagnosis, notices=(*diagnosis.notices, Notice(code, text)))
