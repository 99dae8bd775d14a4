"""How each runtime prints an error: a pattern for its frames, and one for the line that names the error."""

import re
from dataclasses import dataclass

from foureyes.engine.debug.values import Runtime

# A pattern that matches nothing spares each reader the question whether a dialect has such a line at all.
_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Dialect:
    """Patterns are matched with one line each, from its start.

    Groups of a `frame`: path, line, and where there are such column, function; `error` and `message` where it names
    the error itself. Groups of a `head`: error, message; and path, line, column where it names a place as well.
    `place` is a line above the head that names only a place. `newest_last`: the frame that raised is printed last.
    """

    runtime: Runtime
    frame: re.Pattern[str]
    head: re.Pattern[str] = _NEVER
    place: re.Pattern[str] = _NEVER
    closes: re.Pattern[str] = _NEVER
    newest_last: bool = False
    head_ends: bool = False
    """The head comes after the frames and ends the trace; elsewhere it begins one."""
    function_above: bool = False
    quoted_below: bool = False
    message_below: bool = False


def _line(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.VERBOSE)


# Pytest puts `E   ` before all lines of a message: only the endings that errors have by custom tell its first one.
_PYTHON_ERROR = r"(?P<error>[A-Za-z_][\w.]*(?:Error|Exception|Warning|Exit|Interrupt|Group|Iteration))"

