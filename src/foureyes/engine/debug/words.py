"""Where to look when an error names no file of the repository: where the names in its text are used."""

import re
from collections.abc import Sequence

from foureyes.engine.debug.values import FoundFrame, Frame
from foureyes.git.trees import Tree

# Names in snake case, camel case or quotes: plain words such as `error` occur all over any repository.
_NAME = re.compile(r"\b[A-Za-z_]\w*(?:_\w+|[a-z][A-Z]\w*)\b|(?<=['\"`])[A-Za-z_][\w.-]{3,}(?=['\"`])")
_LAST = 4_000
_MOST_NAMES = 12
_MOST_PLACES = 6


async def places_by_words(error_text: str, tree: Tree) -> Sequence[FoundFrame]:
    """A few places where names of the error's text stand, those of rare names first."""
    # The last names are the closest to the error; more of them would make the search slow and its hits dull.
    names = list(dict.fromkeys(_NAME.findall(error_text[-_LAST:])))[-_MOST_NAMES:]
    matches = await tree.search(names, limit=200) if names else []
    # A name that many files hold says little; the file with the fewest matches is the most telling one.
    rare = sorted(matches, key=lambda match: (len([one for one in matches if one.path == match.path]), match.path))
    first = {match.path: match for match in reversed(rare)}
    return [
        FoundFrame(path, match.line, Frame(path, match.line), trace=0)
        for path, match in list(reversed(first.items()))[:_MOST_PLACES]
    ]
