"""The rules of oxlint that find defects, each with our grade and the reason for people who don't know the rule.

This table is also the selection: oxlint is asked for these rules and no others.
"""

from collections.abc import Mapping
from typing import Final

from foureyes.analyzers.diagnoses import Grade
from foureyes.kit.severity import Category, Severity

_CRASHES: Final = {
    "eslint/constructor-super": "The object can't be made: ReferenceError.",
    "eslint/no-const-assign": "Assigning to a constant throws TypeError when this line runs.",
    "eslint/no-import-assign": "Imports are read-only: this throws TypeError.",
    "eslint/no-invalid-regexp": "The pattern throws SyntaxError when this line runs.",
    "eslint/no-new-native-nonconstructor": "It is no constructor: `new` throws TypeError.",
    "eslint/no-obj-calls": "It is an object, not a function: calling it throws TypeError.",
    "eslint/no-this-before-super": "Before `super()` there is no `this`: ReferenceError.",
    "eslint/no-unsafe-optional-chaining": "When the chain ends early it is undefined, and this throws TypeError.",
    "oxc/bad-match-all-arg": "`matchAll` throws TypeError for a pattern without the g flag.",
    "oxc/bad-replace-all-arg": "`replaceAll` throws TypeError for a pattern without the g flag.",
    "oxc/number-arg-out-of-range": "The method throws RangeError for this argument.",
    "react/jsx-no-undef": "Nothing defines this component: rendering throws ReferenceError.",
    "react/rules-of-hooks": "React tells hooks apart by the order of calls: a skipped call mixes up their state.",
    "unicorn/no-accessor-recursion": "The accessor calls itself until the stack overflows.",
    "unicorn/no-invalid-fetch-options": "`fetch` throws TypeError for a body with GET or HEAD.",
}

_WRONG: Final = {
    "eslint/array-callback-return": "A path without `return` puts undefined into the result.",
    "eslint/for-direction": "The counter moves away from the limit: the loop runs never or for ever.",
    "eslint/getter-return": "A path without `return` makes the property undefined.",
    "eslint/no-async-promise-executor": "What an async executor throws is lost, and the promise never settles.",
    "eslint/no-class-assign": "The class is replaced for everything that comes after.",
    "eslint/no-compare-neg-zero": "`=== -0` is true for 0 too; use Object.is.",
    "eslint/no-cond-assign": "This assigns where a comparison was probably meant.",
    "eslint/no-constant-binary-expression": "One side never matters; probably precedence is not as it looks.",
    "eslint/no-constant-condition": "The condition is always the same, so one branch never runs.",
    "eslint/no-dupe-class-members": "The later member replaces the earlier one silently.",
    "eslint/no-dupe-else-if": "The same condition was tested before, so this branch never runs.",
    "eslint/no-dupe-keys": "The later value replaces the earlier one silently.",
    "eslint/no-duplicate-case": "The same case was tested before, so this one never runs.",
    "eslint/no-empty-character-class": "An empty class matches nothing, so the pattern never matches.",
    "eslint/no-fallthrough": "Without `break` the next case runs as well.",
    "eslint/no-func-assign": "The function is replaced for everything that comes after.",
    "eslint/no-global-assign": "A built-in is replaced for the whole program.",
    "eslint/no-loss-of-precision": "The number can't be held exactly and becomes another one.",
    "eslint/no-misleading-character-class": "A character of several code points is taken apart inside a class.",
    "eslint/no-self-assign": "Nothing changes; one side is probably another name.",
    "eslint/no-setter-return": "What a setter returns is dropped.",
    "eslint/no-shadow-restricted-names": "Code below sees this instead of the built-in.",
    "eslint/no-sparse-arrays": "Two commas leave a hole, which loops and `map` skip.",
    "eslint/no-unassigned-vars": "It is read and never assigned: it is always undefined.",
    "eslint/no-unexpected-multiline": "Without a semicolon the two lines are one expression.",
    "eslint/no-unreachable": "What stands before always leaves, so this never runs.",
    "eslint/no-unsafe-finally": "Leaving `finally` this way throws away an error that is under way, silently.",
    "eslint/no-unsafe-negation": "`!` binds tighter: it negates the left side, not the test.",
    "eslint/no-useless-backreference": "The group has not matched yet at this point, so the reference is always empty.",
    "eslint/use-isnan": "NaN is equal to nothing, so the comparison is always false.",
    "eslint/valid-typeof": "`typeof` never gives this text, so the comparison is always false.",
    "import/no-self-import": "A module that imports itself sees its own exports before they are set.",
    "jest/no-focused-tests": "Only this test runs; all others of the file are skipped.",
    "jest/valid-expect": "Without a matcher nothing is tested; without `await` the test ends before the answer.",
    "jest/valid-expect-in-promise": "The test ends before the promise does, so the expectation is never checked.",
    "oxc/bad-array-method-on-arguments": "`arguments` is no array and lacks its methods.",
    "oxc/bad-bitwise-operator": "A bitwise operator stands where a logical one was probably meant.",
    "oxc/bad-char-at-comparison": "`charAt` gives one character, so it never equals a longer text.",
    "oxc/bad-comparison-sequence": "`a < b < c` compares true or false with c.",
    "oxc/bad-min-max-func": "The limits are the wrong way round: the result is constant.",
    "oxc/const-comparisons": "The two comparisons exclude each other, or one includes the other.",
    "oxc/erasing-op": "The result is always 0.",
    "oxc/misrefactored-assign-op": "`a += a + b` adds a twice.",
    "oxc/missing-throw": "The error is made and dropped: without `throw` nothing happens.",
    "oxc/uninvoked-array-callback": "The holes of `new Array(n)` are skipped, so the callback never runs.",
    "promise/no-new-statics": "The static methods of Promise are no constructors: TypeError.",
    "react/jsx-no-duplicate-props": "The later value replaces the earlier one silently.",
    "react/no-danger-with-children": "React throws when an element has both.",
    "react/no-direct-mutation-state": "React does not notice the change and later overwrites it.",
    "react/void-dom-elements-no-children": "React throws for children of such an element.",
    "typescript/no-duplicate-enum-values": "Two members have one value and can't be told apart.",
    "typescript/no-non-null-asserted-optional-chain": "The chain can be undefined, and the `!` hides it.",
    "unicorn/no-array-fill-with-reference-type": "All elements are one object: a change to one shows in all.",
    "unicorn/no-await-in-promise-methods": "Awaiting inside makes the calls run one after another.",
    "unicorn/no-invalid-remove-event-listener": "The listener is a new function each time, so nothing is removed.",
    "unicorn/no-negation-in-equality-check": "`!a === b` compares a truth value with b.",
}

