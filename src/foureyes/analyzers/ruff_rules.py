"""The rules of ruff that find defects, each with our grade and the reason for people who don't know the rule.

This table is also the selection: ruff is asked for these codes and no others. Style, typing and modernisation are
left to a project's own linter.
"""

from collections.abc import Mapping
from typing import Final

from foureyes.analyzers.diagnoses import Grade
from foureyes.kit.severity import Category, Severity

_CRASHES: Final = {
    "B016": "Raising something that is no exception is a TypeError at that moment.",
    "B030": "When an error reaches this clause, Python raises a TypeError instead of handling it.",
    "F404": "Python refuses to import the module.",
    "F406": "Python refuses to import the module.",
    "F407": "Python refuses to import the module.",
    "F501": "Formatting raises ValueError when this line runs.",
    "F502": "Formatting raises TypeError when this line runs.",
    "F503": "Formatting raises TypeError when this line runs.",
    "F505": "Formatting raises KeyError when this line runs.",
    "F506": "Formatting raises TypeError when this line runs.",
    "F507": "Formatting raises TypeError when this line runs.",
    "F508": "Formatting raises TypeError when this line runs.",
    "F509": "Formatting raises ValueError when this line runs.",
    "F521": "Formatting raises ValueError when this line runs.",
    "F524": "Formatting raises IndexError or KeyError when this line runs.",
    "F525": "Formatting raises ValueError when this line runs.",
    "F621": "Python refuses to compile this.",
    "F622": "Python refuses to compile this.",
    "F633": "`print >> x` is Python 2; here it raises TypeError.",
    "F701": "Python refuses to compile this.",
    "F702": "Python refuses to compile this.",
    "F704": "Python refuses to compile this.",
    "F706": "Python refuses to compile this.",
    "F707": "Python refuses to compile this.",
    "F821": "Nothing defines this name, so the line raises NameError when it runs.",
    "F823": "The assignment further down makes the name local, so this read raises UnboundLocalError.",
    "F901": "NotImplemented is a value, not an exception: raising it is a TypeError.",
    "G101": "A key of `extra` that a log record has already raises KeyError when this line runs.",
    "PLE0100": "`__init__` must not be a generator: creating an object raises TypeError.",
    "PLE0101": "`__init__` must return None: creating an object raises TypeError.",
    "PLE0115": "Python refuses to compile this.",
    "PLE0117": "Python refuses to compile this.",
    "PLE0118": "Python refuses to compile this.",
    "PLE0237": "Assigning to a name outside `__slots__` raises AttributeError.",
    "PLE0241": "Naming a base class twice raises TypeError when the class is made.",
    "PLE0302": "Python calls this method with another number of arguments and gets a TypeError.",
    "PLE0303": "`len()` of such an object raises TypeError or ValueError.",
    "PLE0304": "`bool()` of such an object raises TypeError.",
    "PLE0305": "Using such an object as an index raises TypeError.",
    "PLE0307": "`str()` of such an object raises TypeError.",
    "PLE0308": "`bytes()` of such an object raises TypeError.",
    "PLE0309": "`hash()` of such an object raises TypeError.",
    "PLE0604": "`import *` from this module raises TypeError.",
    "PLE0643": "The index is outside a sequence whose length is known here.",
    "PLE0704": "Outside a handler there is nothing to raise again: RuntimeError.",
    "PLE1132": "A keyword given twice raises TypeError when the call is made.",
    "PLE1142": "Python refuses to compile this.",
    "PLE1206": "The log record can't be formatted: logging prints a traceback instead of the message.",
    "PLE1205": "The log record can't be formatted: logging prints a traceback instead of the message.",
    "PLE1300": "Formatting raises ValueError when this line runs.",
    "PLE1307": "Formatting raises TypeError when this line runs.",
    "PLE1507": "`os.getenv` raises TypeError for a name that is no string.",
    "PLE1700": "Python refuses to compile this.",
    "PLW0245": "`super` without brackets is the type itself: the attribute is looked up on it and is not found.",
    "PLW1501": "`open` raises ValueError for this mode.",
    "RUF008": "The dataclass decorator raises ValueError for a mutable default.",
    "RUF016": "Indexing a sequence with such a value raises TypeError.",
}

