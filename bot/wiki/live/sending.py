"""Puts one request on the wire: as an address, as a form, or a write as it is; and tells whether it ever left."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

from requests import Response
from requests.exceptions import ConnectTimeout

# Longer queries do not go into an address, in bytes.
_SHORT = 2000
_FORM = "application/x-www-form-urlencoded"


class Wire:
    """Sends what is asked of one of Pywikibot's sites through Pywikibot's HTTP session."""

    def __init__(self, site: Any) -> None:
        self.http: Any = importlib.import_module("pywikibot.comms.http")
        self._encode: Any = importlib.import_module("pywikibot.data.api").encode_url
        self._site = site

    @property
    def oauth(self) -> bool:
        """Whether requests are signed by OAuth instead of carrying a session's cookies."""
        return bool(self._site.is_oauth_token_available())

    def ask(self, sent: Mapping[str, str]) -> Response:
        """Sends a read. A short one over TLS is a GET, which Wikimedia answers from the nearest data centre."""
        query, path = self._encode(sent), self._site.apipath()
        if len(query) < _SHORT and self._site.protocol() == "https" and not self.oauth:
            answer: Response = self.http.request(self._site, f"{path}?{query}")
        else:
            answer = self.http.request(self._site, path, headers={"Content-Type": _FORM}, method="POST", data=query)
        return answer

    def tell(self, sent: Mapping[str, str]) -> Response:
        """Sends a write, never in an address: it carries a token.

        A page's text goes as it is (multipart/form-data), as to percent-encode it takes longer than all else that is
        done to send it. The token goes last, so that a request that was cut off does nothing (manual page API:Edit).
        """
        fields = {key: (None, sent[key]) for key in sorted(sent, key=lambda name: name == "token")}
        answer: Response = self.http.request(self._site, self._site.apipath(), method="POST", files=fields)
        return answer


def never_sent(error: Exception) -> bool:
    """Whether the request cannot have reached the wiki: no name, no route, nobody listening, no connection in time."""
    chain: list[object] = [error, *error.args]
    if any(isinstance(link, ConnectTimeout) for link in chain):
        return True
    return any(word in str(error) for word in ("NewConnectionError", "NameResolutionError", "Connection refused"))
