"""Several passes over the same code vote: what two say goes on; what one alone said must be sure of itself."""

from collections.abc import Sequence
from dataclasses import replace

from foureyes.engine.gate import Placed, Refused
from foureyes.engine.values import RefusalReason
from foureyes.kit.text import folded

_NEAR = 3
"""Lines that two accounts of the same defect may lie apart."""

# Agreement is evidence, but a lone pass that names the failing input is often right: the verifier decides about
# it.
_SURE = 0.8


def count_votes(passes: Sequence[Sequence[Placed]]) -> tuple[list[Placed], list[Refused]]:
    """One account of each defect with its votes, and those that were outvoted.

    With one pass everything goes on. With more, two votes are enough, and so is one that was sure of itself: the
    verifier will try it.
    """
    buckets: list[list[tuple[int, Placed]]] = []
    for number, found in enumerate(passes):
        for placed in found:
            # Compared with the first of a bucket only: against any of them, a chain of near lines would join two
            # defects.
            bucket = next((bucket for bucket in buckets if same_defect(bucket[0][1], placed)), None)
            if bucket is None:
                buckets.append([(number, placed)])
            else:
                bucket.append((number, placed))
    kept: list[Placed] = []
    outvoted: list[Refused] = []
    for bucket in buckets:
        # Passes are counted, not accounts: a pass that says a thing twice has one vote.
        votes = len({number for number, _ in bucket})
        best = max((placed for _, placed in bucket), key=lambda placed: placed.candidate.confidence)
        if len(passes) == 1 or votes > 1 or best.candidate.confidence >= _SURE:
            kept.append(replace(best, votes=votes))
        else:
            detail = f"said by one of {len(passes)} passes"
            outvoted.append(Refused(best.candidate, RefusalReason.OUTVOTED, detail))
    return kept, outvoted


def same_defect(one: Placed, other: Placed) -> bool:
    """Whether two candidates are about the same thing: same file and side, near lines, and same kind or same quote."""
    if (one.path, one.side) != (other.path, other.side):
        return False
    if one.start_line > other.end_line + _NEAR or other.start_line > one.end_line + _NEAR:
        return False
    if folded(one.evidence) == folded(other.evidence):
        return one.candidate.kind is other.candidate.kind or one.candidate.rule == other.candidate.rule
    return one.candidate.kind is other.candidate.kind and _overlap(one, other)


def _overlap(one: Placed, other: Placed) -> bool:
    return one.start_line <= other.end_line and other.start_line <= one.end_line