_WRONG: Final = {
    "B002": "`++x` is two plus signs; it changes nothing.",
    "B005": "It removes any of these characters in any order, not the text as a whole.",
    "B006": "The default is made once and shared: what one call puts into it, the next call finds.",
    "B012": "Leaving `finally` this way throws away an exception that is under way, silently.",
    "B015": "The comparison is computed and dropped; probably an assignment or an assertion was meant.",
    "B020": "The loop overwrites what it iterates over, so the name means something else afterwards.",
    "B023": "The function sees the value the variable has when it is called, usually the last one of the loop.",
    "B025": "The second handler for the same exception never runs.",
    "B029": "An empty tuple catches nothing.",
    "B031": "The group is used up after the first pass, so the second finds nothing.",
    "B032": "This annotates a name or attribute and assigns nothing.",
    "B034": "The third and fourth arguments are count and flags: a flag given by position is taken for a count.",
    "B035": "Every round writes the same key, so one entry is left.",
    "B039": "The default is shared by all contexts: what one puts into it, the others find.",
    "B909": "Changing a collection while iterating over it skips elements or raises RuntimeError.",
    "F402": "The loop variable replaces the imported name for the rest of the function.",
    "F601": "The later value replaces the earlier one silently.",
    "F602": "The later value replaces the earlier one silently.",
    "F631": "A tuple that is not empty is true, so the assertion never fails.",
    "F632": "Identity of literals depends on the interpreter; equality is what is meant.",
    "F634": "A tuple that is not empty is true, so the condition always holds.",
    "F811": "The later definition replaces the earlier one, which never runs; for a test, that test is lost.",
    "F822": "`import *` from this module raises AttributeError.",
    "FAST003": "The path has a parameter that the function never gets, so a value from the address is ignored.",
    "DJ013": "Decorators above `@receiver` are not applied to what is connected.",
    "INT001": "The text is filled in before the look-up, so no translation is found.",
    "INT002": "The text is filled in before the look-up, so no translation is found.",
    "INT003": "The text is filled in before the look-up, so no translation is found.",
    "LOG007": "The traceback that `exception` is for is switched off.",
    "NPY001": "NumPy removed this name: the line raises AttributeError.",
    "NPY201": "NumPy 2 removed this name: the line raises AttributeError.",
    "PGH005": "The assertion is read and not called, so it never fails.",
    "PIE794": "The later field replaces the earlier one silently.",
    "PIE796": "Equal values make the second member an alias of the first.",
    "PLC0205": "A single string is taken as one slot name only by luck; a comma is missing.",
    "PLE0605": "`import *` does not work as meant.",
    "PLE1141": "Iterating over a dictionary gives keys; unpacking them into two names fails or splits the key.",
    "PLE1310": "It removes any of these characters in any order, not the text as a whole.",
    "PLE1519": "Dispatch looks at the first argument, which is `self`.",
    "PLE1520": "Outside a class there is no instance to bind.",
    "PLE4703": "Changing a set while iterating over it raises RuntimeError.",
    "PLR0124": "A value compared with itself tells nothing; one side is probably another name.",
    "PLW0128": "The same name twice in one assignment: the first value is lost.",
    "PLW0129": "A text is always true (or always false), so the assertion tests nothing.",
    "PLW0133": "The exception is made and dropped: without `raise` nothing happens.",
    "PLW0177": "NaN is equal to nothing, so the comparison is always false.",
    "PLW0711": "`except A or B` catches only one of them.",
    "PLW1507": "Changes to the copy reach the real environment.",
    "PLW2101": "A lock that is made here is known to nobody else: nothing is locked.",
    "RUF018": "With `python -O` assertions are left out, and the assignment with them.",
    "RUF024": "All keys share one object: a change through one key shows under all.",
    "RUF026": "It becomes a key of the dictionary, and there is no default factory.",
    "RUF034": "Both branches give the same value.",
    "RUF049": "Members of such an enumeration compare equal.",
    "RUF064": "Decimal digits as a file mode set other permission bits than they show.",
    "RUF071": "It compares characters, not path parts: /usr/lib and /usr/lib64 share /usr/lib.",
    "SIM220": "The condition can't hold.",
    "SIM221": "The condition always holds.",
    "SIM222": "The condition always holds.",
    "SIM223": "The condition can't hold.",
    "YTT101": "Python 3.10 and later have two digits behind the dot.",
    "YTT102": "Python 3.10 and later have two digits behind the dot.",
    "YTT103": "Versions compare as text here: 3.10 counts as less than 3.9.",
    "YTT302": "Versions compare as text here.",
}

