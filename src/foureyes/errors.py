"""The one tree of errors. Each holds its facts, writes its own sentence and says what to do next.

FoureyesError
├── UsageError                    what was asked for can't be done as asked (exit code 2)
│   ├── NotARepositoryError
│   ├── ForeignRepositoryError    another user owns it, and nobody said that it is to be trusted
│   ├── MissingProgramError       a program that everything here needs is not installed, or too old
│   ├── UnknownRevisionError
│   ├── MissingBaseError          a shallow or partial clone lacks the base
│   ├── MalformedPatchError
│   ├── PolicyError               .foureyes.toml: file, line and key named
│   ├── SettingError              an environment variable or option
│   ├── RuleError                 a structural rule that can't be used
│   └── ImportedReportError       SARIF, checkstyle or rdjson that can't be read
├── GitError                      the git program failed
│   ├── GitTimeoutError
│   ├── GitLimitError             more files, bytes or time than allowed
│   ├── RemoteRefusedError        the server knows no such repository, or not for these credentials
│   └── RemoteUnavailableError    the server can't be reached: a later moment may help
├── ProcessError                  a program could not be run to its end
│   ├── ProcessTimeoutError
│   └── ProcessOutputError        it wrote more than allowed
├── StoreError                    the file of the cache can't be used
├── RequestError                  what a client asked of the server can't be done as asked (HTTP 4xx)
│   ├── InvalidRequestError       400: what was sent can't be read; each field that is wrong is named
│   ├── UnauthenticatedError      401: nobody, or nobody any more
│   ├── ForbiddenError            403: known, and not allowed
│   ├── NotFoundError             404: not there, or of another workspace
│   ├── ConflictError             409: the state of things does not allow it
│   ├── TooLargeError             413
│   └── TooManyRequestsError      429
├── ServerError                   the server can't do what it should, at least for now
│   ├── DatabaseError             the database refused a statement: a defect, or a schema of another version
│   │   ├── DatabaseUnavailableError   it can't be reached
│   │   ├── StorageFullError      there is no room left on its disk
│   │   └── MigrationNeededError  its tables are not those of this version
│   ├── BrokerError               Redis can't be reached
│   ├── InstanceRunningError      another embedded server works on the same data
│   ├── PortInUseError
│   └── LostFenceError            another worker has taken the review over: stop without a word
├── SandboxUnavailableError       code of the repository would have run unprotected
└── ModelError                    a model call that gave no usable answer
    ├── ModelSettingsError        unknown model, missing key or missing extra
    ├── ModelAuthError            the provider refused the key
    ├── ModelCreditError          the account's quota or credit is used up: waiting does not help
    ├── BudgetExceededError
    ├── ContextOverflowError      the prompt is larger than the model takes: split it
    ├── ModelRefusedError
    ├── MalformedAnswerError      not the schema, after one more try
    ├── TruncatedAnswerError      cut at max_tokens, after one more try for less
    └── ModelUnavailableError     another model or a later moment may help
        ├── ModelRateLimitError
        ├── ModelOverloadedError
        ├── ModelServerError
        ├── ModelConnectionError
        └── ModelTimeoutError
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path


class FoureyesError(Exception):
    """Anything Foureyes can say a clear sentence about; `str(error)` is that sentence, ready to show."""

    # What was asked for was not done, or not wholly. 1 is for findings alone: CI must be able to tell the two apart.
    exit_code = 3
    status = 500
    retry_after: timedelta | None = None
    """When asking again may help, where that is known."""

    @property
    def error_code(self) -> str:
        """The stable word for programs: `NotFoundError` is `not-found`."""
        name = type(self).__name__.removesuffix("Error")
        return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")


class UsageError(FoureyesError):
    """What was asked for can't be done as asked; the sentence says what to change."""

    exit_code = 2
    status = 400


class NotARepositoryError(UsageError):
    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path} is not inside a git repository: go into one, or pass files or --patch FILE.")


class ForeignRepositoryError(UsageError):
    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"{path} belongs to another user, so git does not trust it: if you do, run "
            f"`git config --global --add safe.directory {path}` and try again."
        )


class MissingProgramError(UsageError):
    def __init__(self, program: str, needed: str) -> None:
        self.program = program
        super().__init__(f"{program} {needed} is needed and was not found: install it and try again.")


class UnknownRevisionError(UsageError):
    def __init__(self, revision: str, *, hint: str = "see `git log --oneline` and `git branch -a`") -> None:
        self.revision = revision
        super().__init__(f"git knows no revision or path {revision!r}: {hint}.")


