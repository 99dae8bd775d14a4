"""The tables of Terraform's language and Solidity."""

from foureyes.code.grammar import Declares, Grammar, SymbolKind, kinds, logical, words

HCL = Grammar(
    special=(
        (
            # Blocks inside of blocks are settings of them (`versioning`) and have no names worth a symbol.
            {"kind": "block", "inside": {"kind": "body", "inside": {"kind": "config_file"}}},
            Declares(SymbolKind.BLOCK, header=r'(\w+(?:\s+"[^"\n]*")*)'),
        ),
    ),
    leading=words("comment"),
    identifiers=words("identifier"),
    calls={"function_call": ""},
    branches=words("conditional for_expr"),
    definition=r'^\s*(?:resource|data|module|variable|output)\s+(?:"\w+"\s+)?"NAME"',
)

SOLIDITY = Grammar(
    declares={
        "contract_declaration": Declares(SymbolKind.CLASS),
        "library_declaration": Declares(SymbolKind.CLASS),
        "interface_declaration": Declares(SymbolKind.INTERFACE),
        "struct_declaration": Declares(SymbolKind.STRUCT),
        "enum_declaration": Declares(SymbolKind.ENUM),
        "function_definition": Declares(SymbolKind.FUNCTION),
        "modifier_definition": Declares(SymbolKind.FUNCTION),
        "constructor_definition": Declares(SymbolKind.METHOD, name=(), unnamed="constructor"),
    },
    leading=words("comment"),
    bodies=words("function_body contract_body struct_body"),
    identifiers=words("identifier"),
    binds={
        "parameter": ("name",),
        "variable_declaration": ("name",),
    },
    calls={"call_expression": ""},
    branches=words("if_statement for_statement while_statement do_while_statement ternary_expression catch_clause"),
    branch_rules=(logical(r"&&|\|\|"),),
    imports=(kinds("import_directive"),),
    ignored=words("msg sender value require revert emit block timestamp address uint256 this abi encode"),
    definition=r"\b(?:contract|library|interface|struct|enum|function|modifier|event|error)\s+NAME\b",
)