_LEFTOVERS: Final = {
    "B003": "Child processes still get the old environment; change it with `os.environ.clear()` and `update`.",
    "B004": "An object can have `__call__` and still not be callable.",
    "B017": "The test passes for any error at all, a misspelt name included.",
    "B018": "The value is computed and dropped; something is missing around it.",
    "B021": "An f-string is no docstring: it is not kept.",
    "B022": "It suppresses nothing.",
    "B033": "The second one adds nothing; another value was probably meant.",
    "F504": "An argument that is not used in the text hints at a forgotten placeholder.",
    "F522": "An argument that is not used in the text hints at a forgotten placeholder.",
    "F523": "An argument that is not used in the text hints at a forgotten placeholder.",
    "F841": "A result that is never read is either not needed or was meant to be used.",
    "ISC004": "Two texts side by side in a collection are one element: a comma may be missing.",
    "LOG004": "Outside a handler there is no exception to print.",
    "LOG014": "Outside a handler there is no exception to print.",
    "PLR0133": "Both sides are constant, so the result is too.",
    "PLW0120": "Without a `break` the `else` always runs.",
    "PLW0127": "Nothing changes; one side is probably another name.",
    "PLW0642": "Other code in the method now works on something else than its object.",
    "PLW1508": "Set variables are texts, the default is not: the two cases need different handling.",
    "PLW1509": "It runs between fork and exec, where a lock held by another thread is held for ever.",
    "RUF009": "The call runs once, when the class is made; all objects share the result.",
    "RUF030": "`print` returns None, so the assertion has no message.",
    "RUF032": "The float is rounded before Decimal sees it.",
    "RUF033": "The field's own default wins, so this one never counts.",
    "RUF040": "The message of an assertion should be text.",
    "RUF048": "Versions such as 1.2rc1 have parts that are no numbers.",
    "RUF060": "The collection is empty, so the answer is always the same.",
    "T100": "A debugger call left behind stops the program.",
    "W605": "An unknown escape is a warning now and an error in a later Python.",
}

_SWALLOWED: Final = {
    "E722": "It also catches KeyboardInterrupt and SystemExit, so the program can't be stopped here.",
    "S110": "Whatever goes wrong here is never heard of.",
    "S112": "Whatever goes wrong here is never heard of.",
}

_OPEN_DOORS: Final = {
    "S307": "Text that someone else chose can run any code here.",
    "S323": "Certificates are not checked, so anyone on the way can read and change what is sent.",
    "S501": "Certificates are not checked, so anyone on the way can read and change what is sent.",
    "S506": "YAML read this way can create any object and run any code; use `yaml.safe_load`.",
    "S507": "A server with any key is believed, so anyone on the way can pose as it.",
    "S602": "A value with `;` or `$()` in it runs as a command.",
    "S605": "A value with `;` or `$()` in it runs as a command.",
    "S612": "Whoever reaches the port can run any code.",
}

_WEAK: Final = {
    "DJ007": "Fields that are added to the model later become writable through the form.",
    "S102": "If any part of the text comes from outside, it runs as code.",
    "S103": "Every user of the machine may write (or run) the file.",
    "S202": 'Members with `..` or absolute names are written outside the target; pass `filter="data"`.',
    "S301": "Pickle runs code of whoever made the data.",
    "S306": "Between the name and the opening someone else can put a file there.",
    "S308": "Text that someone else chose reaches the page as HTML.",
    "S502": "Protocols before TLS 1.2 are broken.",
    "S503": "Protocols before TLS 1.2 are broken.",
    "S504": "Without a version, protocols before TLS 1.2 may be spoken.",
    "S505": "Keys this short can be broken.",
    "S609": "A file whose name begins with a dash is taken for an option.",
    "S610": "Values put into the text of a query can change the query.",
    "S611": "Values put into the text of a query can change the query.",
    "S701": "Values reach the page as HTML, scripts included.",
    "S702": "Values reach the page as HTML, scripts included.",
    "S704": "Text that someone else chose reaches the page as HTML.",
}

