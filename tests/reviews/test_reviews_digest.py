"""Which requests are equal, and which must never be answered from another."""

from collections.abc import Callable
from typing import Any

import pytest

from foureyes.kit.ids import new_id
from foureyes.models.reviews import ReviewKind
from foureyes.reviews.digest import request_digest
from foureyes.reviews.request import FilesSource, RepositorySource, ReviewRequest, StoredFile
from foureyes.settings import Settings

HOME = new_id()
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def a_request(**fields: Any) -> ReviewRequest:
    source = FilesSource(files=(StoredFile(path="app.py", digest="0" * 64),))
    return ReviewRequest(**{"kind": ReviewKind.REVIEW, "source": source, **fields})


def digest(request: ReviewRequest | None = None, **settings: Any) -> str:
    return request_digest(HOME, request or a_request(), Settings(**settings))


def of_repository(head: str, base: str | None = None) -> ReviewRequest:
    return a_request(source=RepositorySource(url="https://git.example.org/shop.git", head=head, base=base))


def test_equal_requests_have_equal_digests() -> None:
    assert digest() == digest()
    assert len(digest()) == 64


@pytest.mark.parametrize(
    "other",
    [
        lambda: digest(a_request(title="Another")),
        lambda: digest(a_request(description="Another")),
        lambda: digest(a_request(kind=ReviewKind.ARCHITECTURE)),
        lambda: digest(a_request(policy="x")),
        lambda: digest(a_request(model=False)),
        lambda: digest(a_request(error_digest="1" * 64)),
        lambda: digest(a_request(source=FilesSource(files=(StoredFile(path="b.py", digest="0" * 64),)))),
        lambda: digest(a_request(source=FilesSource(files=(StoredFile(path="app.py", digest="1" * 64),)))),
        lambda: digest(model="anthropic:one"),
        lambda: digest(fallback_models=("anthropic:one",)),
        lambda: request_digest(new_id(), a_request(), Settings()),
    ],
)
def test_whatever_may_change_the_result_changes_the_digest(other: Callable[[], str]) -> None:
    assert other() != digest()


def test_without_a_model_its_name_means_nothing() -> None:
    request = a_request(model=False)
    assert digest(request, model="anthropic:one") == digest(request, model="anthropic:two")
    assert digest(no_model=True, model="anthropic:one") == digest(no_model=True)


def test_branches_move_so_that_no_two_requests_for_them_are_equal() -> None:
    assert digest(of_repository("main")) == ""
    assert digest(of_repository(COMMIT, "main")) == ""


def test_commits_stay_what_they_are() -> None:
    assert digest(of_repository(COMMIT)) == digest(of_repository(COMMIT)) != ""
    assert digest(of_repository(COMMIT, COMMIT[::-1])) != digest(of_repository(COMMIT))
