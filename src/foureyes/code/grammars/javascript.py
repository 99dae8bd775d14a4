"""The tables of JavaScript and TypeScript."""

from dataclasses import replace

from ast_grep_py import Rule

from foureyes.code.grammar import Declares, Grammar, SymbolKind, holding, logical, words

_FUNCTIONS = "arrow_function function_expression generator_function"

_TOP_VARIABLE: Rule = {
    **holding("variable_declarator", "name", "identifier"),
    "inside": {
        "any": [{"kind": "lexical_declaration"}, {"kind": "variable_declaration"}],
        # A variable counts as a constant only at the top; in functions it is local, and there are many.
        "inside": {"any": [{"kind": "program"}, {"kind": "export_statement"}]},
    },
}

_IGNORED = (
    "undefined NaN Infinity arguments console Object Array String Number Boolean Symbol Map Set WeakMap WeakSet Promise"
    " Date Math JSON RegExp Error TypeError RangeError parseInt parseFloat isNaN require module exports window document"
    " globalThis process setTimeout setInterval clearTimeout clearInterval length push pop map filter forEach reduce"
    " join slice splice then catch finally toString constructor prototype log get set has keys values"
    " entries indexOf includes call apply bind"
)

JAVASCRIPT = Grammar(
    declares={
        "function_declaration": Declares(SymbolKind.FUNCTION),
        "generator_function_declaration": Declares(SymbolKind.FUNCTION),
        "class_declaration": Declares(SymbolKind.CLASS),
        "method_definition": Declares(SymbolKind.METHOD),
    },
    special=(
        (
            _TOP_VARIABLE,
            Declares(SymbolKind.CONSTANT),
        ),
        (holding("variable_declarator", "value", _FUNCTIONS), Declares(SymbolKind.FUNCTION)),
        (holding("field_definition", "value", _FUNCTIONS), Declares(SymbolKind.METHOD, name=("property",))),
        # Old code keeps its functions in objects and on `exports`, where no declaration names them.
        (holding("pair", "value", _FUNCTIONS), Declares(SymbolKind.FUNCTION, name=("key",))),
        (
            holding("assignment_expression", "right", _FUNCTIONS),
            Declares(SymbolKind.FUNCTION, name=("left",)),
        ),
    ),
    wrappers=words("export_statement lexical_declaration variable_declaration expression_statement"),
    leading=words("comment decorator"),
    identifiers=words(
        "identifier property_identifier private_property_identifier shorthand_property_identifier"
        " shorthand_property_identifier_pattern"
    ),
    binds={
        "variable_declarator": ("name",),
        "assignment_expression": ("left",),
        "for_in_statement": ("left",),
        "formal_parameters": (
            "identifier",
            "object_pattern",
            "array_pattern",
        ),
        "assignment_pattern": ("left",),
        "rest_pattern": ("identifier",),
        "pair": ("key",),
        "arrow_function": ("parameter",),
        "catch_clause": ("parameter",),
    },
    calls={"call_expression": "function", "new_expression": "constructor"},
    branches=words(
        "if_statement for_statement for_in_statement while_statement do_statement switch_case catch_clause"
        " ternary_expression"
    ),
    branch_rules=(logical(r"&&|\|\||\?\?"),),
    imports=(
        {"kind": "import_statement"},
        holding("export_statement", "source", "string"),
        # `require` is a plain call to the grammar, and only one with a literal name can be followed.
        {"kind": "call_expression", "regex": r"^(?:require|import)\s*\(\s*['\"]"},
    ),
    ignored=words(_IGNORED),
    definition=(
        r"\b(?:function\s*\*?|class|const|let|var)\s+NAME\b|^\s*(?:static\s+|async\s+|get\s+|set\s+|\*\s*)*#?NAME\s*\("
        r".*\{\s*$|\bNAME\s*[:=]\s*(?:async\s*)?(?:function\b|\([^()]*\)\s*=>|\w+\s*=>)"
    ),
)

TYPESCRIPT = replace(
    JAVASCRIPT,
    declares=JAVASCRIPT.declares
    | {
        "abstract_class_declaration": Declares(SymbolKind.CLASS),
        "interface_declaration": Declares(SymbolKind.INTERFACE),
        "type_alias_declaration": Declares(SymbolKind.TYPE),
        "enum_declaration": Declares(SymbolKind.ENUM),
        # The grammar has one kind for `namespace A` and another for `declare module "a"`.
        "internal_module": Declares(SymbolKind.MODULE),
        "module": Declares(SymbolKind.MODULE),
        "function_signature": Declares(SymbolKind.FUNCTION),
        "abstract_method_signature": Declares(SymbolKind.METHOD),
        "method_signature": Declares(SymbolKind.METHOD),
    },
    special=(
        *(entry for entry in JAVASCRIPT.special if entry[0].get("kind") != "field_definition"),
        (holding("public_field_definition", "value", _FUNCTIONS), Declares(SymbolKind.METHOD)),
    ),
    binds=JAVASCRIPT.binds | {"required_parameter": ("pattern",), "optional_parameter": ("pattern",)},
    wrappers=JAVASCRIPT.wrappers | {"ambient_declaration"},
    identifiers=JAVASCRIPT.identifiers | {"type_identifier"},
    ignored=words(_IGNORED + " Record Partial Readonly Pick Omit Awaited ReturnType unknown"),
    definition=JAVASCRIPT.definition
    + r"|\b(?:interface|type|enum|namespace|module)\s+NAME\b"
    + r"|^\s*(?:(?:public|private|protected|static|abstract|async|readonly|override)\s+)+#?NAME\s*[(<=]",
)