_MINOR_SECURITY: Final = {
    "S104": "The service can be reached from every network the machine is in.",
    "S302": "Data from outside can crash the interpreter.",
    "S312": "Passwords and data are sent unencrypted.",
    "S314": "Hostile XML can use up all memory; defusedxml refuses it.",
    "S317": "Hostile XML can use up all memory; defusedxml refuses it.",
    "S318": "Hostile XML can use up all memory; defusedxml refuses it.",
    "S321": "Passwords and data are sent unencrypted.",
    "S324": "Collisions can be made on purpose; where it is no security matter, pass `usedforsecurity=False`.",
    "S508": "These versions of SNMP send the password unencrypted.",
    "S509": "Without encryption and authentication anyone on the way can read and change it.",
}

_PASSWORDS: Final = {
    "S105": "Everyone who can read the code has it, and it stays in the history.",
    "S106": "Everyone who can read the code has it, and it stays in the history.",
    "S107": "Everyone who can read the code has it, and it stays in the history.",
}

_BLOCKING: Final = {
    "ASYNC210": "While it waits for the answer, no other task of this event loop runs.",
    "ASYNC212": "While it waits for the answer, no other task of this event loop runs.",
    "ASYNC220": "While the process starts, no other task of this event loop runs.",
    "ASYNC221": "While the process runs, no other task of this event loop does.",
    "ASYNC222": "While it waits for the process, no other task of this event loop runs.",
    "ASYNC250": "While it waits for someone to type, no other task of this event loop runs.",
    "ASYNC251": "While it sleeps, no other task of this event loop runs; use the loop's own sleep.",
    "ASYNC105": "Without `await` the call does nothing.",
    "RUF006": "The loop keeps only a weak reference: the task can vanish before it is done.",
}


def _all(severity: Severity, category: Category, rules: Mapping[str, str]) -> dict[str, Grade]:
    return {code: Grade(severity, category, why) for code, why in rules.items()}


GRADES: Final[Mapping[str, Grade]] = {
    **_all(Severity.HIGH, Category.BUG, _CRASHES),
    **_all(Severity.MEDIUM, Category.BUG, _WRONG),
    **_all(Severity.LOW, Category.BUG, _LEFTOVERS),
    **_all(Severity.LOW, Category.BUG, _SWALLOWED),
    **_all(Severity.HIGH, Category.SECURITY, _OPEN_DOORS),
    **_all(Severity.MEDIUM, Category.SECURITY, _WEAK),
    **_all(Severity.LOW, Category.SECURITY, _MINOR_SECURITY),
    **_all(Severity.MEDIUM, Category.CONCURRENCY, _BLOCKING),
    **{code: Grade(Severity.MEDIUM, Category.SECURITY, why, 0.6) for code, why in _PASSWORDS.items()},
    "ASYNC230": Grade(
        Severity.LOW, Category.CONCURRENCY, "While the file is read, no other task of this event loop runs.", 0.7
    ),
    "B019": Grade(
        Severity.LOW, Category.PERFORMANCE, "The cache holds on to every object it was called on, for ever.", 0.8
    ),
    "B023": Grade(Severity.MEDIUM, Category.BUG, _WRONG["B023"], 0.7),
    "DTZ003": Grade(
        Severity.LOW, Category.BUG, "The result has no time zone and is taken for local time further on."
    ),
    "DTZ004": Grade(
        Severity.LOW, Category.BUG, "The result has no time zone and is taken for local time further on."
    ),
    "ISC004": Grade(Severity.LOW, Category.BUG, _LEFTOVERS["ISC004"], 0.6),
    "PLW0177": Grade(Severity.MEDIUM, Category.BUG, _WRONG["PLW0177"]),
    "RUF017": Grade(Severity.LOW, Category.PERFORMANCE, "Each step copies all that came before."),
    "S113": Grade(
        Severity.LOW, Category.BUG, "When the other side never answers, the call never ends.", 0.9
    ),
    "S608": Grade(
        Severity.HIGH, Category.SECURITY, "A value put into the text can change the query; pass it as a parameter.", 0.7
    ),
    "SIM115": Grade(Severity.LOW, Category.BUG, "When an error comes between, the file stays open.", 0.8),
}  # fmt: skip
