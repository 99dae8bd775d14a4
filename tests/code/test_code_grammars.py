"""The tables of node kinds hold only what the grammars know."""

import re

import pytest
from ast_grep_py import SgRoot

from foureyes.code.definitions import defines
from foureyes.code.grammar import of_kinds
from foureyes.code.grammars import grammar_of
from foureyes.code.languages import Language, has_syntax

LANGUAGES = [language for language in Language if has_syntax(language)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_and_rule_of_a_table_is_known_to_its_grammar(language: Language) -> None:
    grammar = grammar_of(language)
    root = SgRoot("", language.value).root()
    kinds = {*grammar.declares, *grammar.wrappers, *grammar.leading, *grammar.bodies, *grammar.identifiers}
    kinds |= {*grammar.binds, *grammar.calls, *grammar.branches}
    rules = [*of_kinds(kinds), *(rule for rule, _ in grammar.special), *grammar.branch_rules, *grammar.imports]
    for rule in rules:
        root.find_all(**rule)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pattern_of_definitions_is_one(language: Language) -> None:
    definition = grammar_of(language).definition
    assert not definition or "NAME" in definition
    re.compile(definition)


@pytest.mark.parametrize(
    ("line", "name", "language"),
    [
        ("    async def run(self):", "run", Language.PYTHON),
        ("LIMIT: int = 3", "LIMIT", Language.PYTHON),
        ("export const load = async (id) => {", "load", Language.TYPESCRIPT),
        ("  private async load(id: number) {", "load", Language.TYPESCRIPT),
        ("export interface Config extends Base {", "Config", Language.TSX),
        ("func (s *Server) Run(ctx context.Context) error {", "Run", Language.GO),
        ("type Config struct {", "Config", Language.GO),
        ("    public static List<String> names(int limit) {", "names", Language.JAVA),
        ("pub(crate) async fn run() {", "run", Language.RUST),
        ("        public async Task<int> Run(string a)", "Run", Language.CSHARP),
        ("    public function run(string $a): int", "run", Language.PHP),
        ("  def self.empty?(x)", "empty?", Language.RUBY),
        ("    suspend fun <T> List<T>.run(a: Int): T {", "run", Language.KOTLIN),
        ("static int *run(const char *a)", "run", Language.C),
        ("#define LIMIT 3", "LIMIT", Language.C),
        ("int Foo::run(const std::string& a) {", "run", Language.CPP),
        ("    func run(_ a: String) throws {", "run", Language.SWIFT),
        ("  def run(a: String): Int = {", "run", Language.SCALA),
        ("function M.run(a)", "run", Language.LUA),
        ("  defp run(a, b) do", "run", Language.ELIXIR),
        ("run() {", "run", Language.BASH),
        ('resource "aws_s3_bucket" "logs" {', "logs", Language.HCL),
        ("contract Token is ERC20 {", "Token", Language.SOLIDITY),
    ],
)
def test_lines_that_define_a_name_are_told_apart(line: str, name: str, language: Language) -> None:
    assert defines(line, name, language)
    assert not defines(line, name + "Other", language)


@pytest.mark.parametrize(
    ("line", "name", "language"),
    [
        ("    value = run(1)", "run", Language.PYTHON),
        ("if limit == LIMIT:", "LIMIT", Language.PYTHON),
        ("    return load(id);", "load", Language.TYPESCRIPT),
        ("	err := s.Run(ctx)", "Run", Language.GO),
        ("        names(3);", "names", Language.JAVA),
        ("    run(a);", "run", Language.C),
        ("anything", "anything", Language.MARKDOWN),
        ("anything", "anything", None),
    ],
)
def test_lines_that_use_a_name_do_not_define_it(line: str, name: str, language: Language | None) -> None:
    assert not defines(line, name, language)


MORE_DEFINITIONS: list[tuple[Language, str, list[str]]] = [
    (Language.PYTHON, "type NAME = int", ["class NAME(Base):", "class NAME:", "def NAME(", "NAME = 1"]),
    (
        Language.JAVASCRIPT,
        "function* NAME() {",
        ["async function NAME(a) {", "class NAME {", "let NAME;", "exports.NAME = function (a) {", "  NAME: (a) => 1,"],
    ),
    (Language.TYPESCRIPT, "enum NAME {", ["export type NAME = string", "  readonly NAME = 1", "declare module NAME {"]),
    (Language.GO, "func NAME(a int) {", ["func (f *Foo[T]) NAME() {", "var NAME = 1", "	NAME struct {"]),
    (Language.RUST, "pub enum NAME<T> {", ["static mut NAME: i32 = 1;", "macro_rules! NAME {", "trait NAME: Other {"]),
    (
        Language.JAVA,
        "public record NAME(int a) {",
        ["@interface NAME {", "    NAME(int a) {", "static final int NAME = 1;"],
    ),
    (Language.KOTLIN, "object NAME {", ["typealias NAME = Int", "private val NAME: Int", "fun NAME() = 1"]),
    (Language.CSHARP, "public record NAME(int A);", ["    public int NAME { get; }", "    public string NAME => 1;"]),
    (Language.PHP, "abstract class NAME {", ["interface NAME", "define('NAME', 1);", "    const NAME = 1;"]),
    (Language.RUBY, "module A::NAME", ["class NAME < Base", "NAME = 1", "  private def NAME(a)"]),
    (Language.SCALA, "case class NAME(a: Int)", ["object NAME {", "  implicit lazy val NAME = 1"]),
    (Language.SWIFT, "public final class NAME {", ["extension NAME: P {", "static let NAME = 1"]),
    (
        Language.CPP,
        "class NAME : public Base {",
        ["using NAME = int;", "namespace NAME {", "  void NAME(int a) const {"],
    ),
    (Language.LUA, "local function NAME(a)", ["M.NAME = function(a)", "function M:NAME(a)"]),
]


@pytest.mark.parametrize(("language", "first", "more"), MORE_DEFINITIONS)
def test_many_ways_to_define_are_known(language: Language, first: str, more: list[str]) -> None:
    for line in (first, *more):
        assert defines(line.replace("NAME", "Thing"), "Thing", language), line
        assert not defines(line.replace("NAME", "Things"), "Thing", language), line


def test_a_name_is_taken_letter_by_letter() -> None:
    assert not defines("def axb(): ...", "a.b", Language.PYTHON)
