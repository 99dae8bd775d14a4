"""The risk class of changed lines, and what it picks."""

import pytest

from factories import a_file
from foureyes.engine.paths import is_document, is_test, subject, words_of
from foureyes.engine.risk import Risk, changed_lines, depth_of, risk_of

SOME_CODE = ["x = compute(a)", "y = x + 1", "return y"]


@pytest.mark.parametrize(
    "path",
    [
        "src/auth/views.py",
        "app/Http/LoginController.php",
        "lib/oauth2_client.rb",
        "src/billing/invoice.ts",
        "db/migrations/0042_add_index.py",
        "crypto/aes.go",
        "src/Permission.java",
    ],
)
def test_a_sensitive_path_is_high_risk(path: str) -> None:
    assessment = risk_of(path, SOME_CODE)
    assert assessment.risk is Risk.HIGH
    assert "by its path" in assessment.reasons[0]


@pytest.mark.parametrize("path", ["src/author.py", "src/tokenizer.py", "lib/authoring/page.ts", "src/catalog.go"])
def test_words_that_only_look_sensitive_are_not(path: str) -> None:
    assert risk_of(path, SOME_CODE).risk is Risk.MEDIUM


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("tests/test_auth.py", "tests"),
        ("src/auth_test.go", "tests"),
        ("web/login.spec.ts", "tests"),
        ("docs/auth.md", "documentation"),
        ("README", "documentation"),
    ],
)
def test_tests_and_documents_are_low_risk_whatever_they_touch(path: str, reason: str) -> None:
    assessment = risk_of(path, ["cursor.execute(f'DELETE FROM users')", "os.system(password)"])
    assert (assessment.risk, assessment.reasons) == (Risk.LOW, (reason,))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("subprocess.run(command, shell=True)", "runs code or programs"),
        ('cursor.execute(f"SELECT * FROM users WHERE id = {id}")', "builds SQL"),
        ("if user.password == given:", "handles secrets"),
        ("if not request.user.has_permission('edit'):", "decides on access"),
        ("with self._lock:", "locks or transacts"),
        ("shutil.rmtree(path)", "deletes"),
    ],
)
def test_what_lines_touch_is_named(line: str, reason: str) -> None:
    assert risk_of("src/app.py", [*SOME_CODE, line]).reasons == (reason,)


def test_two_risky_things_together_are_high_risk() -> None:
    lines = ["with transaction.atomic():", '    cursor.execute("DELETE FROM orders")']
    assessment = risk_of("src/app.py", lines)
    assert assessment.risk is Risk.HIGH
    assert set(assessment.reasons) == {"builds SQL", "locks or transacts"}


def test_a_risky_thing_in_a_large_change_is_high_risk() -> None:
    lines = ["shutil.rmtree(path)"]
    assert risk_of("src/app.py", lines, size=30).risk is Risk.MEDIUM
    assert risk_of("src/app.py", lines, size=500).risk is Risk.HIGH


def test_the_name_of_a_changed_function_counts() -> None:
    assessment = risk_of("src/app.py", SOME_CODE, symbols=["verify_password"])
    assert assessment.reasons == ("authentication, by the name of verify_password",)


def test_two_changed_lines_of_plain_code_are_low_risk() -> None:
    assert risk_of("src/app.py", ["x = 1", "x = 2"]).risk is Risk.LOW
    assert risk_of("src/app.py", SOME_CODE).risk is Risk.MEDIUM


def test_examples_are_no_product() -> None:
    assert risk_of("examples/auth/index.js", SOME_CODE).risk is Risk.MEDIUM


def test_deployment_with_a_secret_is_high_risk() -> None:
    assert risk_of(".github/workflows/ci.yml", ["key: ${{ secrets.TOKEN }}"]).risk is Risk.HIGH
    assert risk_of("Dockerfile", ["RUN make"]).reasons == ("build or deployment",)


def test_only_high_risk_is_looked_at_three_times() -> None:
    assert [depth_of(risk).passes for risk in Risk] == [1, 1, 3]
    assert depth_of(Risk.HIGH).callers
    assert Risk.LOW.rank < Risk.MEDIUM.rank < Risk.HIGH.rank


def test_changed_lines_are_the_added_and_the_removed_ones() -> None:
    assert changed_lines(a_file("a.py", "a\nb\nc\n", "a\nx\nc\n")) == ["b", "x"]


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("tests/test_app.py", "src/app.py"),
        ("pkg/app_test.go", "pkg/app.go"),
        ("web/App.spec.tsx", "web/App.tsx"),
        ("src/test/java/AppTest.java", "src/main/java/App.java"),
        ("spec/app_spec.rb", "lib/app.rb"),
    ],
)
def test_a_test_has_the_subject_of_what_it_tests(path: str, other: str) -> None:
    assert subject(path) == subject(other)
    assert is_test(path)
    assert not is_test(other)


def test_words_of_names_are_cut_at_capitals_digits_and_signs() -> None:
    assert words_of("src/HTTPServer2/user_id.py") == {"src", "http", "server", "2", "user", "id", "py"}


def test_prose_is_told_from_code() -> None:
    assert is_document("docs/guide.md")
    assert not is_document("docs/conf.py")
