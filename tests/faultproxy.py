"""An HTTP proxy before a wiki that makes chosen requests fail, or calls a function around them, and notes them all."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email import policy
from email.parser import BytesParser
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Fault(Enum):
    """What becomes of a request."""

    CUT_BEFORE = "cut before forwarding"
    """The connection is cut, the wiki never hears of it."""
    CUT_AFTER = "cut after forwarding"
    """The wiki does it, the connection is cut in place of an answer."""
    CUT_WITHIN = "cut within the answer"
    """The wiki does it, half of the answer comes."""
    ERROR_AFTER = "503 after forwarding"
    """The wiki does it, the answer is a server error in HTML."""
    ERROR_BEFORE = "503 before forwarding"
    """The answer is a server error, the wiki never hears of it."""
    TIMEOUT_AFTER = "504 after forwarding"
    """The wiki does it, the answer is a gateway's time-out."""
    GARBLED = "garbled after forwarding"
    """The wiki does it, the answer is HTML with status 200."""
    HANG_AFTER = "no answer after forwarding"
    """The wiki does it, the answer never comes; the client's own time-out must end the wait."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came: its number (from 1), method and parameters."""

    number: int
    method: str
    parameters: dict[str, str]

    @property
    def action(self) -> str:
        """The API's action ("edit", "query" …)."""
        return self.parameters.get("action", "")

    @property
    def writes(self) -> bool:
        """Whether it is an edit."""
        return self.action == "edit"

    @property
    def titles(self) -> tuple[str, ...]:
        """The pages it names."""
        named = self.parameters.get("titles", "")
        listed = named[1:].split("\x1f") if named.startswith("\x1f") else named.split("|")
        return tuple(title for title in (*listed, self.parameters.get("title", "")) if title)


Choice = Callable[[Request], bool]


@dataclass(slots=True)
class _Rule:
    chosen: Choice
    fault: Fault | None = None
    before: Callable[[], object] | None = None
    after: Callable[[], object] | None = None
    left: int | None = None
    answer: bytes | None = None

    def takes(self, request: Request) -> bool:
        if self.left == 0 or not self.chosen(request):
            return False
        if self.left is not None:
            self.left -= 1
        return True


def number(wanted: int) -> Choice:
    """Chooses the request with this number, counted from 1."""
    return lambda request: request.number == wanted


def edits(request: Request) -> bool:
    """Chooses every edit."""
    return request.writes


def edit_number(wanted: int) -> Choice:
    """Chooses the edit with this number among the edits, counted from 1."""
    seen: list[int] = []

    def chosen(request: Request) -> bool:
        if request.writes and request.number not in seen:
            seen.append(request.number)
        return request.writes and seen.index(request.number) + 1 == wanted

    return chosen


@dataclass(slots=True)
class FaultProxy:
    """Forwards to a wiki at ``port`` from a free port of its own; use as a context manager.

    Rules are looked at in the order in which they were made; the first that takes a request and has a fault decides.
    """

    port: int
    requests: list[Request] = field(default_factory=list)
    _rules: list[_Rule] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ended: threading.Event = field(default_factory=threading.Event)

    @property
    def api(self) -> str:
        """The address of the wiki's API through the proxy."""
        assert self._server is not None, "the proxy serves only inside its with block"
        return f"http://127.0.0.1:{self._server.server_address[1]}/api.php"

    @property
    def edits(self) -> list[Request]:
        """The edits among the requests so far."""
        return [request for request in self.requests if request.writes]

    def fail(self, chosen: Choice, fault: Fault, *, times: int | None = 1) -> None:
        """Makes the chosen requests fail, at most ``times`` of them (None: all)."""
        self._rules.append(_Rule(chosen, fault, left=times))

    def answer(self, chosen: Choice, body: bytes, *, times: int | None = 1) -> None:
        """Answers the chosen requests itself with this JSON text; the wiki never hears of them."""
        self._rules.append(_Rule(chosen, answer=body, left=times))

    def call_before(self, chosen: Choice, function: Callable[[], object], *, times: int | None = 1) -> None:
        """Calls a function before the chosen requests are forwarded."""
        self._rules.append(_Rule(chosen, before=function, left=times))

    def call_after(self, chosen: Choice, function: Callable[[], object], *, times: int | None = 1) -> None:
        """Calls a function after the wiki did the chosen requests and before the answer is handed on."""
        self._rules.append(_Rule(chosen, after=function, left=times))

    def forget(self) -> None:
        """Drops all rules and the list of requests; numbers begin at 1 again."""
        with self._lock:
            self._rules.clear()
            self.requests.clear()

    def __enter__(self) -> FaultProxy:
        proxy = self

        class Handler(_Handler):
            owner = proxy

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *problem: object) -> None:
        assert self._server is not None
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()

    def note(self, method: str, parameters: dict[str, str]) -> tuple[Request, list[_Rule]]:
        """Numbers a request and finds the rules that take it."""
        with self._lock:
            request = Request(len(self.requests) + 1, method, parameters)
            self.requests.append(request)
            return request, [rule for rule in self._rules if rule.takes(request)]

    def wait_for_end(self) -> None:
        """Waits until the proxy is closed."""
        self._ended.wait()


