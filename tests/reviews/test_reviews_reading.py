"""Reading reviews: everything about one, tags, pages, filters; and that others see nothing."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from askers import CODE, House, wanted
from foureyes.kit import clock
from foureyes.kit.ids import new_id
from foureyes.models.reviews import Review, ReviewStatus
from foureyes.rest.principal import Scope


async def shown(ours: House, review_id: UUID) -> dict[str, Any]:
    answer = await ours.client.get(f"/api/reviews/{review_id}")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def listed(ours: House, query: str = "") -> list[UUID]:
    answer = await ours.client.get(f"/api/reviews{query}")
    assert answer.status_code == 200, answer.text
    return [UUID(review["id"]) for review in answer.json()["reviews"]]


async def test_a_review_that_waits_shows_what_was_asked(ours: House) -> None:
    body = await shown(ours, await ours.submit(title="First", description="Of a list", supersedes="feature"))
    assert (body["status"], body["title"], body["description"], body["line"]) == (
        "pending", "First", "Of a list", "feature",
    )  # fmt: skip
    assert (body["stage"], body["verdict"], body["error"], body["findings"], body["ledger"]) == (
        None,
        None,
        None,
        [],
        [],
    )
    assert [change["status"] for change in body["changes"]] == ["pending"]


async def test_a_running_review_shows_how_far_it_is(ours: House) -> None:
    review_id = await ours.submit()
    await ours.change(review_id, status=ReviewStatus.PROCESSING, stage="ask", done=3, total=7)
    body = await shown(ours, review_id)
    assert (body["status"], body["stage"], body["done"], body["total"]) == ("processing", "ask", 3, 7)


async def test_a_completed_review_shows_findings_ledger_tokens_and_cost(ours: House) -> None:
    review_id = await ours.submit()
    finding_id = await ours.complete(
        review_id, model="scripted:one", input_tokens=900, cached_input_tokens=100, output_tokens=50, cost=1_234
    )
    body = await shown(ours, review_id)
    assert (body["verdict"], body["headline"], body["finding_count"]) == ("look", "One finding.", 1)
    assert [finding["id"] for finding in body["findings"]] == [str(finding_id)]
    assert body["ledger"] == [
        {"path": "app.py", "coverage": "reviewed", "reason": "", "expected": True, "by": ["model"],
         "hunks": [{"header": "@@", "coverage": "reviewed", "reason": ""}]}
    ]  # fmt: skip
    assert body["tokens"] == {"input": 900, "cached_input": 100, "output": 50}
    assert (body["cost"], body["cached"], body["seconds"]) == (1_234, False, 2.5)


async def test_a_failed_review_shows_why(ours: House) -> None:
    review_id = await ours.submit()
    await ours.change(review_id, status=ReviewStatus.FAILED, error_code="git", error="The server refused.")
    assert (await shown(ours, review_id))["error"] == {"code": "git", "detail": "The server refused."}


async def test_a_review_that_was_put_off_says_until_when(ours: House) -> None:
    review_id = await ours.submit()
    later = clock.now() + timedelta(minutes=5)
    await ours.change(review_id, status=ReviewStatus.DEFERRED, not_before=later)
    shown = (await ours.client.get("/api/reviews?status=deferred")).json()["reviews"]
    assert [(one["id"], datetime.fromisoformat(one["not_before"])) for one in shown] == [(str(review_id), later)]


async def test_a_tag_saves_sending_it_again_until_something_changes(ours: House) -> None:
    review_id = await ours.submit()
    first = await ours.client.get(f"/api/reviews/{review_id}")
    assert first.headers["cache-control"] == "private, no-cache"
    headers = {"If-None-Match": first.headers["etag"]}
    again = await ours.client.get(f"/api/reviews/{review_id}", headers=headers)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    await ours.change(review_id, stage="ask")
    assert (await ours.client.get(f"/api/reviews/{review_id}", headers=headers)).status_code == 200


async def test_a_review_that_is_over_may_be_kept_for_a_moment_by_its_reader_alone(ours: House) -> None:
    review_id = await ours.submit()
    await ours.complete(review_id)
    answer = await ours.client.get(f"/api/reviews/{review_id}")
    assert answer.headers["cache-control"] == "private, max-age=10"
    assert "Authorization" in answer.headers["vary"]


async def test_findings_are_read_alone_as_well(ours: House) -> None:
    review_id = await ours.submit()
    finding_id = await ours.complete(review_id)
    body = (await ours.client.get(f"/api/reviews/{review_id}/findings")).json()
    assert body["review_id"] == str(review_id)
    assert [finding["id"] for finding in body["findings"]] == [str(finding_id)]


async def test_a_list_shows_the_newest_first_a_page_at_a_time(ours: House) -> None:
    ids = [await ours.submit(title=f"Number {number}") for number in range(5)]
    answer = (await ours.client.get("/api/reviews?limit=2&kind=review")).json()
    assert [UUID(review["id"]) for review in answer["reviews"]] == [ids[4], ids[3]]
    second = (await ours.client.get(answer["next"])).json()
    assert [UUID(review["id"]) for review in second["reviews"]] == [ids[2], ids[1]]
    last = (await ours.client.get(second["next"])).json()
    assert ([UUID(review["id"]) for review in last["reviews"]], last["next"]) == ([ids[0]], None)


async def test_a_page_is_not_moved_by_what_comes_in_meanwhile(ours: House) -> None:
    ids = [await ours.submit(title=f"Number {number}") for number in range(3)]
    first = (await ours.client.get("/api/reviews?limit=2")).json()
    await ours.submit(title="New")
    assert await listed(ours, first["next"].removeprefix("/api/reviews")) == [ids[0]]


async def test_filters_narrow_the_list(ours: House) -> None:
    python = await ours.submit()
    go = await ours.submit(source={"type": "file", "path": "a.go", "content": "package a\n"})
    source = {"type": "repository", "url": "https://git.example.org/shop.git", "head": "main"}
    shop = await ours.submit(source=source, kind="architecture")
    await ours.change(go, status=ReviewStatus.FAILED)
    assert await listed(ours, "?status=failed") == [go]
    assert await listed(ours, "?status=failed&status=pending") == [shop, go, python]
    assert await listed(ours, "?kind=architecture") == [shop]
    assert await listed(ours, "?language=python") == [python]
    assert await listed(ours, "?repository=https://git.example.org/shop.git") == [shop]
    assert await listed(ours, "?kind=debug") == []


async def test_the_list_is_narrowed_by_time(ours: House) -> None:
    await ours.submit()
    soon = (clock.now() + timedelta(minutes=1)).isoformat().replace("+00:00", "Z")
    assert len(await listed(ours, f"?created_to={soon}")) == 1
    assert await listed(ours, f"?created_from={soon}") == []


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("status=sleeping", "0"),
        ("kind=poem", "kind"),
        ("language=klingon", "language"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=many", "limit"),
        ("cursor=x", "cursor"),
        ("cursor=AAAA", "cursor"),
        ("created_from=yesterday", "created_from"),
        ("created_from=2026-11-22T10:00:00", "created_from"),
        ("text=%00", "text"),
        ("repository=%00", "repository"),
        ("workspace=home", "workspace"),
    ],
)
async def test_a_parameter_that_is_wrong_is_named(ours: House, query: str, name: str) -> None:
    answer = await ours.client.get(f"/api/reviews?{query}")
    assert answer.status_code == 400
    assert answer.json()["problems"][0]["pointer"] == name


@pytest.mark.parametrize(
    "path", ["", "/findings", "/report", "/report?format=poem", "/sources/app.py", f"/sources/{'0' * 64}"]
)
async def test_a_review_of_another_workspace_does_not_exist(ours: House, path: str) -> None:
    review_id = await ours.submit()
    await ours.complete(review_id)
    theirs = await ours.client.get(f"/api/reviews/{review_id}{path}", headers={"As": "eve"})
    none = await ours.client.get(f"/api/reviews/{new_id()}{path}", headers={"As": "eve"})
    assert theirs.status_code == none.status_code
    assert theirs.status_code in (404, 400)
    assert (theirs.json()["code"], theirs.json()["detail"]) == (none.json()["code"], none.json()["detail"])


async def test_a_list_holds_nothing_of_other_workspaces(ours: House) -> None:
    await ours.submit()
    assert (await ours.client.get("/api/reviews", headers={"As": "eve"})).json()["reviews"] == []
    answer = await ours.client.get(f"/api/reviews?workspace={ours.home}", headers={"As": "eve"})
    assert answer.status_code == 404


@pytest.mark.parametrize("path", ["", "/{id}", "/{id}/findings", "/{id}/report", "/{id}/sources/app.py"])
async def test_reading_needs_the_scope_for_it(ours: House, path: str) -> None:
    review_id = await ours.submit()
    writer = ours.asked_as("writer", scopes=frozenset({Scope.REVIEWS_WRITE}))
    answer = await ours.client.get(f"/api/reviews{path.format(id=review_id)}", headers=writer)
    assert answer.status_code == 403
    nobody = await ours.client.get(f"/api/reviews{path.format(id=review_id)}", headers={"As": "nobody"})
    assert nobody.status_code == 401


async def test_an_id_that_is_none_is_refused(ours: House) -> None:
    assert (await ours.client.get("/api/reviews/first")).status_code == 400


async def test_a_source_is_given_back_byte_for_byte_and_never_shown(ours: House) -> None:
    review_id = await ours.submit(source={"type": "file", "path": "a/<b>.html", "content": "<script>x</script>\r\n"})
    digest = (await shown(ours, review_id))["sources"][0]["digest"]
    for name in ("a/<b>.html", digest):
        answer = await ours.client.get(f"/api/reviews/{review_id}/sources/{name}")
        assert answer.content == b"<script>x</script>\r\n"
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''%3Cb%3E.html"
        assert "sandbox" in answer.headers["content-security-policy"]


async def test_patch_and_error_are_sources_too(ours: House) -> None:
    patch = "--- a/app.py\n+++ b/app.py\n@@ -1 +1 @@\n-x = 1\n+x = 2\n"
    review_id = await ours.submit(source={"type": "patch", "patch": patch})
    assert (await ours.client.get(f"/api/reviews/{review_id}/sources/change.patch")).text == patch
    debugged = await ours.submit(kind="debug", error="Boom\n")
    assert (await ours.client.get(f"/api/reviews/{debugged}/sources/error.txt")).text == "Boom\n"


async def test_only_what_a_review_names_is_given(ours: House) -> None:
    other = await ours.submit(source={"type": "file", "path": "secret.py", "content": "KEY = 1\n"})
    digest = (await shown(ours, other))["sources"][0]["digest"]
    review_id = await ours.submit()
    for name in (digest, "secret.py", "../secret.py", "app.py%00", "x" * 1_001):
        answer = await ours.client.get(f"/api/reviews/{review_id}/sources/{name}")
        assert answer.status_code in (400, 404)
        assert "KEY" not in answer.text


async def test_a_source_that_was_removed_is_gone(ours: House) -> None:
    review_id = await ours.submit()

    def forget(session: Session) -> None:
        request = wanted()["source"]
        stored = {"type": "files", "files": [{"path": request["path"], "digest": "0" * 64}]}
        row = session.get_one(Review, review_id)
        session.execute(update(Review).values(request={**row.request, "source": stored}))

    assert (await ours.client.get(f"/api/reviews/{review_id}/sources/app.py")).text == CODE
    await ours.database.write(forget)
    assert (await ours.client.get(f"/api/reviews/{review_id}/sources/app.py")).status_code == 404
