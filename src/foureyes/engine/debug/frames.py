"""Reading tracebacks: from an error's text, as people paste it, to traces with frames."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from foureyes.engine.debug.dialects import ANY_ERROR, ANY_PLACE, DIALECTS, Dialect
from foureyes.engine.debug.values import Frame, Runtime, StackTrace

# Logs are pasted whole. The patterns are linear in a line, and these limits keep the whole linear in the text.
_LONGEST_TEXT = 500_000
_LONGEST_LINE = 1_000
_MOST_TRACES = 20
# Endless recursion prints a thousand equal frames, and none behind the first few tells anything new.
_MOST_FRAMES = 200
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
# What log collectors, containers and exception groups put before each line; the space after it is part of it.
_PREFIX = re.compile(r"(?:(?:[\w.-]+ +|\s*)\| ?)?(?:\d{4}-\d\d-\d\d[T ][\d:.,+Z-]+ )?")
# Since 3.11 Python marks the part of the line that failed (PEP 657).
_CARETS = re.compile(r"[\s~^]*$")


def parse_traces(text: str) -> tuple[StackTrace, ...]:
    """The traces in an error's text, as printed from top to bottom; none when it names no file and line.

    Of a very long text only the end is read: that is where the error is.
    """
    lines = _lines(text)
    found = [numbered for dialect in DIALECTS for numbered in _Assembler(dialect).read(lines)]
    traces = [trace for _, trace in sorted(found, key=lambda numbered: numbered[0])]
    # Dumps of idle threads have frames and no error; they would push the real one out of the list.
    named = [trace for trace in traces if trace.error]
    return tuple(named or traces or _any_trace(lines))[-_MOST_TRACES:]


def _lines(text: str) -> list[str]:
    text = _ESCAPES.sub("", text[-_LONGEST_TEXT:]).replace("\r\n", "\n")
    if text.count("\\n") > text.count("\n"):
        # A structured log holds the whole trace in one string.
        text = text.replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"')
    return [_PREFIX.sub("", line[:_LONGEST_LINE], count=1).rstrip() for line in text.split("\n")]


@dataclass
class _Assembler:
    """Puts the lines of one dialect together into traces."""

    dialect: Dialect
    number: int = 0
    error: str = ""
    message: str = ""
    frames: list[Frame] = field(default_factory=list)
    waiting: Frame | None = None
    """A place that was named above its head."""
    around: list[tuple[str, str]] = field(default_factory=list)
    """Errors whose frames come after those of their cause."""

    def read(self, lines: Sequence[str]) -> Iterator[tuple[int, StackTrace]]:
        for number, line in enumerate(lines):
            # A frame is looked for first: some heads are so loose that they would take frames for errors.
            if match := self.dialect.frame.match(line):
                yield from self._frame(match, lines, number)
            elif match := self.dialect.head.match(line):
                yield from self._head(match, lines, number)
            elif match := self.dialect.place.match(line):
                self.waiting = _frame(match, self.dialect, lines, number)
            elif self.frames and self.dialect.closes.match(line):
                yield from self._close()
                self.error, self.message = self.around.pop() if self.around else ("", "")
        yield from self._close()

    def _frame(self, match: re.Match[str], lines: Sequence[str], number: int) -> Iterator[tuple[int, StackTrace]]:
        # Ruby names the error in the first frame; a second frame with an error is the cause, a trace of its own.
        error = match.groupdict().get("error")
        if error and not self.dialect.newest_last:
            yield from self._close()
            self.message = _group(match, "message")
        self.error = error or self.error
        self._add(_frame(match, self.dialect, lines, number), number)

    def _head(self, match: re.Match[str], lines: Sequence[str], number: int) -> Iterator[tuple[int, StackTrace]]:
        if self.dialect.newest_last:
            yield from self._named_by(match)
            return
        # C# names an outer exception first, then its cause with frames, and only then the outer one's own frames.
        if self.error and not self.frames:
            self.around.append((self.error, self.message))
        yield from self._close()
        self._name(match)
        if self.dialect.message_below and not self.message and number + 1 < len(lines):
            self.message = lines[number + 1]
        place = _frame(match, self.dialect, (), 0) if _group(match, "path") else self.waiting
        if place is not None:
            self._add(place, number)
        self.waiting = None

    def _named_by(self, match: re.Match[str]) -> Iterator[tuple[int, StackTrace]]:
        if not self.dialect.head_ends:
            if not self.error:
                self._name(match)
        elif self.frames:
            self._name(match)
            yield from self._close()

    def _name(self, match: re.Match[str]) -> None:
        self.error = _group(match, "error").strip("[")
        self.message = _group(match, "message")

    def _add(self, frame: Frame, number: int) -> None:
        if not self.frames:
            self.number = number
        # A generator expression or a lambda gives a second frame on the line of the first; a head names it beforehand.
        last = self.frames[-1] if self.frames else None
        if last is None or (last.path, last.line) != (frame.path, frame.line):
            self.frames.append(frame)
        elif not last.function:
            self.frames[-1] = frame

    def _close(self) -> Iterator[tuple[int, StackTrace]]:
        if self.frames:
            frames = tuple(reversed(self.frames) if self.dialect.newest_last else self.frames)[:_MOST_FRAMES]
            yield self.number, StackTrace(self.dialect.runtime, self.error, self.message, frames)
        self.error = self.message = ""
        self.frames = []


def _group(match: re.Match[str], name: str) -> str:
    """A group's text; patterns with two forms number the second form's groups with a 2."""
    groups = match.groupdict()
    return (groups.get(name) or groups.get(f"{name}2") or "").strip()


def _frame(match: re.Match[str], dialect: Dialect, lines: Sequence[str], number: int) -> Frame:
    function = _group(match, "function")
    if dialect.function_above and number:
        function = _bare_function(lines[number - 1])
    path = _group(match, "path").removeprefix("./")
    if dialect.runtime is Runtime.JAVA:
        path = _java_path(function, path)
    column = _group(match, "column")
    quoted = _quoted(lines, number + 1) if dialect.quoted_below else ""
    return Frame(path, int(_group(match, "line")), function, int(column) if column else None, quoted)


def _bare_function(line: str) -> str:
    """The name in the line above a place: `main.f(0x1, ...)`, `3: main::pick`."""
    name = re.sub(r"^\s*\d+:\s+(?:0x[0-9a-f]+ - )?", "", line)
    return re.sub(r"\([^()]*\)$", "", name).strip()


def _java_path(function: str, name: str) -> str:
    """`com/acme/App.java` from `com.acme.App$Inner.len` and `App.java`: Java prints no folders, but packages."""
    # The last two parts are the class and the method.
    package = function.split(".")[:-2]
    return "/".join((*package, name))


def _quoted(lines: Sequence[str], number: int) -> str:
    # Python indents the source below a frame; what starts at the margin is the error, or somebody's log.
    if number >= len(lines) or not lines[number].startswith("  "):
        return ""
    text = lines[number].strip()
    return "" if text.startswith('File "') or _CARETS.match(text) else text


def _any_trace(lines: Sequence[str]) -> Iterator[StackTrace]:
    frames: dict[tuple[str, int], Frame] = {}
    error = message = ""
    for line in lines:
        if not message and (match := ANY_ERROR.match(line)):
            error, message = match["error"], match["message"]
        for match in ANY_PLACE.finditer(line):
            frame = _frame(match, _PLAIN, (), 0)
            frames.setdefault((frame.path, frame.line), frame)
    if frames:
        first = next((line.strip() for line in lines if line.strip()), "")
        yield StackTrace(Runtime.OTHER, error, message or first, tuple(frames.values())[:_MOST_FRAMES])


_PLAIN = Dialect(Runtime.OTHER, ANY_PLACE)
