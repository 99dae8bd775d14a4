"""The tables of Java, Kotlin and Scala."""

from foureyes.code.grammar import LAST, Declares, Grammar, SymbolKind, holding, kinds, logical, words

JAVA = Grammar(
    declares={
        "class_declaration": Declares(SymbolKind.CLASS),
        "record_declaration": Declares(SymbolKind.CLASS),
        "interface_declaration": Declares(SymbolKind.INTERFACE),
        "annotation_type_declaration": Declares(SymbolKind.INTERFACE),
        "enum_declaration": Declares(SymbolKind.ENUM),
        "method_declaration": Declares(SymbolKind.METHOD),
        "constructor_declaration": Declares(SymbolKind.METHOD),
        "compact_constructor_declaration": Declares(SymbolKind.METHOD),
    },
    special=(
        (
            {"kind": "field_declaration", "has": {"kind": "modifiers", "regex": r"\bstatic\b"}},
            Declares(SymbolKind.CONSTANT, name=("declarator", "name"), outer=True),
        ),
    ),
    leading=words("line_comment block_comment"),
    identifiers=words("identifier type_identifier"),
    binds={
        "variable_declarator": ("name",),
        "formal_parameter": ("name",),
        "spread_parameter": ("variable_declarator",),
        "catch_formal_parameter": ("name",),
        "enhanced_for_statement": ("name",),
        "lambda_expression": ("parameters",),
        "resource": ("name",),
        "instanceof_expression": ("name",),
    },
    calls={
        "method_invocation": "name",
        "object_creation_expression": "type",
        # In `Coupon::apply` the type comes first, and what will be called comes last.
        "method_reference": LAST,
        "explicit_constructor_invocation": "constructor",
    },
    branches=words(
        "if_statement for_statement enhanced_for_statement while_statement do_statement catch_clause"
        " ternary_expression switch_label"
    ),
    branch_rules=(logical(r"&&|\|\|"),),
    imports=(kinds("import_declaration"),),
    ignored=words(
        "String Integer Long Boolean Double Float Object List Map Set Optional Exception RuntimeException"
        " Override System out println toString equals hashCode get size add put var length"
    ),
    definition=(
        r"\b(?:class|interface|enum|record|@interface)\s+NAME\b"
        r"|^\s*(?:@\w+\s+)*(?:[\w<>\[\],.?@&]+\s+)+NAME\s*\([^;]*$"
        r"|^\s*NAME\s*\([^;]*\)[^;]*\{|\bfinal\s+[\w<>\[\],.? ]+\s+NAME\s*="
    ),
)

KOTLIN = Grammar(
    declares={
        "class_declaration": Declares(SymbolKind.CLASS, name=("type_identifier",)),
        "object_declaration": Declares(SymbolKind.CLASS, name=("type_identifier",)),
        # Most companions, all initialisers and constructors have no name; Kotlin's own words stand for them.
        "companion_object": Declares(SymbolKind.CLASS, name=("type_identifier",), unnamed="Companion"),
        "function_declaration": Declares(SymbolKind.FUNCTION, name=("simple_identifier",)),
        "secondary_constructor": Declares(SymbolKind.METHOD, name=("simple_identifier",), unnamed="constructor"),
        "anonymous_initializer": Declares(SymbolKind.METHOD, name=("simple_identifier",), unnamed="init"),
        "type_alias": Declares(SymbolKind.TYPE, name=("type_identifier",)),
    },
    special=(
        (
            {"kind": "property_declaration", "inside": {"kind": "source_file"}},
            Declares(SymbolKind.CONSTANT, name=("variable_declaration", "simple_identifier")),
        ),
        # The grammar calls all of them classes; only the keyword tells them apart.
        (
            {"kind": "class_declaration", "has": {"regex": "^interface$"}},
            Declares(SymbolKind.INTERFACE, name=("type_identifier",)),
        ),
        (
            {"kind": "class_declaration", "has": {"regex": "^enum$"}},
            Declares(SymbolKind.ENUM, name=("type_identifier",)),
        ),
    ),
    leading=words("line_comment multiline_comment"),
    bodies=words("class_body function_body enum_class_body statements"),
    identifiers=words("simple_identifier type_identifier"),
    binds={
        "variable_declaration": ("simple_identifier",),
        "parameter": ("simple_identifier",),
        "class_parameter": ("simple_identifier",),
        "catch_block": ("simple_identifier",),
    },
    calls={"call_expression": "", "constructor_invocation": ""},
    branches=words(
        "if_expression for_statement while_statement do_while_statement catch_block when_entry"
        " conjunction_expression disjunction_expression elvis_expression"
    ),
    imports=(kinds("import_header"),),
    ignored=words(
        "it String Int Long Boolean Double Float Any Unit List Map Set MutableList MutableMap Exception println"
        " get set let also apply run with map filter forEach listOf mapOf setOf to field value size"
    ),
    definition=(
        r"\b(?:class|interface|object|typealias)\s+NAME\b|\bfun\s+(?:<[^>]*>\s*)?(?:[\w<>?]+\.)?NAME\s*[(<]"
        r"|^\s*(?:\w+\s+)*va[lr]\s+(?:[\w<>*?]+\.)?NAME\b"
    ),
)

SCALA = Grammar(
    declares={
        "class_definition": Declares(SymbolKind.CLASS),
        "object_definition": Declares(SymbolKind.CLASS),
        "package_object": Declares(SymbolKind.MODULE),
        "trait_definition": Declares(SymbolKind.TRAIT),
        "enum_definition": Declares(SymbolKind.ENUM),
        "function_definition": Declares(SymbolKind.FUNCTION),
        "function_declaration": Declares(SymbolKind.FUNCTION),
        "given_definition": Declares(SymbolKind.CONSTANT),
        "type_definition": Declares(SymbolKind.TYPE),
    },
    special=(
        (
            holding("val_definition", "pattern", "identifier"),
            Declares(SymbolKind.CONSTANT, name=("pattern",), outer=True),
        ),
    ),
    leading=words("comment block_comment"),
    identifiers=words("identifier type_identifier"),
    binds={
        "val_definition": ("pattern",),
        "var_definition": ("pattern",),
        "parameter": ("name",),
        "class_parameter": ("name",),
        "lambda_expression": ("parameters",),
        "case_clause": ("pattern",),
        "enumerator": ("identifier",),
    },
    calls={"call_expression": "function", "instance_expression": ""},
    branches=words("if_expression for_expression while_expression do_while_expression case_clause guard"),
    branch_rules=({"kind": "operator_identifier", "regex": r"^(?:&&|\|\|)$"},),
    imports=(kinds("import_declaration"),),
    ignored=words(
        "String Int Long Boolean Double Unit Any List Map Set Option Some None Seq Nil Left Right Future Try"
        " println map filter foreach flatMap apply get getOrElse size toString"
    ),
    definition=r"\b(?:class|object|trait|enum|def|type|given)\s+NAME\b|^\s*(?:[\w\[\]]+\s+)*va[lr]\s+NAME\b",
)
