"""Counts the HTTP requests of this process, by address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, ClassVar

from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter


class _Counting(HTTPAdapter):
    """Sends requests and counts them per address: retries, redirects and logins included."""

    counts: ClassVar[defaultdict[str, int]] = defaultdict(int)

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        self.counts[(request.url or "").partition("?")[0]] += 1
        return super().send(request, *args, **kwargs)


def count_requests(session: Session) -> None:
    """Makes an HTTP session count what it sends; doing so again changes nothing."""
    if not isinstance(session.adapters.get("https://"), _Counting):
        session.mount("https://", _Counting())
        session.mount("http://", _Counting())


def requests_so_far() -> Mapping[str, int]:
    """How many requests this process sent, by address."""
    return dict(_Counting.counts)