def _fields(encoded: str) -> dict[str, str]:
    return {key: values[-1] for key, values in parse_qs(encoded, keep_blank_values=True).items()}


class _Handler(BaseHTTPRequestHandler):
    owner: FaultProxy
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's own name
        """Says nothing: the requests are kept in a list."""

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parameters = _fields(urlsplit(self.path).query) | self._posted(body)
        _, rules = self.owner.note(self.command, parameters)
        for rule in rules:
            if rule.before is not None:
                rule.before()
        own = next((rule.answer for rule in rules if rule.answer is not None), None)
        if own is not None:
            self._reply(200, "OK", [("Content-Type", "application/json")], own)
            return
        fault = next((rule.fault for rule in rules if rule.fault is not None), None)
        if fault is Fault.CUT_BEFORE:
            self._cut()
        elif fault is Fault.ERROR_BEFORE:
            self._server_error(503)
        else:
            self._forward(body, fault, rules)

    def _posted(self, body: bytes) -> dict[str, str]:
        kind = self.headers.get("Content-Type", "")
        if kind.startswith("application/x-www-form-urlencoded"):
            return _fields(body.decode("utf-8", "replace"))
        if not kind.startswith("multipart/form-data"):
            return {}
        form = BytesParser(policy=policy.HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
        parts = {part.get_param("name", header="Content-Disposition"): part for part in form.iter_parts()}
        return {str(name): bytes(part.get_payload(decode=True)).decode() for name, part in parts.items()}

    def _forward(self, body: bytes, fault: Fault | None, rules: list[_Rule]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.owner.port, timeout=300)
        skipped = ("connection", "host", "accept-encoding")
        headers = {key: value for key, value in self.headers.items() if key.lower() not in skipped}
        headers |= {"Host": f"127.0.0.1:{self.owner.port}", "Connection": "close"}
        try:
            connection.request(self.command, self.path, body or None, headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        for rule in rules:
            if rule.after is not None:
                rule.after()
        match fault:
            case Fault.CUT_AFTER:
                self._cut()
            case Fault.CUT_WITHIN:
                self._reply(answer.status, answer.reason, answer.getheaders(), content, of=len(content) // 2)
                self._cut()
            case Fault.ERROR_AFTER:
                self._server_error(503)
            case Fault.TIMEOUT_AFTER:
                self._server_error(504)
            case Fault.GARBLED:
                self._reply(200, "OK", [("Content-Type", "text/html")], b"<html><body>Error</body></html>")
            case Fault.HANG_AFTER:
                self.owner.wait_for_end()
                self._cut()
            case _:
                self._reply(answer.status, answer.reason, answer.getheaders(), content)

    def _server_error(self, status: int) -> None:
        self._reply(status, "Error", [("Content-Type", "text/html")], b"<html><body>upstream error</body></html>")

    def _reply(
        self, status: int, reason: str, headers: list[tuple[str, str]], content: bytes, *, of: int | None = None
    ) -> None:
        self.send_response_only(status, reason)
        for key, value in headers:
            if key.lower() not in ("connection", "content-length", "transfer-encoding"):
                self.send_header(key, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content if of is None else content[:of])
        self.wfile.flush()

    def _cut(self) -> None:
        self.close_connection = True
        # Both ways: closing the file alone leaves the socket open until the garbage collector comes by.
        self.connection.shutdown(socket.SHUT_RDWR)
