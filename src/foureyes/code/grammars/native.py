"""The tables of C, C++ and C#."""

from dataclasses import replace

from foureyes.code.grammar import Declares, Grammar, SymbolKind, holding, kinds, logical, words

_C_IGNORED = (
    "NULL size_t ssize_t uint8_t uint16_t uint32_t uint64_t int8_t int16_t int32_t int64_t uintptr_t bool true false"
    " printf fprintf snprintf sprintf malloc calloc realloc free memcpy memset memmove strlen strcmp strncmp strcpy"
    " assert FILE stderr stdout errno va_list"
)

C = Grammar(
    declares={
        "function_definition": Declares(SymbolKind.FUNCTION, name=("declarator",)),
        "type_definition": Declares(SymbolKind.TYPE, name=("declarator",)),
        "preproc_def": Declares(SymbolKind.MACRO, outer=True),
        "preproc_function_def": Declares(SymbolKind.MACRO),
        "declaration": Declares(SymbolKind.CONSTANT, name=("declarator",), outer=True),
    },
    special=(
        (holding("struct_specifier", "body", "field_declaration_list"), Declares(SymbolKind.STRUCT)),
        (holding("union_specifier", "body", "field_declaration_list"), Declares(SymbolKind.STRUCT)),
        (holding("enum_specifier", "body", "enumerator_list"), Declares(SymbolKind.ENUM)),
        (
            {
                "kind": "declaration",
                "has": {
                    "field": "declarator",
                    "any": [{"kind": "function_declarator"}, {"kind": "pointer_declarator"}],
                },
                # A prototype ends in its parameters; a pointer that is initialised by a call does not.
                "regex": r"\)[\s\w]*;\s*$",
            },
            Declares(SymbolKind.FUNCTION, name=("declarator",), outer=True),
        ),
    ),
    leading=words("comment"),
    identifiers=words("identifier type_identifier field_identifier"),
    binds={
        "init_declarator": ("declarator",),
        "declaration": ("declarator",),
        "parameter_declaration": ("declarator",),
        "assignment_expression": ("left",),
    },
    calls={"call_expression": "function"},
    branches=words("if_statement for_statement while_statement do_statement case_statement conditional_expression"),
    branch_rules=(logical(r"&&|\|\|"),),
    imports=(kinds("preproc_include"),),
    ignored=words(_C_IGNORED),
    definition=(
        r"^#\s*define\s+NAME\b|\b(?:struct|union|enum|class)\s+NAME\s*(?:[:{]|$)|^typedef\b.*\bNAME\s*;"
        r"|^\}\s*NAME\s*;|^[A-Za-z_][\w\s*&:<>,~]*\bNAME\s*\([^;]*$"
    ),
)

CPP = replace(
    C,
    declares=C.declares
    | {
        "namespace_definition": Declares(SymbolKind.MODULE),
        "alias_declaration": Declares(SymbolKind.TYPE, outer=True),
        "concept_definition": Declares(SymbolKind.TYPE),
    },
    special=(
        *C.special,
        (holding("class_specifier", "body", "field_declaration_list"), Declares(SymbolKind.CLASS)),
        (
            # A method that is only declared in its class is a field to the grammar.
            holding("field_declaration", "declarator", "function_declarator"),
            Declares(SymbolKind.METHOD, name=("declarator",)),
        ),
    ),
    # Without this the line `template <...>` would belong to no symbol, and a change of it to none.
    wrappers=words("template_declaration"),
    identifiers=C.identifiers | {"namespace_identifier"},
    binds=C.binds | {"for_range_loop": ("declarator",), "structured_binding_declarator": ("identifier",)},
    calls={"call_expression": "function", "new_expression": "type"},
    branches=C.branches | {"for_range_loop", "catch_clause"},
    separator="::",
    ignored=words(
        _C_IGNORED
        + " std string vector map set unique_ptr shared_ptr make_unique make_shared move forward cout cerr endl"
        " size begin end push_back emplace_back get empty c_str optional nullopt pair string_view"
    ),
    definition=C.definition
    + r"|\b(?:using|concept|namespace)\s+NAME\b|^\s+(?:[\w:<>,*&]+\s+)+[*&]?NAME\s*\([^;]*[{:]?\s*$",
)

CSHARP = Grammar(
    declares={
        "namespace_declaration": Declares(SymbolKind.MODULE),
        "class_declaration": Declares(SymbolKind.CLASS),
        "record_declaration": Declares(SymbolKind.CLASS),
        "struct_declaration": Declares(SymbolKind.STRUCT),
        "interface_declaration": Declares(SymbolKind.INTERFACE),
        "enum_declaration": Declares(SymbolKind.ENUM),
        "delegate_declaration": Declares(SymbolKind.TYPE),
        "method_declaration": Declares(SymbolKind.METHOD),
        "constructor_declaration": Declares(SymbolKind.METHOD),
        "destructor_declaration": Declares(SymbolKind.METHOD, name=(), unnamed="Finalize"),
        # These have no names of their own; without one they would not be symbols at all.
        "operator_declaration": Declares(SymbolKind.METHOD, name=("operator",), unnamed="operator"),
        "conversion_operator_declaration": Declares(SymbolKind.METHOD, name=(), unnamed="operator"),
        "indexer_declaration": Declares(SymbolKind.PROPERTY, name=(), unnamed="this"),
        "property_declaration": Declares(SymbolKind.PROPERTY),
        "local_function_statement": Declares(SymbolKind.FUNCTION),
    },
    special=(
        (
            {"kind": "field_declaration", "has": {"kind": "modifier", "regex": "^(?:const|static)$"}},
            Declares(SymbolKind.CONSTANT, name=("variable_declaration", "variable_declarator", "name")),
        ),
    ),
    leading=words("comment"),
    bodies=words("accessor_list block declaration_list"),
    identifiers=words("identifier"),
    binds={
        "variable_declarator": ("name",),
        "parameter": ("name",),
        "foreach_statement": ("left",),
        "catch_declaration": ("name",),
        "declaration_pattern": ("name",),
        "declaration_expression": ("name",),
        "lambda_expression": ("parameters",),
    },
    calls={"invocation_expression": "function", "object_creation_expression": "type"},
    branches=words(
        "if_statement for_statement foreach_statement while_statement do_statement catch_clause"
        " switch_expression_arm switch_section conditional_expression"
    ),
    branch_rules=(logical(r"&&|\|\||\?\?"),),
    imports=(kinds("using_directive"),),
    ignored=words(
        "var String Object List Dictionary Task Exception Console WriteLine ToString Equals Add Count Length"
        " nameof IEnumerable IList Select Where ToList First FirstOrDefault Any All async value await"
    ),
    definition=(
        r"\b(?:class|interface|struct|enum|record|delegate)\s+NAME\b"
        r"|^\s*(?:\[[^\]]*\]\s*)*(?:[\w<>\[\],.?]+\s+)+NAME\s*(?:<[^>]*>)?\s*(?:\([^;]*$|\{|=>)"
    ),
)
