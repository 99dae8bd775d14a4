"""Names that lines use, and names that they call."""

from textwrap import dedent

import pytest

from foureyes.code.languages import Language
from foureyes.code.syntax import Syntax

SOURCES: dict[Language, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    Language.PYTHON: (
        """\
        def run(self, x: Config, *args, key=DEFAULT, **kw):
            for i, (j, k) in enumerate(x):
                y = self.helper(i, limit=LIMIT)
            with opened(x) as fh:
                return [parse(q) for q in fh if y and j and k]
        """,
        ("Config", "DEFAULT", "helper", "LIMIT", "opened", "parse"),
        ("helper", "opened", "parse"),
    ),
    Language.TYPESCRIPT: (
        """\
        function run(a: Config, {p, q: r}: Options, ...rest: Item[]) {
          const x = load(a)?.value ?? FALLBACK;
          for (const i of rest) { new Widget(i, { size: x }); }
          return (z) => z + p + r;
        }
        """,
        ("Config", "Options", "Item", "load", "value", "FALLBACK", "Widget"),
        ("load", "Widget"),
    ),
    Language.GO: (
        """\
        func (s *Server) Run(ctx Context2, n int) (r int, err error) {
            for i, v := range s.items { x := helper(v); store.Save(x, i) }
            var z Config = Config{Name: "a"}
            return
        }
        """,
        ("Server", "Context2", "items", "helper", "store", "Save", "Config", "Name"),
        ("helper", "Save", "Config"),
    ),
    Language.JAVA: (
        """\
        class A { int run(Config a) {
            int y = repo.find(a);
            for (Item i : items) { new Widget(i); }
            try { list.stream(z -> z.name()); } catch (OddException e) { }
        } }
        """,
        ("Config", "repo", "find", "Item", "items", "Widget", "list", "stream", "name", "OddException"),
        ("find", "Widget", "stream", "name"),
    ),
    Language.RUST: (
        """\
        fn run(a: &Config) -> Output {
            let (p, q) = split(a)?;
            if let Wrapped(z) = p { q.finish(z); }
            audit!(LIMIT);
        }
        """,
        ("Config", "Output", "split", "Wrapped", "finish", "audit", "LIMIT"),
        ("split", "finish", "audit"),
    ),
    Language.CSHARP: (
        "class A { void Run(Config a) { var y = _repo.Find(a); foreach (var i in y) { new Widget(i); } } }",
        ("Config", "_repo", "Find", "Widget"),
        ("Find", "Widget"),
    ),
    Language.PHP: (
        "<?php function run(Config $a) { $y = $this->repo->find($a); return Helper::make(new Widget($y)); }",
        ("Config", "repo", "find", "Helper", "make", "Widget"),
        ("find", "make", "Widget"),
    ),
    Language.RUBY: (
        "def run(a, *rest, key: DEFAULT, &blk)\n  y = helper(a)\n  rest.collect { |i| Widget.make(i, y) }\nend\n",
        ("DEFAULT", "helper", "collect", "Widget", "make"),
        ("helper", "collect", "make"),
    ),
    Language.KOTLIN: (
        "fun run(a: Config): Output {\n  val y = repo.find(a)\n  for (i in y) { audit(i) }\n  return Output(y)\n}\n",
        ("Config", "Output", "repo", "find", "audit"),
        ("find", "audit", "Output"),
    ),
    Language.C: (
        "int run(config_t *a) {\n  int y = helper(a), *p;\n  p = a->next;\n  return MAX_SIZE;\n}\n",
        ("config_t", "helper", "next", "MAX_SIZE"),
        ("helper",),
    ),
    Language.CPP: (
        "int Foo::run(const Config& a) {\n  for (auto& v : items) { audit(v); }\n  auto y = repo->find(a);\n"
        "  auto p = new Widget(y);\n  return util::clamp(y, LIMIT);\n}\n",
        ("Foo", "Config", "items", "audit", "repo", "find", "Widget", "util", "clamp", "LIMIT"),
        ("audit", "find", "Widget", "clamp"),
    ),
    Language.SWIFT: (
        "func run(_ a: Config) throws -> Output {\n  let y = try repo.find(a)\n  for i in y { audit(i) }\n"
        "  return Output(y)\n}\n",
        ("Config", "Output", "repo", "find", "audit"),
        ("find", "audit", "Output"),
    ),
    Language.SCALA: (
        "def run(a: Config): Output = {\n  val y = repo.find(a)\n  y.each(z => audit(z))\n  new Output(y)\n}\n",
        ("Config", "Output", "repo", "find", "each", "audit"),
        ("find", "each", "audit", "Output"),
    ),
    Language.LUA: (
        "function M.run(a)\n  local y = helper(a)\n  for i, v in ipairs(y) do store.save(v) end\nend\n",
        ("M", "helper", "store", "save"),
        ("helper", "save"),
    ),
    Language.ELIXIR: (
        "def run(a) do\n  Store.save(a)\n  helper(LIMITS)\nend\n",
        ("a", "Store", "save", "helper", "LIMITS"),
        ("run", "save", "helper"),
    ),
    Language.SOLIDITY: (
        "contract C { function run(uint a) public { total = helper(a); } }",
        ("total", "helper"),
        ("helper",),
    ),
    Language.BASH: (
        'run() {\n  local y=$1\n  for i in "$@"; do helper "$y" "$i"; done\n}\n',
        ("helper",),
        ("helper",),
    ),
}


@pytest.mark.parametrize("language", SOURCES)
def test_names_from_elsewhere_are_told_from_local_ones(language: Language) -> None:
    source, used, called = SOURCES[language]
    syntax = Syntax.parse(dedent(source), language)
    assert syntax is not None
    last = source.count("\n") + 1
    assert syntax.names_used(1, last) == used
    assert syntax.called_names(1, last) == called


def test_a_name_bound_in_the_function_around_is_local_on_each_of_its_lines() -> None:
    syntax = Syntax.parse("def run(path):\n    lines = []\n    return lines, path, other\n", Language.PYTHON)
    assert syntax is not None
    assert syntax.names_used(3, 3) == ("other",)


def test_a_member_is_not_taken_for_the_local_name_that_it_equals() -> None:
    syntax = Syntax.parse("def run(self):\n    save = self.save()\n    return save\n", Language.PYTHON)
    assert syntax is not None
    assert syntax.names_used(1, 3) == ("save",)


def test_lines_outside_of_the_text_use_nothing() -> None:
    syntax = Syntax.parse("a()\n", Language.PYTHON)
    assert syntax is not None
    assert syntax.names_used(5, 9) == ()
    assert syntax.called_names(0, 0) == ()
