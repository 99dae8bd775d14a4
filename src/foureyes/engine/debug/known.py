"""Errors that everybody knows, by their words: what they mean, in statements that are true of every such error."""

import re
from collections.abc import Iterator, Mapping, Sequence

from foureyes.engine.debug.locate import Source
from foureyes.engine.debug.values import FoundFrame, Hint, Runtime, StackTrace
from foureyes.engine.masking import shown

SOURCE = "error"
"""The source of hints that come from the error's own words."""

_PY, _JS, _JVM, _GO, _RUST = Runtime.PYTHON, Runtime.NODE, Runtime.JAVA, Runtime.GO, Runtime.RUST
_RUBY, _CS, _PHP, _C = Runtime.RUBY, Runtime.CSHARP, Runtime.PHP, Runtime.NATIVE

# The first row that fits is taken, so the narrow ones of a runtime stand above the wide ones.
_ROWS: Sequence[tuple[Runtime, str, str]] = (
    (_PY, r"^KeyError: (?P<key>.+)$", "A mapping was indexed with {key}, a key that it does not hold."),
    (_PY, r"'NoneType' object has no attribute '(?P<name>\w+)'", "What stands before .{name} was None."),
    (_PY, r"'NoneType' object is not (?P<what>subscriptable|iterable|callable)",
     "None is not {what}: a value was None."),
    (_PY, r"^AttributeError: '(?P<type>\w+)' object has no attribute '(?P<name>\w+)'",
     "An object of type {type} was met where .{name} was read; that type has no such attribute."),
    (_PY, r"^AttributeError: (?:partially initialized )?module '(?P<module>[\w.]+)'.*circular import",
     "{module} was used before it had run to its end: the modules import each other."),
    (_PY, r"^ImportError: cannot import name '(?P<name>\w+)' from partially initialized module '(?P<module>[\w.]+)'",
     "{module} had not come to {name} yet when it was imported from: the modules import each other."),
    (_PY, r"^ImportError: cannot import name '(?P<name>\w+)' from '(?P<module>[\w.]+)'",
     "{module} was found and defines no {name}."),
    (_PY, r"No module named '(?P<module>[\w.]+)'", "No folder on Python's path holds a module {module}."),
    (_PY, r"^IndexError: (?P<type>list|tuple|string|pop)", "The position is past the end: there are fewer items."),
    (_PY, r"^UnboundLocalError: .*'(?P<name>\w+)'",
     "{name} is assigned somewhere in this function, which makes it local to all of it; it was read before that."),
    (_PY, r"^RecursionError", "A function called itself, directly or through others, and no call ended it."),
    (_PY, r"^ZeroDivisionError", "The divisor was zero."),
    (_PY, r"missing \d+ required (?:positional|keyword-only) arguments?: (?P<names>.+)$",
     "The call leaves out {names}."),
    (_PY, r"got an unexpected keyword argument '(?P<name>\w+)'",
     "The function that was called has no parameter {name}."),
    (_PY, r"^RuntimeError: dictionary changed size during iteration",
     "Keys were added to or removed from a dictionary while a loop ran over it."),
    (_PY, r"^UnicodeDecodeError: '(?P<codec>[\w-]+)' codec can't decode byte (?P<byte>0x\w+)",
     "The bytes are not {codec}: {byte} can't stand where it stands."),
    (_PY, r"^RuntimeError: .*event loop is already running",
     "asyncio.run was called from code that a loop already runs."),
    (_PY, r"^json\.decoder\.JSONDecodeError: Expecting value: line 1 column 1",
     "What was parsed as JSON is empty or begins with something else, such as an HTML page."),
    (_JS, r"Cannot (?:read|set) propert(?:y|ies) of (?P<null>undefined|null) \((?:reading|setting) '(?P<name>[^']+)'\)",
     "What stands before .{name} was {null}."),
    (_JS, r"(?P<what>[\w.$]+) is not a function", "{what} holds something that can't be called."),
    (_JS, r"^ReferenceError: Cannot access '(?P<name>\w+)' before initialization",
     "{name} was read before the line that declares it had run."),
    (_JS, r"^ReferenceError: (?P<name>[\w$]+) is not defined", "Nothing named {name} is declared where it was read."),
    (_JS, r"Cannot find (?:module|package) '(?P<module>[^']+)'",
     "Node found no module {module} from the file that asks."),
    (_JS, r"Assignment to constant variable", "A name that was declared with const was assigned again."),
    (_JS, r"(?:is not iterable|object is not iterable)", "A loop or a spread was given something that has no items."),
    (_JS, r"Maximum call stack size exceeded", "A function called itself, directly or through others, without end."),
    (_JVM, r"NullPointerException: Cannot (?P<what>.+) because (?P<null>.+) is null", "{null} was null."),
    (_JVM, r"NullPointerException", "Something on this line was null and was used as an object."),
    (_JVM, r"IndexOutOfBoundsException: Index (?P<at>-?\d+) out of bounds for length (?P<length>\d+)",
     "Position {at} was asked for; there are {length} items, counted from 0."),
    (_JVM, r"ConcurrentModificationException", "A collection was changed while a loop ran over it."),
    (_JVM, r"ClassCastException: (?:class )?(?P<one>[\w.$]+) cannot be cast to (?:class )?(?P<other>[\w.$]+)",
     "An object of {one} was met where {other} was expected."),
    (_JVM, r"NoSuchElementException", "A value was taken from something that holds none."),
    (_GO, r"index out of range \[(?P<at>-?\d+)\] with length (?P<length>\d+)",
     "Position {at} was asked for; there are {length} items, counted from 0."),
    (_GO, r"invalid memory address or nil pointer dereference", "A nil pointer was followed on this line."),
    (_GO, r"assignment to entry in nil map", "The map was declared and never made: writing to a nil map panics."),
    (_GO, r"all goroutines are asleep", "Every goroutine waits for another one: nothing can go on."),
    (_GO, r"concurrent map (?:writes|read and map write|iteration and map write)",
     "Two goroutines used one map at the same time, at least one of them writing, without a lock."),
    (_GO, r"send on closed channel", "A channel was closed while a goroutine still sent to it."),
    (_GO, r"interface conversion: .* is (?P<one>\S+), not (?P<other>\S+)",
     "The value is of type {one}; the assertion asks for {other} without the second result."),
    (_RUST, r"index out of bounds: the len is (?P<length>\d+) but the index is (?P<at>\d+)",
     "Position {at} was asked for; there are {length} items, counted from 0."),
    (_RUST, r"called `Option::(?P<how>\w+)\(\)` on a `None` value",
     "The Option was None where {how}() relied on Some."),
    (_RUST, r"called `Result::(?P<how>\w+)\(\)` on an `Err` value: (?P<error>.+)$",
     "The Result was Err({error}) where {how}() relied on Ok."),
    (_RUST, r"already (?:mutably )?borrowed", "A RefCell was borrowed while a borrow that excludes it was alive."),
    (_RUST, r"attempt to (?P<what>\w+) with overflow", "The {what} went past the range of its integer type."),
    (_RUST, r"attempt to divide by zero", "The divisor was zero."),
    (_RUBY, r"undefined (?:local variable or )?method [`'](?P<name>[^'`]+)' for nil", "{name} was called on nil."),
    (_RUBY, r"undefined method [`'](?P<name>[^'`]+)' for (?P<what>.+?)(?: \(|$)", "{what} has no method {name}."),
    (_RUBY, r"^KeyError: key not found: (?P<key>.+)$", "A hash was asked for {key}, a key that it does not hold."),
    (_CS, r"NullReferenceException", "Something on this line was null and was used as an object."),
    (_CS, r"KeyNotFoundException: The given key '(?P<key>[^']+)'", "The dictionary does not hold the key {key}."),
    (_CS, r"Sequence contains no elements", "First() or Single() was asked of a sequence without elements."),
    (_CS, r"Collection was modified; enumeration", "A collection was changed while a loop ran over it."),
    (_PHP, r"Call to a member function (?P<name>\w+)\(\) on null", "What stands before ->{name}() was null."),
    (_PHP, r"Undefined (?:array key|index:?) (?P<key>.+)$", "The array does not hold the key {key}."),
    (_PHP, r"Undefined variable:? \$?(?P<name>\w+)", "${name} was read where nothing had been assigned to it."),
    (_PHP, r"must be of type (?P<one>[^,]+), (?P<other>\w+) given", "A value of type {other} was passed for {one}."),
    (_C, r"heap-use-after-free", "Memory was used after it had been freed; the second trace says where."),
    (_C, r"(?:heap|stack|global)-buffer-overflow", "Memory past the end of an array or allocation was touched."),
    (_C, r"SEGV on unknown address 0x0+\b", "A null pointer was followed."),
)  # fmt: skip
_KNOWN = [(runtime, re.compile(pattern), text) for runtime, pattern, text in _ROWS]