class MissingBaseError(UsageError):
    """`revision`, or what it needs, is not in this clone: its history was cut off, or it is partial (lacks files)."""

    def __init__(self, revision: str, *, partial: bool = False) -> None:
        self.revision = revision
        super().__init__(
            f"This clone is partial and lacks {revision}: run `git diff` on the same versions once, "
            "so that git fetches them, and try again."
            if partial
            else f"This clone is shallow and lacks {revision}: run `git fetch --unshallow` "
            "(in CI: check out with fetch-depth: 0) and try again."
        )


class MalformedPatchError(UsageError):
    def __init__(self, reason: str, *, line: int | None = None) -> None:
        self.reason = reason
        self.line = line
        place = f" at line {line}" if line else ""
        super().__init__(f"The patch can't be read{place}: {reason}. Make it with `git diff` and try again.")


class PolicyError(UsageError):
    def __init__(self, path: str, reason: str, *, line: int | None = None, key: str | None = None) -> None:
        self.path = path
        self.reason = reason
        self.line = line
        self.key = key
        place = f"{path}:{line}" if line else path
        named = f" `{key}`" if key else ""
        super().__init__(f"{place}:{named} {reason}. Mend it, then try `foureyes config check`.")


class SettingError(UsageError):
    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self.reason = reason
        super().__init__(f"{name}: {reason}.")


class RuleError(UsageError):
    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: {reason}. Mend the rule, then try `foureyes rules test`.")


class ImportedReportError(UsageError):
    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path} can't be read as a report: {reason}.")


class GitError(FoureyesError):
    def __init__(self, arguments: Sequence[str], code: int, stderr: str) -> None:
        self.arguments = tuple(arguments)
        self.code = code
        self.stderr = stderr
        # Git's last line is its verdict; those before it are progress and hints.
        last = stderr.strip().splitlines()[-1] if stderr.strip() else "it printed nothing"
        super().__init__(f"`git {' '.join(arguments[:3])}` ended with {code}: {last}")


class GitTimeoutError(GitError):
    def __init__(self, arguments: Sequence[str], limit: timedelta) -> None:
        super().__init__(arguments, -1, f"stopped after {limit.total_seconds():g} s")
        self.limit = limit


class GitLimitError(GitError):
    def __init__(self, arguments: Sequence[str], what: str) -> None:
        super().__init__(arguments, -1, what)
        self.what = what


class RemoteRefusedError(GitError):
    # Neither the caller's fault nor ours: the server on the other side has refused.
    status = 502


class RemoteUnavailableError(GitError):
    status = 503


class ProcessError(FoureyesError):
    def __init__(self, program: str, reason: str) -> None:
        self.program = program
        self.reason = reason
        super().__init__(f"{program}: {reason}")


class ProcessTimeoutError(ProcessError):
    pass


class ProcessOutputError(ProcessError):
    pass


class StoreError(FoureyesError):
    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"The cache {path} can't be used: {reason}. Set FOUREYES_CACHE_DIR, or remove that file.")


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing that is wrong with a request: `pointer` is a JSON pointer (RFC 6901), or a parameter's name."""

    pointer: str
    reason: str


class RequestError(FoureyesError):
    """What a client asked of the server can't be done as asked; the sentence says what to change."""

    exit_code = 2
    status = 400


class InvalidRequestError(RequestError):
    def __init__(self, reason: str, *, problems: Sequence[FieldProblem] = ()) -> None:
        self.reason = reason
        self.problems = tuple(problems)
        super().__init__(reason)

    @classmethod
    def of_fields(cls, problems: Sequence[FieldProblem], *, count: int | None = None) -> "InvalidRequestError":
        """With a sentence that names the first three of `count` problems (default: of those that are given)."""
        named = "; ".join(f"{problem.pointer or 'the body'}: {problem.reason}" for problem in problems[:3])
        more = (len(problems) if count is None else count) - 3
        further = f"; and {more} more" if more > 0 else ""
        return cls(f"The request can't be used as it is: {named}{further}.", problems=problems)


class UnauthenticatedError(RequestError):
    status = 401

    def __init__(self, reason: str = "Log in, or send an API key as `Authorization: Bearer KEY`.") -> None:
        self.reason = reason
        super().__init__(reason)


class ForbiddenError(RequestError):
    status = 403

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class NotFoundError(RequestError):
    status = 404

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"There is no such {what} here.")


class ConflictError(RequestError):
    status = 409

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class TooLargeError(RequestError):
    """Sizes are bytes."""

    status = 413

    def __init__(self, what: str, *, limit: int) -> None:
        self.what = what
        self.limit = limit
        super().__init__(f"{what} is larger than {limit:,} bytes: send less, or review a repository's range instead.")


