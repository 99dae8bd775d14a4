"""Whoever asks for reviews: keeps on asking through every outage, and remembers what was accepted."""

import asyncio
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import uuid4

import httpx2

_PAUSE = 0.1
# A bug that analysers find, so that a finished review has something to say.
_CODE = """import subprocess


def backup_{name}(folder, seen=[]):
    seen.append(folder)
    subprocess.call("tar cf backup.tar " + folder, shell=True)
    return {number}
"""


@dataclass
class Client:
    """One account with an API key. `accepted` maps each request's idempotency key to the review that it was given."""

    urls: tuple[str, ...]
    key: str = ""
    accepted: dict[str, str] = field(default_factory=dict)
    doubled_answers: int = 0
    refusals: dict[int, int] = field(default_factory=dict)

    async def introduce(self, http: httpx2.AsyncClient, name: str = "drill") -> None:
        """Register, and make a key that outlives access tokens."""
        account = {"email": f"{name}@example.org", "password": "correct horse battery", "name": name}
        registered = await self._send(http, "POST", "/api/auth/register", json=account)
        token = registered.json()["access_token"]
        made = await self._send(
            http,
            "POST",
            "/api/keys",
            json={"name": "drill", "scopes": ["reviews:read", "reviews:write", "admin"]},
            headers={"Authorization": f"Bearer {token}"},
        )
        self.key = made.json()["secret"]

    async def submit(self, http: httpx2.AsyncClient, number: int, *, model: bool = True) -> str:
        """Ask for one review until it is accepted; its id."""
        name = f"r{number:05d}_{uuid4().hex[:8]}"
        mark = f"drill-{name}"
        body = {
            "kind": "review",
            "title": f"Backup {number}",
            "source": {"type": "file", "path": f"{name}.py", "content": _CODE.format(name=name, number=number)},
            "model": model,
        }
        answer = await self._send(
            http, "POST", "/api/reviews", json=body, headers=self._headers() | {"Idempotency-Key": mark}
        )
        review = str(answer.json()["id"])
        if self.accepted.setdefault(mark, review) != review:
            self.doubled_answers += 1
        return review

    async def submit_many(self, http: httpx2.AsyncClient, numbers: Iterable[int], *, at_once: int = 20) -> list[str]:
        gate = asyncio.Semaphore(at_once)

        async def one(number: int) -> str:
            async with gate:
                return await self.submit(http, number)

        return list(await asyncio.gather(*(one(number) for number in numbers)))

    async def review(self, http: httpx2.AsyncClient, review: str) -> dict[str, object]:
        answer = await self._send(http, "GET", f"/api/reviews/{review}", headers=self._headers())
        found: dict[str, object] = answer.json()
        return found

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    async def _send(
        self,
        http: httpx2.AsyncClient,
        method: str,
        path: str,
        *,
        json: object = None,
        headers: dict[str, str] | None = None,
    ) -> httpx2.Response:
        """Send until some process answers; outages are what drills are about."""
        while True:
            url = random.choice(self.urls)  # Any of them.
            try:
                answer = await http.request(method, url + path, json=json, headers=headers)
            except httpx2.HTTPError:
                await asyncio.sleep(_PAUSE)
                continue
            if answer.status_code < 300:
                return answer
            self.refusals[answer.status_code] = self.refusals.get(answer.status_code, 0) + 1
            if answer.status_code not in (429, 502, 503, 504):
                raise RuntimeError(f"{method} {path} was answered {answer.status_code}: {answer.text[:500]}")
            await asyncio.sleep(_PAUSE)