def hints_of(
    traces: Sequence[StackTrace], frames: Sequence[FoundFrame], sources: Mapping[str, Source]
) -> Iterator[Hint]:
    """What the words of each error mean, placed where its innermost frame in the repository is."""
    for number, trace in enumerate(traces):
        mine = [frame for frame in frames if frame.trace == number]
        innermost = min(mine, key=lambda frame: trace.frames.index(frame.frame), default=None)
        for runtime, pattern, text in _KNOWN:
            match = pattern.search(trace.headline) if runtime is trace.runtime else None
            if match:
                words = match.groupdict()
                # Words of the error are put in by name only: `format` sees no text of others as its pattern.
                told = text.format(**words) + _seen_here(words.get("name"), innermost, sources)
                yield Hint(shown(told), SOURCE, *((innermost.path, innermost.line) if innermost else ()))
                break
        if innermost and innermost.frame != trace.frames[0]:
            told = f"It was raised in {trace.frames[0].path}, which this line led to."
            yield Hint(told, SOURCE, innermost.path, innermost.line)


def _seen_here(name: str | None, frame: FoundFrame | None, sources: Mapping[str, Source]) -> str:
    """Which expression it is, where the line leaves no doubt."""
    if not name or frame is None or frame.stale:
        return ""
    line = sources[frame.path].lines[frame.line - 1]
    # Two different expressions before the same name leave it open which of them was meant: then nothing is said.
    found = set(re.findall(rf"([\w$]+(?:(?:\.|->|::)[\w$]+)*)(?:\.|->|&\.|\?\.){re.escape(name)}\b", line))
    return f" Here that is {found.pop()}." if len(found) == 1 else ""
