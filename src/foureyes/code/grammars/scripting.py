"""The tables of PHP, Ruby, Lua, Elixir and shell."""

from foureyes.code.grammar import Declares, Grammar, SymbolKind, holding, kinds, logical, words

PHP = Grammar(
    declares={
        "class_declaration": Declares(SymbolKind.CLASS),
        "interface_declaration": Declares(SymbolKind.INTERFACE),
        "trait_declaration": Declares(SymbolKind.TRAIT),
        "enum_declaration": Declares(SymbolKind.ENUM),
        "function_definition": Declares(SymbolKind.FUNCTION),
        "method_declaration": Declares(SymbolKind.METHOD),
        "const_element": Declares(SymbolKind.CONSTANT, name=("name",), outer=True),
    },
    special=(
        (
            # `namespace A;` without braces holds nothing; as a symbol it would be one line that nothing is in.
            holding("namespace_definition", "body", "compound_statement"),
            Declares(SymbolKind.MODULE),
        ),
    ),
    wrappers=words("const_declaration"),
    leading=words("comment"),
    # Variables are another kind of node (`variable_name`), so that only names which others may define are left.
    identifiers=words("name"),
    calls={
        "function_call_expression": "function",
        "member_call_expression": "name",
        "nullsafe_member_call_expression": "name",
        "scoped_call_expression": "name",
        "object_creation_expression": "",
    },
    branches=words(
        "if_statement else_if_clause for_statement foreach_statement while_statement do_statement case_statement"
        " catch_clause conditional_expression match_conditional_expression"
    ),
    branch_rules=(logical(r"&&|\|\||\?\?|and|or"),),
    imports=(
        kinds("namespace_use_declaration"),
        kinds("require_expression require_once_expression include_expression include_once_expression"),
    ),
    separator="::",
    ignored=words(
        "self static parent this true false null TRUE FALSE NULL string int bool float array callable iterable"
        " void mixed count isset empty strlen strpos str_replace implode explode array_map array_filter"
        " array_merge in_array sprintf printf is_array is_string is_null json_encode json_decode Exception"
    ),
    definition=r"\b(?:function\s+&?|class|interface|trait|enum|const)\s*\bNAME\b|\bdefine\(\s*['\"]NAME['\"]",
)

RUBY = Grammar(
    declares={
        "module": Declares(SymbolKind.MODULE),
        "class": Declares(SymbolKind.CLASS),
        "method": Declares(SymbolKind.FUNCTION),
        "singleton_method": Declares(SymbolKind.METHOD),
    },
    special=(
        (
            holding("assignment", "left", "constant"),
            Declares(SymbolKind.CONSTANT, name=("left",), outer=True),
        ),
    ),
    leading=words("comment"),
    bodies=words("body_statement"),
    identifiers=words("identifier constant"),
    binds={
        "assignment": ("left",),
        "operator_assignment": ("left",),
        "method_parameters": ("identifier",),
        "block_parameters": ("identifier",),
        "lambda_parameters": ("identifier",),
        "optional_parameter": ("name",),
        "keyword_parameter": ("name",),
        "splat_parameter": ("name",),
        "hash_splat_parameter": ("name",),
        "block_parameter": ("name",),
        "exception_variable": ("identifier",),
        "for": ("pattern",),
    },
    calls={"call": "method"},
    branches=words("if elsif unless while until for when in_clause rescue conditional if_modifier unless_modifier"),
    branch_rules=(logical(r"&&|\|\||and|or", "binary"),),
    # Ruby has no import: these are method calls like any other.
    imports=({"kind": "call", "regex": r"^(?:require|require_relative|load)\b"},),
    separator="::",
    ignored=words(
        "self nil true false puts print p raise require require_relative include extend attr_reader attr_writer"
        " attr_accessor private public protected new initialize each map select reject to_s to_i to_sym nil?"
        " empty? lambda proc loop freeze class send respond_to? is_a? String Integer Hash Array Symbol"
        " StandardError block_given?"
    ),
    definition=r"^\s*(?:\w+\s+)?(?:def\s+(?:self\.|\w+\.)?|class\s+(?:\w+::)*|module\s+(?:\w+::)*)NAME\b|^\s*NAME\s*=[^=~>]",
)