class TooManyRequestsError(RequestError):
    status = 429

    def __init__(self, reason: str, *, retry_after: timedelta) -> None:
        self.reason = reason
        self.retry_after = retry_after
        super().__init__(reason)


class ServerError(FoureyesError):
    """The server can't do what it should, at least for now."""

    status = 503


class DatabaseError(ServerError):
    status = 500

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"The database refused: {reason.strip()}")


class DatabaseUnavailableError(DatabaseError):
    status = 503
    retry_after = timedelta(seconds=5)

    def __init__(self, reason: str) -> None:
        self.reason = reason
        FoureyesError.__init__(self, f"The database can't be reached ({reason.strip()}): try again in a moment.")


class StorageFullError(DatabaseError):
    status = 503
    retry_after = timedelta(minutes=1)

    def __init__(self, reason: str) -> None:
        self.reason = reason
        FoureyesError.__init__(self, f"There is no room left on the database's disk ({reason.strip()}): free some.")


class MigrationNeededError(DatabaseError):
    status = 503

    def __init__(self, found: str, wanted: str) -> None:
        self.found = found
        self.wanted = wanted
        FoureyesError.__init__(
            self, f"The database is at version {found or 'none'}, not {wanted}: run `foureyes migrate` first."
        )


class BrokerError(ServerError):
    retry_after = timedelta(seconds=5)

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"Redis can't be reached ({reason.strip()}). What is accepted is kept, and runs when it can.")


class InstanceRunningError(ServerError):
    exit_code = 2

    def __init__(self, directory: Path, pid: str) -> None:
        self.directory = directory
        super().__init__(
            f"Another Foureyes{f' (process {pid})' if pid else ''} already works on {directory}: stop it, "
            "or give this one a --data-dir of its own."
        )


class PortInUseError(ServerError):
    exit_code = 2

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port
        super().__init__(f"Port {port} on {host} is in use: stop what listens there, or choose another with --port.")


class LostFenceError(ServerError):
    def __init__(self, review: str, fence: int) -> None:
        self.review = review
        self.fence = fence
        super().__init__(f"Review {review} is no longer this worker's (fence {fence}).")


class SandboxUnavailableError(FoureyesError):
    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"No sandbox: {reason}. Tools that run the repository's code stay off.")


class ModelError(FoureyesError):
    """A model call that gave no usable answer. `model` names it as `provider:name`.

    The token counts are what the provider counted, and will bill, before the call failed.
    """

    status = 502
    input_tokens = 0
    cached_input_tokens = 0
    cache_written_tokens = 0
    output_tokens = 0

    def __init__(self, model: str, reason: str) -> None:
        self.model = model
        self.reason = reason
        super().__init__(f"{model}: {reason}")


class ModelSettingsError(ModelError):
    exit_code = 2
    status = 400


class ModelAuthError(ModelError):
    exit_code = 2

    def __init__(self, model: str, reason: str, *, variable: str | None = None) -> None:
        self.variable = variable
        # The variable is named only where there is one: some providers take their credentials from files of their
        # own.
        fix = f"; set {variable} to a valid key" if variable else ""
        super().__init__(model, f"the provider refused the key ({reason}) and is not asked again in this run{fix}")


class ModelCreditError(ModelError):
    def __init__(self, model: str, reason: str) -> None:
        super().__init__(model, f"the account's quota or credit is used up ({reason}); top it up or use another model")


class BudgetExceededError(ModelError):
    """The estimated maximum of a call does not fit into what is left. Money is micro-dollars."""

    def __init__(self, model: str, *, needed: int, left: int) -> None:
        self.needed = needed
        self.left = left
        super().__init__(
            model, f"the budget is too small: the next call may cost ${needed / 1e6:.4f}, ${left / 1e6:.4f} is left"
        )


class ContextOverflowError(ModelError):
    pass


class ModelRefusedError(ModelError):
    pass


class MalformedAnswerError(ModelError):
    pass


class TruncatedAnswerError(ModelError):
    pass


class ModelUnavailableError(ModelError):
    """Another model or a later moment may help. `retry_after` is the provider's own wish, where it gave one."""

    status = 503

    def __init__(self, model: str, reason: str, *, retry_after: timedelta | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(model, reason)


class ModelRateLimitError(ModelUnavailableError):
    pass


class ModelOverloadedError(ModelUnavailableError):
    pass


class ModelServerError(ModelUnavailableError):
    pass


class ModelConnectionError(ModelUnavailableError):
    pass


class ModelTimeoutError(ModelUnavailableError):
    pass
