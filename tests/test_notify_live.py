"""Notices on a real MediaWiki with Echo: one notification for each person told, none from anything else it does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.journal import Journal
from bot.operatorfile import WikiEntry
from bot.runner import RunOptions, RunReport, run
from bot.wiki.live import Patience, open_wiki
from bot.wiki.port import Wiki
from tasks import ALL
from tests.mediawiki import server
from tests.mediawiki.people import People
from tests.mediawiki.server import Server
from tests.world import signed

pytestmark = pytest.mark.wiki

LISTS = "Project:Cases/No notices"
BOARD, SETTINGS, RUN_PAGE = "Project:Cases", "User:Clerk/cases.yaml", "User:Clerk/cases run"
PAGE = """\
version: 1
support: "Project:Getting help"
defaults: {mode: live, quiet: 0 s}
boards:
  "Project:Cases":
    resolved: {templates: [resolved]}
    responders: {groups: [sysop]}
    subjects: {templates: [userlinks], pages: [pagelinks]}
    archive: {resolved_after: 24 h, keep_threads: 0, to: "{board}/Archive"}
    notify: {subjects: notice, wait: 20 min, reporter_min_edits: 0, opt_out: "Project:Cases/No notices"}
    status: {blocked: mark}
    backlog: {flag_at: 2, clear_at: 1}
    summary: {page: "Project:Cases/Waiting"}
    escalate: {page: "Project:Cases/Overdue", unanswered_after: 1 h}
"""
HURRY = Patience(retries=1, wait=0, between_reads=0, between_writes=0)


@pytest.fixture
def clerk(discussion_wiki: Server, login_folder: Path) -> Iterator[Wiki]:
    """The bot, logged in."""
    wiki = open_wiki("cases", api=discussion_wiki.api, account=server.BOT, folder=login_folder, patience=HURRY)
    yield wiki
    wiki.close()


def one_run(wiki: Wiki, api: str, journal: Journal, number: int) -> RunReport:
    """One run of everything."""
    entry = WikiEntry(
        name="cases",
        site="",
        api=api,
        settings=SETTINGS,
        run_page=RUN_PAGE,
        trusted=frozenset({"sysop"}),
        approval_needed=False,
    )
    return run(wiki, entry, journal.of("cases"), ALL, RunOptions(owner=f"run {number}", all_due=True))


def heard(people: People, name: str) -> Counter[str]:
    """What Echo told somebody, by kind; the welcome of a new account aside."""
    answer = people.as_user(name).call(action="query", meta="notifications", notprop="list", notlimit=50)
    kinds = Counter(str(row["type"]) for row in answer["query"]["notifications"]["list"])
    return Counter({kind: count for kind, count in kinds.items() if not kind.startswith(("welcome", "thank-you"))})


def test_who_is_named_hears_once_and_nobody_hears_of_anything_else(discussion_wiki: Server, clerk: Wiki) -> None:
    people = People(discussion_wiki)
    names = ("Alba", "Nora", "Omar", "Pia", "Rosa", "Sara", "Toni")
    for name in names:
        people.add_user(name)
    past = datetime.now(UTC) - timedelta(hours=3)
    waiting = [
        f"== About {name} ==\n" + signed("Alba", past + timedelta(minutes=number), f"{{{{userlinks|{name}}}}} again.")
        for number, name in enumerate(("Nora", "Omar", "Pia", "Sara", "Toni"))
    ]
    done = "== Done ==\n" + signed("Alba", past - timedelta(days=4), "{{userlinks|Rosa}} Words.")
    done += "\n{{resolved}} " + signed("Rosa", past - timedelta(days=3), "Closed.")
    done += "\n:" + signed(server.ADMIN, past - timedelta(days=3), "{{resolved}} Closed.")
    people.admin.edit(SETTINGS, PAGE)
    people.admin.edit(RUN_PAGE, "run")
    asked = "== Please ==\n" + signed("Alba", past, "{{pagelinks|Project:Cases/Shut}} Please.")
    people.admin.edit("Project:Cases/Shut", "Words.")
    people.as_user("Alba").edit(BOARD, "Lead.\n\n" + "\n\n".join([*waiting, asked, done]))
    people.protect("Project:Cases/Shut", "autoconfirmed")
    people.block("Toni", no_talk=True)
    people.as_user("Omar").edit("User talk:Omar", "{{nobots}}")
    # Sara lists herself; what stands there in Nora's name Alba put there.
    people.as_user("Sara").edit(LISTS, "* [[User:Sara]]")
    forged = signed("Nora", past, "* No notices, please.")
    people.as_user("Alba").edit(LISTS, f"* [[User:Sara]]\n{forged}")
    before = {name: heard(people, name) for name in names}
    journal = Journal()

    reports = [one_run(clerk, discussion_wiki.api, journal, number) for number in range(2)]

    assert [report.problems for report in reports] == [(), ()]
    pages = Counter(edit.page for report in reports for edit in report.edits)
    assert pages["User talk:Nora"] == pages["User talk:Pia"] == 1
    assert any(page.endswith("/Archive") for page in pages)
    assert any(page.endswith("/Overdue") for page in pages)
    assert any(page.endswith("/Waiting") for page in pages)
    assert pages["User talk:Omar"] == pages["User talk:Sara"] == pages["User talk:Toni"] == 0
    text = clerk.read([BOARD]).pages[BOARD].text or ""
    assert text.count(f"protected by {server.ADMIN} (editing: autoconfirmed) without an end") == 1
    assert text.count(f"all accounts named in it were blocked: by {server.ADMIN} without an end") == 1
    news = {name: heard(people, name) - before[name] for name in names}
    one = Counter({"edit-user-talk": 1})
    assert news == {name: one if name in ("Nora", "Pia") else Counter() for name in names}
    assert not reports[1].edits
