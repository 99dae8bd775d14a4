"""The tables of risk: paths, words in lines, names of symbols, and what only looks like them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foureyes.engine.paths import is_document, is_test, words_of
from foureyes.engine.risk import Risk, depth_of, risk_of

SOME_CODE = ["x = compute(a)", "y = x + 1", "return y"]

SENSITIVE = {
    "authentication": "src/signup.py web/PasswordReset.tsx lib/saml.rb pkg/mfa/totp.go app/SessionStore.java",
    "authorization": "src/acl.py web/rbac/roles.ts pkg/authz.go app/CorsFilter.java lib/csrf.rb",
    "cryptography": "src/encrypt.py web/cipher.ts pkg/secrets/store.go app/CredentialStore.java lib/crypto.rb",
    "payments": "src/refunds.py web/Payment.tsx pkg/billing.go app/InvoiceService.java lib/payout.rb",
    "migrations": "db/migrate/20240101_add.rb src/migrations/0001_initial.py alembic/env.py",
}

TOUCHES = {
    "runs code or programs": [
        "eval(expression)",
        "os.system(command)",
        "spawn('ls', args)",
        "popen (command)",
        "run(command, shell = True)",
        "import child_process from 'child_process'",
        "unserialize($body)",
        "data = pickle.loads(body)",
        "yaml.load(text)",
        "node.innerHTML = text",
        "<div dangerouslySetInnerHTML={html} />",
        "new ProcessBuilder(command)",
    ],
    "builds SQL": [
        "SELECT id FROM orders",
        "insert into orders values (1)",
        "UPDATE orders SET state = 1",
        "DELETE FROM orders",
        "ALTER TABLE orders ADD COLUMN x int",
        "drop index orders_by_day",
        "Order.objects.raw('x')",
        "db.query(`x`)",
        "cursor.executemany ( f'x')",
    ],
    "handles secrets": [
        "passwd = read()",
        "apiKey: config.key",
        "PRIVATE_KEY = load()",
        "accessToken(request)",
        "credentials = chain()",
        "client_secret = 'x'",
    ],
    "decides on access": [
        "if user.isAdmin:",
        "@csrf_exempt",
        "allow_origins = ['*']",
        "authorize(user)",
        "authorise(user)",
        "verify_ssl = False",
        "--insecure",
        "if (verifySignature(body)) {",
    ],
    "locks or transacts": [
        "mutex.Lock()",
        "self.lock.acquire()",
        "synchronized (this) {",
        "Order.transaction do |t|",
        "session.commit()",
        "atomic.AddInt64(&n, 1)",
        "tx.rollback()",
    ],
    "deletes": [
        "rm -rf build",
        "rm -r build",
        "fs.unlink(path)",
        "Order.delete_all",
        "orders.deleteMany({})",
        "list.removeAll(others)",
        "TRUNCATE orders",
        "User.destroy_all",
    ],
}

HARMLESS = [
    "evaluate(x)",
    "ecosystem(x)",
    "spawned = 3",
    "selected = from_list(items)",
    "updates = settings",
    "blocked(x)",
    "flock = birds",
    "committed = True",
    "unlinked = 0",
    "form.remove(item)",
    "key = value",
    "token = next(tokens)",
    "passing = True",
    "author = 'x'",
]


@pytest.mark.parametrize("reason", SENSITIVE)
def test_each_word_of_a_path_is_weighed(reason: str) -> None:
    for path in SENSITIVE[reason].split():
        assessment = risk_of(path, SOME_CODE)
        assert (assessment.risk, assessment.reasons[0]) == (Risk.HIGH, f"{reason}, by its path"), path


@pytest.mark.parametrize(("reason", "line"), [(reason, line) for reason, lines in TOUCHES.items() for line in lines])
def test_one_line_that_touches_something_is_medium_risk_and_says_so(reason: str, line: str) -> None:
    assessment = risk_of("src/app.py", [line])
    assert assessment.risk is Risk.MEDIUM
    assert assessment.reasons == (reason,)


@pytest.mark.parametrize("line", HARMLESS)
def test_words_inside_of_other_words_touch_nothing(line: str) -> None:
    assert risk_of("src/app.py", [*SOME_CODE, line]).reasons == ("code",)


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/release.yml",
        ".circleci/config.yml",
        ".gitlab-ci.yml",
        "Jenkinsfile",
        "deploy/Dockerfile",
        "deploy/docker-compose.prod.yml",
        "compose.yaml",
        "infra/main.tf",
        "infra/main.tofu",
        "k8s/app.yaml",
        "charts/app/values.yaml",
        "terraform/variables.json",
        "nginx.conf",
    ],
)
def test_what_builds_or_deploys_is_named(path: str) -> None:
    assert risk_of(path, SOME_CODE).reasons == ("build or deployment",)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("loginUser", "authentication"),
        ("check_permissions", "authorization"),
        ("EncryptBody", "cryptography"),
        ("refund", "payments"),
        ("runMigrations", "migrations"),
    ],
)
def test_names_of_changed_functions_are_weighed_by_their_words(name: str, reason: str) -> None:
    assert risk_of("src/app.py", SOME_CODE, symbols=[name]).reasons == (f"{reason}, by the name of {name}",)
    assert risk_of("src/app.py", SOME_CODE, symbols=[name.lower() + "x"]).reasons == ("code",)


def test_a_sensitive_name_and_a_risky_line_together_are_high_risk() -> None:
    assert risk_of("src/app.py", ["os.unlink(path)"], symbols=["refund"]).risk is Risk.HIGH


def test_two_names_of_one_kind_count_once() -> None:
    assert risk_of("src/app.py", SOME_CODE, symbols=["login", "logout"]).risk is Risk.MEDIUM


def test_what_stands_far_right_on_a_line_is_not_read() -> None:
    assert risk_of("src/app.py", [*SOME_CODE, " " * 600 + "os.unlink(path)"]).reasons == ("code",)


@pytest.mark.parametrize(("size", "reasons"), [(1, ("1 changed line",)), (2, ("2 changed lines",)), (3, ("code",))])
def test_a_few_plain_lines_are_counted_instead(size: int, reasons: tuple[str, ...]) -> None:
    assert risk_of("src/app.py", ["x = 1"] * size).reasons == reasons


def test_a_large_plain_change_says_how_large() -> None:
    assert risk_of("src/app.py", ["x = 1"] * 1_401).reasons == ("1,401 changed lines",)
    assert risk_of("src/app.py", ["x = 1"], size=401).reasons == ("401 changed lines",)
    assert risk_of("src/app.py", ["x = 1"] * 400).reasons == ("code",)


@pytest.mark.parametrize(
    "path",
    [
        "tests/helpers.py",
        "src/__tests__/App.js",
        "app/spec/models/user.rb",
        "testdata/big.json",
        "e2e/login.ts",
        "__mocks__/fs.js",
        "src/fixtures/users.yml",
        "conftest.py",
        "test_app.py",
        "app_test.go",
        "App.test.tsx",
        "app-spec.js",
        "LoginTest.java",
        "LoginTests.cs",
        "LoginSpec.scala",
        "LoginIT.java",
        "TestLogin.php",
    ],
)
def test_files_that_test_are_known_by_the_customs_of_their_language(path: str) -> None:
    assert is_test(path)
    assert risk_of(path, ["eval(password)"] * 500).risk is Risk.LOW


@pytest.mark.parametrize(
    "path",
    ["src/attest.py", "src/latest/app.py", "contest.go", "Testament.java", "src/testify.ts", "inspect.rb", "GIT.java"],
)
def test_files_that_only_sound_like_tests_are_none(path: str) -> None:
    assert not is_test(path)


@pytest.mark.parametrize("path", ["README.md", "docs/a.rst", "LICENSE", "notes.txt", "guide.adoc", "page.mdx"])
def test_prose_is_low_risk_whatever_it_says(path: str) -> None:
    assert is_document(path)
    assert risk_of(path, ["rm -rf / && eval(password)"] * 500).risk is Risk.LOW


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("AuthToken", "auth token"),
        ("parseHTTPResponse", "parse http response"),
        ("user_id2name", "user id 2 name"),
        ("XMLHttpRequest", "xml http request"),
        ("API", "api"),
        ("__init__", "init"),
        ("", ""),
    ],
)
def test_names_are_read_word_by_word(name: str, words: str) -> None:
    assert words_of(name) == set(words.split())


@given(
    st.sampled_from(["src/app.py", "src/auth.py", "tests/a.py", "README.md", "Dockerfile"]),
    st.lists(st.sampled_from([line for lines in TOUCHES.values() for line in lines] + HARMLESS), max_size=8),
    st.lists(st.sampled_from(["login", "run", "refund"]), max_size=3),
    st.integers(0, 900),
)
def test_more_changes_never_lower_the_risk(path: str, lines: list[str], symbols: list[str], size: int) -> None:
    less = risk_of(path, lines, symbols=symbols[:-1], size=size)
    more = risk_of(path, [*lines, "os.unlink(path)"], symbols=symbols, size=size + 1)
    assert more.risk.rank >= less.risk.rank
    assert less.reasons
    assert depth_of(less.risk).passes in (1, 3)
