"""The fault proxy does what it says, before a small server of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from tests.faultproxy import Fault, FaultProxy, Request, edit_number, edits, number

EDIT = {"action": "edit", "title": "Board"}


class Backend(ThreadingHTTPServer):
    """Answers every request with JSON and counts what arrived."""

    daemon_threads = True
    arrived = 0


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        assert isinstance(self.server, Backend)
        self.server.arrived += 1
        self.rfile.read(int(self.headers["Content-Length"]))
        content = b'{"edit": {"result": "Success"}}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's own name
        return


@pytest.fixture
def backend() -> Iterator[Backend]:
    server = Backend(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def proxy(backend: Backend) -> Iterator[FaultProxy]:
    with FaultProxy(backend.server_address[1]) as running:
        yield running


def test_a_request_without_rule_passes_and_is_noted(proxy: FaultProxy, backend: Backend) -> None:
    answer = requests.post(proxy.api, data=EDIT, timeout=20)

    assert answer.json() == {"edit": {"result": "Success"}}
    assert proxy.requests == [Request(1, "POST", EDIT)]
    assert proxy.edits[0].titles == ("Board",)
    assert backend.arrived == 1


@pytest.mark.parametrize(
    ("fault", "arrives"),
    [(Fault.CUT_BEFORE, 0), (Fault.CUT_AFTER, 1), (Fault.CUT_WITHIN, 1)],
)
def test_a_cut_connection_raises_and_only_late_cuts_let_the_request_arrive(
    proxy: FaultProxy, backend: Backend, fault: Fault, arrives: int
) -> None:
    proxy.fail(number(1), fault)

    with pytest.raises(requests.RequestException):
        requests.post(proxy.api, data=EDIT, timeout=20)

    assert backend.arrived == arrives


@pytest.mark.parametrize(
    ("fault", "status", "arrives"),
    [
        (Fault.ERROR_BEFORE, 503, 0),
        (Fault.ERROR_AFTER, 503, 1),
        (Fault.TIMEOUT_AFTER, 504, 1),
        (Fault.GARBLED, 200, 1),
    ],
)
def test_an_error_page_is_answered_before_or_after_forwarding(
    proxy: FaultProxy, backend: Backend, fault: Fault, status: int, arrives: int
) -> None:
    proxy.fail(edits, fault)

    answer = requests.post(proxy.api, data=EDIT, timeout=20)

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "text/html"
    assert backend.arrived == arrives


def test_an_answer_that_never_comes_is_ended_by_the_clients_own_patience(proxy: FaultProxy, backend: Backend) -> None:
    proxy.fail(edits, Fault.HANG_AFTER)

    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.post(proxy.api, data=EDIT, timeout=0.3)

    assert backend.arrived == 1


def test_a_rule_holds_for_the_chosen_edit_alone(proxy: FaultProxy, backend: Backend) -> None:
    proxy.fail(edit_number(2), Fault.ERROR_AFTER)

    codes = [
        requests.post(proxy.api, data=data, timeout=20).status_code for data in (EDIT, {"action": "query"}, EDIT, EDIT)
    ]

    assert codes == [200, 200, 503, 200]


def test_functions_are_called_before_and_after_the_wiki_does_the_request(proxy: FaultProxy, backend: Backend) -> None:
    seen: list[tuple[str, int]] = []
    proxy.call_before(number(2), lambda: seen.append(("before", backend.arrived)))
    proxy.call_after(number(2), lambda: seen.append(("after", backend.arrived)))

    for _ in range(3):
        requests.post(proxy.api, data=EDIT, timeout=20)

    assert seen == [("before", 1), ("after", 2)]


def test_the_proxy_can_answer_in_place_of_the_wiki(proxy: FaultProxy, backend: Backend) -> None:
    proxy.answer(edits, b'{"error": {"code": "maxlag"}}')

    answers = [requests.post(proxy.api, data=EDIT, timeout=20).json() for _ in range(2)]

    assert "error" in answers[0]
    assert "edit" in answers[1]
    assert backend.arrived == 1


def test_forgetting_begins_anew(proxy: FaultProxy, backend: Backend) -> None:
    proxy.fail(number(1), Fault.ERROR_BEFORE)
    proxy.forget()

    assert requests.post(proxy.api, data=EDIT, timeout=20).status_code == 200
    assert [request.number for request in proxy.requests] == [1]