LUA = Grammar(
    declares={"function_declaration": Declares(SymbolKind.FUNCTION)},
    special=(
        (
            {
                "kind": "assignment_statement",
                "has": {"kind": "expression_list", "has": {"kind": "function_definition"}},
            },
            Declares(SymbolKind.FUNCTION, name=("variable_list", "name")),
        ),
    ),
    wrappers=words("variable_declaration"),
    leading=words("comment"),
    identifiers=words("identifier"),
    binds={
        "variable_list": ("name",),
        "parameters": ("name",),
        "for_numeric_clause": ("name",),
    },
    calls={"function_call": "name"},
    branches=words("if_statement elseif_statement for_statement while_statement repeat_statement"),
    branch_rules=(logical("and|or"),),
    imports=({"kind": "function_call", "regex": r"^require\b"},),
    ignored=words(
        "self _ print pairs ipairs require type tostring tonumber error assert pcall setmetatable getmetatable"
        " string table math io os next select unpack"
    ),
    definition=r"\bfunction\s+(?:[\w.]+[.:])?NAME\s*\(|\bNAME\s*=\s*function\b",
)

_DEFINES = r"^(?:defp?|defmacrop?|defguardp?|defdelegate)\s"

ELIXIR = Grammar(
    special=(
        # To the grammar of Elixir all definitions are calls of macros; only their first words tell them apart.
        ({"kind": "call", "regex": r"^defmodule\s"}, Declares(SymbolKind.MODULE, header=r"defmodule\s+([\w.]+)")),
        (
            {"kind": "call", "regex": r"^defprotocol\s"},
            Declares(SymbolKind.INTERFACE, header=r"defprotocol\s+([\w.]+)"),
        ),
        ({"kind": "call", "regex": r"^defimpl\s"}, Declares(SymbolKind.EXTENSION, header=r"defimpl\s+([\w.]+)")),
        ({"kind": "call", "regex": _DEFINES}, Declares(SymbolKind.FUNCTION, header=r"def\w*\s+([\w?!]+)")),
    ),
    leading=words("comment"),
    bodies=words("do_block"),
    identifiers=words("identifier alias"),
    calls={"call": "target"},
    branches=words("stab_clause"),
    branch_rules=(
        {"kind": "call", "regex": r"^(?:if|unless|for|with)\b"},
        logical(r"&&|\|\||and|or", "binary_operator"),
    ),
    imports=({"kind": "call", "regex": r"^(?:alias|import|require|use)\s"},),
    ignored=words(
        "def defp defmodule defmacro defmacrop defstruct do end if unless case cond with for fn when alias import"
        " require use raise moduledoc doc spec type impl is_nil is_binary is_list is_map is_atom is_integer Enum"
        " Map List String self send receive IO"
    ),
    definition=r"^\s*def\w*\s+(?:[\w.]+\.)?NAME\b",
)

BASH = Grammar(
    declares={"function_definition": Declares(SymbolKind.FUNCTION)},
    leading=words("comment"),
    identifiers=words("command_name variable_name"),
    binds={
        "variable_assignment": ("name",),
        "for_statement": ("variable",),
    },
    calls={"command": "name"},
    branches=words(
        "if_statement elif_clause for_statement c_style_for_statement while_statement case_item ternary_expression"
    ),
    # The shell has these operators twice: between commands and in tests.
    branch_rules=(logical(r"&&|\|\|", "list"), logical(r"&&|\|\|")),
    imports=({"kind": "command", "regex": r"^(?:source|\.)\s"},),
    ignored=words(
        "echo cd ls rm cp mv mkdir cat grep sed awk test printf exit return set export local source true false"
        " read shift trap eval exec kill sleep find xargs curl git [ . :"
    ),
    definition=r"^\s*(?:function\s+NAME\b|NAME\s*\(\s*\))",
)
