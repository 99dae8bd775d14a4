"""The table of Python."""

from foureyes.code.grammar import Declares, Grammar, SymbolKind, kinds, words

PYTHON = Grammar(
    declares={
        "function_definition": Declares(SymbolKind.FUNCTION),
        "class_definition": Declares(SymbolKind.CLASS),
        "type_alias_statement": Declares(SymbolKind.TYPE, name=("type",), outer=True),
    },
    special=(
        (
            {
                "kind": "assignment",
                "has": {"field": "left", "kind": "identifier"},
                # Attributes of classes and locals are assignments too; only those of the module are constants.
                "inside": {"kind": "expression_statement", "inside": {"kind": "module"}},
            },
            Declares(SymbolKind.CONSTANT, name=("left",)),
        ),
    ),
    wrappers=words("decorated_definition expression_statement"),
    leading=words("comment"),
    identifiers=words("identifier"),
    binds={
        "assignment": ("left",),
        "augmented_assignment": ("left",),
        "named_expression": ("name",),
        "for_statement": ("left",),
        "for_in_clause": ("left",),
        "as_pattern_target": ("identifier",),
        "parameters": ("identifier",),
        "typed_parameter": ("identifier",),
        "default_parameter": ("name",),
        "typed_default_parameter": ("name",),
        "list_splat_pattern": ("identifier",),
        "dictionary_splat_pattern": ("identifier",),
        "lambda_parameters": ("identifier",),
        # The name in `f(name=1)` belongs to what is called and is defined nowhere else.
        "keyword_argument": ("name",),
    },
    calls={"call": "function", "decorator": ""},
    branches=words(
        "if_statement elif_clause for_statement while_statement except_clause case_clause conditional_expression"
        " boolean_operator for_in_clause if_clause assert_statement"
    ),
    imports=(kinds("import_statement import_from_statement"),),
    ignored=words(
        "self cls _ __name__ __file__ __all__ abs all any bool bytearray bytes callable chr classmethod dict dir"
        " divmod enumerate eval exec filter float format frozenset getattr globals hasattr hash hex id input int"
        " isinstance issubclass iter len list locals map max memoryview min next object oct open ord pow print"
        " property range repr reversed round set setattr slice sorted staticmethod str sum super tuple type vars"
        " zip Exception BaseException ValueError TypeError KeyError IndexError AttributeError RuntimeError OSError"
        " StopIteration AssertionError NotImplementedError NotImplemented FileNotFoundError Any Optional Union"
        " List Dict Tuple Set Callable Iterable Iterator Sequence Mapping annotations"
    ),
    definition=r"^\s*(?:async\s+def|def|class|type)\s+NAME\b|^NAME\s*(?::[^=]+)?=[^=]",
)