DIALECTS = (
    Dialect(
        Runtime.PYTHON,
        _line(r'\s*File\ "(?P<path>[^"]+)",\ line\ (?P<line>\d+)(?:,\ in\ (?P<function>.+))?$'),
        # A message that begins on a line of its own leaves nothing but the colon here.
        head=_line(r"(?P<error>[A-Za-z_][\w.]*)(?::(?:\ (?P<message>.*))?)?$"),
        newest_last=True,
        head_ends=True,
        quoted_below=True,
    ),
    Dialect(  # pytest
        Runtime.PYTHON,
        _line(r"(?P<path>[^\s:\"'()]+\.py):(?P<line>\d+):(?:\ in\ (?P<function>.+)|\ (?P<error>[A-Za-z_.]+))?$"),
        head=_line(rf"E\s{{3,}}(?:{_PYTHON_ERROR}(?::\ (?P<message>.*))?|(?P<error2>assert)\ (?P<message2>.*))$"),
        closes=_line(r"_{3,}\ .*\ _{3,}$|={3,}"),
        newest_last=True,
        quoted_below=True,
    ),
    Dialect(
        # The port of a web address holds a colon too, so the host is taken up to its slash.
        Runtime.NODE,
        _line(
            r"""\s*at\ (?:(?P<function>[^()]*?(?:\ \[as\ [^\]]+\])?)\ \()?
            (?P<path>(?:[\w-]+://[^\s/()]*/|node:|[A-Za-z]:)?[^():]+):(?P<line>\d+):(?P<column>\d+)\)?[\s{]*$"""
        ),
        head=_line(
            r"""\s*(?:Uncaught\ (?:\(in\ promise\)\ )?)?(?:\[cause\]:\ )?
            (?P<error>(?:[A-Z][\w$.]*)?(?:Error|Exception|Rejection)|\[?[A-Z][\w$]*Error)
            (?:\ \[\w+\])?(?::\ (?P<message>.*))?$"""
        ),
        # Node prints the place above an error that nobody caught; a file that does not parse has no other frame.
        place=_line(r"(?P<path>\S.*\.[cm]?[jt]sx?):(?P<line>\d+)$"),
    ),
    Dialect(  # Firefox and Safari
        Runtime.NODE,
        _line(r"(?P<function>[^\s@]*)@(?P<path>[\w-]+://[^\s/]*/[^\s:]*):(?P<line>\d+):(?P<column>\d+)$"),
        head=_line(r"(?:Uncaught\ )?(?P<error>[A-Z][\w$]*Error):\ (?P<message>.*)$"),
    ),
    Dialect(
        Runtime.JAVA,
        _line(
            # The module or class loader before the slash (`java.base/`, `app//`) is no part of the name.
            r"""\s*at\ (?:[\w.$@-]*/)*(?P<function>[\w.$<>]+)
            \((?P<path>[\w$-]+\.(?:java|kts?|scala|groovy)):(?P<line>\d+)\)"""
        ),
        head=_line(
            r"""\s*(?:Exception\ in\ thread\ "[^"]*"\ |Caused\ by:\ |Suppressed:\ )?
            (?P<error>(?:[a-z_]\w*\.)+[A-Z][\w$]*)(?::\ (?P<message>.*))?$"""
        ),
    ),
    Dialect(
        Runtime.GO,
        _line(r"\t(?P<path>\S.*\.(?:go|s)):(?P<line>\d+)(?:\ \+0x[0-9a-f]+)?$"),
        head=_line(r"(?P<error>panic|fatal\ error):\ (?P<message>.*)$"),
        # All goroutines follow the one that panicked; what they wait for is rarely the cause.
        closes=_line(r"goroutine\ \d+\ |created\ by\ "),
        function_above=True,
    ),
    Dialect(
        Runtime.RUST,
        # JavaScript and C# begin frames with `at` too, and mostly have brackets on the line; Rust has none.
        _line(r"\s+at\ (?P<path>(?!.*\()\S.*?):(?P<line>\d+)(?::(?P<column>\d+))?$"),
        head=_line(
            # Before Rust 1.73 the message stood between the thread and the place; since then it is on the next line.
            r"""thread\ '[^']*'(?:\ \(\d+\))?\ (?P<error>panicked)\ at\ (?:'(?P<message>.*)',\ )?
            (?P<path>[^:']+):(?P<line>\d+):(?P<column>\d+):?$"""
        ),
        function_above=True,
        message_below=True,
    ),
    Dialect(
        Runtime.RUBY,
        _line(
            # Ruby quoted names as `name' until 3.4, which writes 'name' and the class with it.
            r"""\s*(?:from\ )?(?P<path>[^\s:]+\.(?:rb|rake|erb|ru)):(?P<line>\d+):in\ [`'](?P<function>[^'`]*)'
            (?::\ (?P<message>.*)\ \((?P<error>[A-Z][\w:]*)\))?$"""
        ),
    ),
    Dialect(
        Runtime.CSHARP,
        _line(r"\s*at\ (?P<function>\S.*?)\ in\ (?P<path>\S.*):line\ (?P<line>\d+)$"),
        head=_line(
            r"""\s*(?:Unhandled\ exception\.\ |--->\ )*(?P<error>[A-Z]\w*(?:\.\w+)*Exception)
            (?:\ \(0x[0-9A-Fa-f]+\))?:\ (?P<message>.*)$"""
        ),
        # Behind this line come the frames of the exception around, which was named before its cause.
        closes=_line(r"\s*---\ End\ of\ inner"),
    ),
    Dialect(
        Runtime.PHP,
        _line(r"\#\d+\ (?P<path>[^()]+)\((?P<line>\d+)\):\ (?P<function>[^(]*)"),
        head=_line(
            r"""(?:\[[^\]]*\]\ )?(?:PHP\ )?(?:Fatal\ error:\s+Uncaught\ (?P<error>[\w\\]+):\ (?P<message>.*)
            \ in\ (?P<path>\S.*):(?P<line>\d+)$
            |(?P<error2>(?:Parse\ |Fatal\ )?[Ee]rror|Warning|Notice|Deprecated):\s+(?P<message2>.*)
            \ in\ (?P<path2>\S.*)\ on\ line\ (?P<line2>\d+)$)"""
        ),
    ),
    Dialect(  # AddressSanitizer and gdb
        Runtime.NATIVE,
        _line(
            r"""\s*\#\d+\s+(?:0x[0-9a-f]+\ in\ )?(?P<function>[^\s(]+)(?:\s*\([^()]*\))?(?:\ at)?
            \ (?P<path>[^\s():]+):(?P<line>\d+)(?::(?P<column>\d+))?$"""
        ),
        head=_line(r"(?:==\d+==ERROR:\ )(?P<error>\w+):\ (?P<message>.*)$"),
        # The sanitizer prints who freed and who allocated as traces of the same form.
        closes=_line(r"(?:.*\ )?(?:allocated|freed)\ by\ thread|SUMMARY:"),
    ),
)

ANY_PLACE = _line(
    r"""(?:^|[\s(\[`'"])(?P<path>(?:[A-Za-z]:)?[\w./\\@+-]*\w\.[A-Za-z]\w{0,7})
    (?:[:(](?P<line>\d+)(?:[:,](?P<column>\d+))?|['"]?,?\ line\ (?P<line2>\d+))"""
)
"""Anything that names a file and a line: compilers, linters, Perl, Elixir. The last resort."""

ANY_ERROR = _line(r"(?i:.*?\b(?P<error>error|fatal|exception|panic)\b[^:\s]*:)\s+(?P<message>.+)$")
