"""The tables of Go, Rust and Swift."""

from ast_grep_py import Rule

from foureyes.code.grammar import Declares, Grammar, SymbolKind, holding, kinds, logical, words

GO = Grammar(
    declares={
        "function_declaration": Declares(SymbolKind.FUNCTION),
        "method_declaration": Declares(SymbolKind.METHOD, owner=("receiver",)),
        "type_spec": Declares(SymbolKind.TYPE),
        "type_alias": Declares(SymbolKind.TYPE),
        "const_spec": Declares(SymbolKind.CONSTANT, outer=True),
        "var_spec": Declares(SymbolKind.CONSTANT, outer=True),
    },
    special=(
        (holding("type_spec", "type", "struct_type"), Declares(SymbolKind.STRUCT)),
        (holding("type_spec", "type", "interface_type"), Declares(SymbolKind.INTERFACE)),
    ),
    # `type ( ... )` holds many; a wrapper around a single one gives it the comment above.
    wrappers=words("type_declaration const_declaration var_declaration"),
    leading=words("comment"),
    identifiers=words("identifier type_identifier field_identifier package_identifier"),
    binds={
        "short_var_declaration": ("left",),
        "assignment_statement": ("left",),
        "range_clause": ("left",),
        "parameter_declaration": ("name",),
        "var_spec": ("name",),
        "const_spec": ("name",),
    },
    calls={"call_expression": "function", "composite_literal": "type"},
    branches=words("if_statement for_statement expression_case type_case communication_case"),
    branch_rules=(logical(r"&&|\|\|"),),
    imports=(kinds("import_spec"),),
    ignored=words(
        "_ nil true false iota append cap close copy delete len make new panic print println recover string int"
        " int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 byte rune float32 float64 bool error any"
        " comparable min max clear fmt err ctx Error String Errorf Sprintf Printf Println Context context"
    ),
    definition=(
        r"^func\s+(?:\([^)]*\)\s*)?NAME\s*[\[(]|^\s*(?:type\s+)?NAME\s+(?:struct|interface)\b|^type\s+NAME\b"
        r"|^(?:const|var)\s+NAME\b"
    ),
)

RUST = Grammar(
    declares={
        "function_item": Declares(SymbolKind.FUNCTION),
        "function_signature_item": Declares(SymbolKind.FUNCTION),
        "struct_item": Declares(SymbolKind.STRUCT),
        "union_item": Declares(SymbolKind.STRUCT),
        "enum_item": Declares(SymbolKind.ENUM),
        "trait_item": Declares(SymbolKind.TRAIT),
        # An `impl` is named after its type, so that methods are qualified as they are called.
        "impl_item": Declares(SymbolKind.EXTENSION, name=("type",)),
        "type_item": Declares(SymbolKind.TYPE, outer=True),
        "const_item": Declares(SymbolKind.CONSTANT, outer=True),
        "static_item": Declares(SymbolKind.CONSTANT, outer=True),
        "macro_definition": Declares(SymbolKind.MACRO),
    },
    special=((holding("mod_item", "body", "declaration_list"), Declares(SymbolKind.MODULE)),),
    leading=words("line_comment block_comment attribute_item"),
    identifiers=words("identifier type_identifier field_identifier shorthand_field_identifier"),
    binds={
        "let_declaration": ("pattern",),
        "let_condition": ("pattern",),
        "parameter": ("pattern",),
        "closure_parameters": ("identifier",),
        "for_expression": ("pattern",),
        "match_arm": ("pattern",),
    },
    calls={"call_expression": "function", "macro_invocation": "macro", "struct_expression": "name"},
    branches=words("if_expression for_expression while_expression loop_expression match_arm try_expression"),
    branch_rules=(logical(r"&&|\|\|"),),
    # `mod x;` draws in another file, `mod x { }` is a part of this one.
    imports=(kinds("use_declaration extern_crate_declaration"), {"kind": "mod_item", "regex": r";\s*$"}),
    separator="::",
    ignored=words(
        "self Self Some None Ok Err Vec String Option Result Box Rc Arc str usize isize u8 u16 u32 u64 i8 i16 i32"
        " i64 f32 f64 bool println print format panic assert assert_eq vec write writeln unwrap expect clone into"
        " iter map collect len to_string as_str as_ref new from default push get std derive Debug Clone Copy"
        " Default cfg test"
    ),
    definition=(r"\b(?:fn|struct|enum|trait|union|type|mod|const|static(?:\s+mut)?)\s+NAME\b|\bmacro_rules!\s+NAME\b"),
)


def _said_to_be(keyword: str) -> Rule:
    return {"kind": "class_declaration", "has": {"field": "declaration_kind", "regex": f"^{keyword}$"}}


SWIFT = Grammar(
    declares={
        "class_declaration": Declares(SymbolKind.CLASS),
        "protocol_declaration": Declares(SymbolKind.INTERFACE),
        "function_declaration": Declares(SymbolKind.FUNCTION),
        "protocol_function_declaration": Declares(SymbolKind.METHOD),
        "init_declaration": Declares(SymbolKind.METHOD, name=(), unnamed="init"),
        "deinit_declaration": Declares(SymbolKind.METHOD, name=(), unnamed="deinit"),
        "subscript_declaration": Declares(SymbolKind.METHOD, name=(), unnamed="subscript"),
        "typealias_declaration": Declares(SymbolKind.TYPE),
    },
    special=(
        # The grammar calls all of these classes; an extension differs in that its name is a type which is used.
        (
            holding("class_declaration", "name", "user_type"),
            Declares(SymbolKind.EXTENSION),
        ),
        (_said_to_be("struct"), Declares(SymbolKind.STRUCT)),
        (_said_to_be("enum"), Declares(SymbolKind.ENUM)),
        ({"kind": "property_declaration", "inside": {"kind": "source_file"}}, Declares(SymbolKind.CONSTANT)),
    ),
    leading=words("comment multiline_comment"),
    identifiers=words("simple_identifier type_identifier"),
    binds={
        "property_declaration": ("name",),
        "parameter": ("name",),
        "for_statement": ("pattern",),
        "lambda_parameter": ("name",),
        "catch_block": ("pattern",),
        "guard_statement": ("simple_identifier",),
        "if_statement": ("simple_identifier",),
    },
    calls={"call_expression": ""},
    branches=words(
        "if_statement guard_statement for_statement while_statement repeat_while_statement catch_block"
        " switch_entry ternary_expression conjunction_expression disjunction_expression nil_coalescing_expression"
    ),
    imports=(kinds("import_declaration"),),
    ignored=words(
        "String Int Double Float Bool Array Dictionary Set Any AnyObject Void Error print map filter forEach"
        " count append first last isEmpty init discardableResult objc MainActor"
    ),
    definition=(
        r"\b(?:class|struct|enum|protocol|extension|actor|func|typealias)\s+NAME\b|^\s*(?:\w+\s+)*(?:let|var)\s+NAME\b"
    ),
)
