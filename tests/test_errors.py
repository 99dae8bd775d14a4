"""Every error writes its own sentence, says what to do next, and ends the program with the right code."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from foureyes import errors
from foureyes.errors import (
    BrokerError,
    BudgetExceededError,
    ConflictError,
    ContextOverflowError,
    DatabaseError,
    DatabaseUnavailableError,
    ForbiddenError,
    ForeignRepositoryError,
    FoureyesError,
    GitError,
    GitLimitError,
    GitTimeoutError,
    ImportedReportError,
    InstanceRunningError,
    InvalidRequestError,
    LostFenceError,
    MalformedAnswerError,
    MalformedPatchError,
    MigrationNeededError,
    MissingBaseError,
    MissingProgramError,
    ModelAuthError,
    ModelConnectionError,
    ModelCreditError,
    ModelError,
    ModelOverloadedError,
    ModelRateLimitError,
    ModelRefusedError,
    ModelServerError,
    ModelSettingsError,
    ModelTimeoutError,
    ModelUnavailableError,
    NotARepositoryError,
    NotFoundError,
    PolicyError,
    PortInUseError,
    ProcessError,
    ProcessOutputError,
    ProcessTimeoutError,
    RemoteRefusedError,
    RemoteUnavailableError,
    RequestError,
    RuleError,
    SandboxUnavailableError,
    ServerError,
    SettingError,
    StorageFullError,
    StoreError,
    TooLargeError,
    TooManyRequestsError,
    TruncatedAnswerError,
    UnauthenticatedError,
    UnknownRevisionError,
    UsageError,
)

HERE = Path("/somewhere/app")
MODEL = "anthropic:some-model"
FETCH = ("fetch", "--quiet", "--depth=1", "origin")

EVERY_LEAF: tuple[FoureyesError, ...] = (
    NotARepositoryError(HERE),
    ForeignRepositoryError(HERE),
    MissingProgramError("git", "2.30 or newer"),
    UnknownRevisionError("mian"),
    MissingBaseError("origin/main"),
    MalformedPatchError("a hunk is cut off", line=7),
    PolicyError(".foureyes.toml", "must be a number", line=3, key="max_findings"),
    SettingError("FOUREYES_PARALLEL", "must be at least 1"),
    RuleError(".foureyes/rules/a.yml", "has no id"),
    ImportedReportError("report.sarif", "it is not JSON"),
    GitTimeoutError(FETCH, timedelta(seconds=30)),
    GitLimitError(FETCH, "more than 10 MB"),
    RemoteRefusedError(FETCH, 128, "fatal: repository not found"),
    RemoteUnavailableError(FETCH, 128, "fatal: unable to connect"),
    ProcessTimeoutError("ruff", "stopped after 30 s"),
    ProcessOutputError("ruff", "wrote more than 8 MB"),
    StoreError(HERE / "cache.sqlite", "it is no database"),
    InvalidRequestError("The body is not JSON."),
    UnauthenticatedError(),
    ForbiddenError("This needs the role admin; yours in this workspace is viewer."),
    NotFoundError("review"),
    ConflictError("This review has ended: there is nothing to cancel."),
    TooLargeError("The file a.py", limit=1_000_000),
    TooManyRequestsError("Too many logins: try again in a minute.", retry_after=timedelta(minutes=1)),
    DatabaseUnavailableError("connection refused"),
    StorageFullError("database or disk is full"),
    MigrationNeededError("", "0001"),
    BrokerError("connection refused"),
    InstanceRunningError(HERE, "4711"),
    PortInUseError("127.0.0.1", 8000),
    LostFenceError("0198-a", 3),
    SandboxUnavailableError("there are no user namespaces"),
    ModelSettingsError(MODEL, "ANTHROPIC_API_KEY is not set"),
    ModelAuthError(MODEL, "401", variable="ANTHROPIC_API_KEY"),
    ModelCreditError(MODEL, "402"),
    BudgetExceededError(MODEL, needed=20_000, left=1_500),
    ContextOverflowError(MODEL, "prompt is too long"),
    ModelRefusedError(MODEL, "content policy"),
    MalformedAnswerError(MODEL, "not the schema"),
    TruncatedAnswerError(MODEL, "cut at 4096 tokens"),
    ModelRateLimitError(MODEL, "429"),
    ModelOverloadedError(MODEL, "529"),
    ModelServerError(MODEL, "500"),
    ModelConnectionError(MODEL, "no route"),
    ModelTimeoutError(MODEL, "no word for 60 s"),
)


def drawn_children(of: type[FoureyesError]) -> list[type[FoureyesError]]:
    """Those of the ground floor: a verb of the command line may hang a leaf of its own on the tree."""
    return [child for child in of.__subclasses__() if child.__module__ == errors.__name__]


def tree(of: type[FoureyesError], depth: int = 0) -> Iterator[tuple[str, int]]:
    yield of.__name__, depth
    for child in drawn_children(of):
        yield from tree(child, depth + 1)


def drawn() -> Iterator[tuple[str, int]]:
    """Names and depths as the docstring of the module draws them."""
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r"(?P<margin>[│├└─ ]*)(?P<name>\w+Error)\b", line):
            yield match["name"], len(match["margin"]) // 4


def leaves(of: type[FoureyesError]) -> Iterator[type[FoureyesError]]:
    children = drawn_children(of)
    if not children:
        yield of
    for child in children:
        yield from leaves(child)


def test_the_docstring_draws_the_tree_as_it_is() -> None:
    assert list(drawn()) == list(tree(FoureyesError))


def test_every_leaf_of_the_tree_is_tried_here() -> None:
    assert {type(error) for error in EVERY_LEAF} == set(leaves(FoureyesError))


@pytest.mark.parametrize("error", EVERY_LEAF, ids=lambda error: type(error).__name__)
def test_a_sentence_is_one_line_without_a_class_name_or_an_empty_place(error: FoureyesError) -> None:
    sentence = str(error)
    assert "\n" not in sentence
    assert type(error).__name__ not in sentence
    assert "None" not in sentence
    assert not re.search(r"\(\)|``|  |: *$|\.\.$", sentence)


@pytest.mark.parametrize("error", [each for each in EVERY_LEAF if isinstance(each, UsageError)], ids=str)
def test_what_was_asked_wrongly_ends_with_two_and_a_full_stop(error: UsageError) -> None:
    assert (error.exit_code, error.status) == (2, 400)
    assert str(error).endswith(".")


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (NotARepositoryError(HERE), "--patch FILE"),
        (ForeignRepositoryError(HERE), f"git config --global --add safe.directory {HERE}"),
        (MissingProgramError("git", "2.30"), "install it"),
        (UnknownRevisionError("mian"), "git branch -a"),
        (MissingBaseError("origin/main"), "fetch-depth: 0"),
        (MissingBaseError("a.py", partial=True), "run `git diff`"),
        (MalformedPatchError("it is empty"), "`git diff`"),
        (PolicyError(".foureyes.toml", "is not TOML"), "foureyes config check"),
        (RuleError("a.yml", "has no id"), "foureyes rules test"),
        (StoreError(HERE, "locked"), "FOUREYES_CACHE_DIR"),
        (UnauthenticatedError(), "`Authorization: Bearer KEY`"),
        (TooLargeError("The file a.py", limit=1_000_000), "1,000,000 bytes: send less"),
        (DatabaseUnavailableError("connection refused"), "try again in a moment"),
        (StorageFullError("disk is full"), "free some"),
        (MigrationNeededError("0001", "0002"), "at version 0001, not 0002: run `foureyes migrate`"),
        (BrokerError("connection refused"), "is kept, and runs when it can"),
        (InstanceRunningError(HERE, "4711"), "(process 4711) already works on /somewhere/app: stop it, or"),
        (PortInUseError("127.0.0.1", 8000), "choose another with --port"),
        (SandboxUnavailableError("no namespaces"), "stay off"),
        (ModelAuthError(MODEL, "401", variable="ANTHROPIC_API_KEY"), "set ANTHROPIC_API_KEY"),
        (ModelCreditError(MODEL, "402"), "top it up or use another model"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, FoureyesError) else "",
)
def test_the_sentence_says_what_to_do(error: FoureyesError, remedy: str) -> None:
    assert remedy in str(error)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (GitError(FETCH, 128, ""), 3),
        (ProcessError("ruff", "it is gone"), 3),
        (StoreError(HERE, "locked"), 3),
        (ModelOverloadedError(MODEL, "529"), 3),
        (ModelCreditError(MODEL, "402"), 3),
        (ModelSettingsError(MODEL, "no key"), 2),
        (ModelAuthError(MODEL, "401"), 2),
        (DatabaseError("no such table"), 3),
        (MigrationNeededError("", "0001"), 3),
        (InstanceRunningError(HERE, ""), 2),
        (PortInUseError("::", 80), 2),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, FoureyesError) else "",
)
def test_ci_can_tell_a_wrong_setting_from_a_failure(error: FoureyesError, code: int) -> None:
    assert error.exit_code == code


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (InvalidRequestError("It is empty."), 400, "invalid-request"),
        (UnauthenticatedError(), 401, "unauthenticated"),
        (ForbiddenError("No."), 403, "forbidden"),
        (NotFoundError("review"), 404, "not-found"),
        (ConflictError("No."), 409, "conflict"),
        (TooLargeError("It", limit=1), 413, "too-large"),
        (TooManyRequestsError("No.", retry_after=timedelta(1)), 429, "too-many-requests"),
        (DatabaseError("no such table"), 500, "database"),
        (DatabaseUnavailableError("it is away"), 503, "database-unavailable"),
        (StorageFullError("full"), 503, "storage-full"),
        (BrokerError("it is away"), 503, "broker"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, FoureyesError) else "",
)
def test_a_client_is_told_a_status_and_a_stable_word(error: FoureyesError, status: int, code: str) -> None:
    assert (error.status, error.error_code) == (status, code)


@pytest.mark.parametrize(
    "error",
    [each for each in EVERY_LEAF if isinstance(each, RequestError | ServerError)],
    ids=lambda error: type(error).__name__,
)
def test_what_a_server_says_is_whole_sentences(error: FoureyesError) -> None:
    assert str(error)[0].isupper()
    assert str(error).endswith(".")


def test_what_passes_says_when_to_ask_again() -> None:
    passing = (DatabaseUnavailableError("away"), StorageFullError("full"), BrokerError("away"))
    assert all(error.retry_after and error.retry_after > timedelta() for error in passing)
    assert TooManyRequestsError("No.", retry_after=timedelta(seconds=9)).retry_after == timedelta(seconds=9)


def test_no_error_ends_with_the_code_of_findings_or_of_success() -> None:
    assert {error.exit_code for error in EVERY_LEAF} == {2, 3}


def test_a_patch_names_the_line_only_where_it_is_known() -> None:
    assert "at line 7: a hunk" in str(MalformedPatchError("a hunk is cut off", line=7))
    assert str(MalformedPatchError("it is empty")).startswith("The patch can't be read: it is empty.")


def test_a_policy_error_names_file_line_and_key_as_an_editor_opens_them() -> None:
    assert str(PolicyError("p.toml", "must be a number", line=3, key="floor")).startswith("p.toml:3: `floor` must")
    assert str(PolicyError("p.toml", "is not TOML")).startswith("p.toml: is not TOML.")


def test_git_is_quoted_by_its_first_words_and_its_last_line() -> None:
    error = GitError(FETCH, 128, "remote: hello\nfatal: no such ref\n")
    assert str(error) == "`git fetch --quiet --depth=1` ended with 128: fatal: no such ref"
    assert error.arguments == FETCH


@pytest.mark.parametrize("stderr", ["", "\n \n"])
def test_git_that_printed_nothing_is_said_to_have_printed_nothing(stderr: str) -> None:
    assert str(GitError(("status",), 1, stderr)).endswith("it printed nothing")


def test_git_that_took_too_long_says_how_long() -> None:
    error = GitTimeoutError(FETCH, timedelta(seconds=2.5))
    assert "stopped after 2.5 s" in str(error)
    assert error.limit == timedelta(seconds=2.5)


def test_a_budget_speaks_of_dollars_and_keeps_micro_dollars() -> None:
    error = BudgetExceededError(MODEL, needed=20_000, left=1_500)
    assert "may cost $0.0200, $0.0015 is left" in str(error)
    assert (error.needed, error.left) == (20_000, 1_500)


@pytest.mark.parametrize("error", [each for each in EVERY_LEAF if isinstance(each, ModelError)], ids=str)
def test_every_error_of_a_model_names_the_model_and_has_counted_nothing_yet(error: ModelError) -> None:
    assert error.model == MODEL
    assert str(error).startswith(f"{MODEL}: ")
    assert (error.input_tokens, error.output_tokens) == (0, 0)


@pytest.mark.parametrize("error", [each for each in EVERY_LEAF if isinstance(each, ModelUnavailableError)], ids=str)
def test_only_what_another_moment_may_help_is_unavailable(error: ModelUnavailableError) -> None:
    assert error.status == 503
    assert error.retry_after is None


def test_the_providers_own_wish_is_kept() -> None:
    wish = timedelta(seconds=42)
    assert ModelRateLimitError(MODEL, "429", retry_after=wish).retry_after == wish