_LEFTOVERS: Final = {
    "eslint/no-debugger": "A debugger statement left behind stops the program in the browser.",
    "eslint/no-delete-var": "Variables can't be deleted; strict code throws SyntaxError.",
    "eslint/no-empty-pattern": "The pattern takes nothing out; a default was probably meant.",
    "eslint/no-ex-assign": "The error that was caught is lost.",
    "eslint/no-extend-native": "The change reaches every object of the program.",
    "eslint/no-new-wrappers": "An object around a value is always true and equals nothing.",
    "eslint/no-throw-literal": "What is thrown has no stack, and handlers expect an Error.",
    "eslint/require-yield": "A generator without `yield` gives nothing.",
    "jest/no-identical-title": "When one of the two fails, the report does not tell which.",
    "oxc/double-comparisons": "Two comparisons say what one operator says.",
    "react/jsx-key": "Without a key React mixes up elements when the list changes.",
    "react/jsx-no-comment-textnodes": "The comment is shown on the page as text.",
    "typescript/no-extra-non-null-assertion": "The second `!` does nothing.",
    "typescript/no-non-null-asserted-nullish-coalescing": "The `!` says never null, the `??` says maybe null.",
    "typescript/no-unsafe-declaration-merging": "Nothing checks that the class has what the interface promises.",
}

_SECURITY: Final = {
    "eslint/no-eval": "If any part of the text comes from outside, it runs as code.",
    "eslint/no-new-func": "If any part of the text comes from outside, it runs as code.",
    "react/jsx-no-script-url": "A javascript: address runs as code when someone follows it.",
}

_DOUBTFUL: Final = {
    "eslint/no-self-compare": "It is true for everything but NaN; where that is not meant, one side is another name.",
    "eslint/no-template-curly-in-string": "Only texts in backticks are filled in: this one is used as it stands.",
    "eslint/no-unmodified-loop-condition": "Nothing in the loop changes what its condition reads.",
    "node/handle-callback-err": "When the operation fails, nobody hears of it.",
    "unicorn/no-thenable": "An object with `then` is taken for a promise by `await`.",
    "react/exhaustive-deps": "The effect goes on with old values when these change.",
}


def _all(severity: Severity, rules: Mapping[str, str], category: Category = Category.BUG) -> dict[str, Grade]:
    return {rule: Grade(severity, category, why) for rule, why in rules.items()}


GRADES: Final[Mapping[str, Grade]] = {
    **_all(Severity.HIGH, _CRASHES),
    **_all(Severity.MEDIUM, _WRONG),
    **_all(Severity.LOW, _LEFTOVERS),
    **_all(Severity.MEDIUM, _SECURITY, Category.SECURITY),
    **{rule: Grade(Severity.LOW, Category.BUG, why, 0.7) for rule, why in _DOUBTFUL.items()},
    "oxc/no-accumulating-spread": Grade(
        Severity.LOW, Category.PERFORMANCE, "Each step copies all that came before.", 0.9
    ),
    "oxc/no-async-endpoint-handlers": Grade(
        Severity.LOW, Category.BUG, "Express before version 5 does not see what an async handler throws.", 0.6
    ),
}  # fmt: skip
