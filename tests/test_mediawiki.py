"""The real MediaWiki of the tests is set up as its options say, and ends when it is told to."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

import pytest

from tests.mediawiki import server
from tests.mediawiki.people import People
from tests.mediawiki.server import Server

pytestmark = pytest.mark.wiki


def test_a_fresh_wiki_shares_nothing_with_the_sessions_wiki(mediawiki: Server, fresh_wiki: Server) -> None:
    People(mediawiki).admin.edit("Project:Only here", "text")

    there = People(fresh_wiki).admin.call(action="query", titles="Project:Only here")["query"]["pages"][0]

    assert there["missing"]
    assert mediawiki.api != fresh_wiki.api


def test_a_stopped_server_leaves_no_worker_behind(fresh_wiki: Server) -> None:
    fresh_wiki.stop()

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", fresh_wiki.port), timeout=5)


def test_a_taken_port_is_left_to_who_has_it(fresh_wiki: Server) -> None:
    fresh_wiki.stop()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        fresh_wiki.port = taken = other.getsockname()[1]

        fresh_wiki.start()

    assert fresh_wiki.port != taken
    assert People(fresh_wiki).admin.call(action="query", meta="userinfo")["query"]["userinfo"]["name"] == server.ADMIN


def test_other_peoples_edits_elsewhere_are_merged(fresh_wiki: Server) -> None:
    people = People(fresh_wiki)
    lines = [f"line {number}\n" for number in range(9)]
    base = people.admin.edit("Project:Merged", "".join(lines))
    people.admin.edit("Project:Merged", "".join(["first\n", *lines[1:]]))
    people.add_user("Alba")

    people.as_user("Alba").act(
        action="edit", title="Project:Merged", text="".join([*lines[:8], "last\n"]), baserevid=base
    )

    page = people.admin.call(action="query", prop="revisions", titles="Project:Merged", rvprop="content")
    text = page["query"]["pages"][0]["revisions"][0]["content"]
    assert text.startswith("first\n")
    assert text.endswith("last")


def test_discussiontools_reads_threads_and_echo_tells_of_messages(discussion_wiki: Server) -> None:
    people = People(discussion_wiki)
    people.add_user("Bruno")
    people.admin.edit("Project:Talked", "== Heading ==\nHello ~~~~\n")
    people.admin.edit("User talk:Bruno", section="Hello", append="A word ~~~~")

    info = people.admin.call(action="discussiontoolspageinfo", page="Project:Talked", prop="threaditemshtml")
    (thread,) = info["discussiontoolspageinfo"]["threaditemshtml"]
    told = people.as_user("Bruno").call(action="query", meta="notifications", notprop="list")

    assert [comment["author"] for comment in thread["replies"]] == [server.ADMIN]
    kinds = [row["type"] for row in told["query"]["notifications"]["list"]]
    assert kinds.count("edit-user-talk") == 1


def provide(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs provide.sh where neither MediaWiki nor apt is to be found."""
    script = Path(server.__file__).with_name("provide.sh")
    return subprocess.run(
        ["/bin/sh", str(script)], env={"PATH": str(folder), **environment}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("environment", [{}, {"MEDIAWIKI_ROOT": "/nowhere"}])
def test_a_machine_without_mediawiki_is_told_loudly_and_fails_only_where_it_must(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    here, there = provide(tmp_path, **environment), provide(tmp_path, CI="true", **environment)

    assert (here.returncode, there.returncode) == (0, 1)
    assert "SKIPPED" in here.stderr
