"""Links to archived sections (``links``): which are mended, on which pages, and what never is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.memory import FinishedMove
from bot.model import Page
from bot.plan import Limits, LinkSearch, Need, Plan, Snapshot
from bot.reading.exclusion import excluded
from tasks.archive import ArchiveSettings, plan
from tasks.archive.links import LINKS, LOOKED_AT
from tasks.archive.text import digest
from tests.builders import BOARD, NOW, ago, memory, page, resolved, signed, snapshot, thread
from tests.world import ARCHIVE, PAGE, World, entry, world
from tests.world import BOARD as INCIDENTS
from tests.world import thread as report

FIRST = f"{BOARD}/Archive 1"
ELSEWHERE = "Project:Elsewhere"
LINKED = {"mode": "live", "keep_threads": 0, "links": {"namespaces": ["Project", "User talk"]}}


def _thread(heading: str) -> str:
    return thread(heading, signed(f"Author of {heading}", ago(days=9)), resolved(ago(days=8)))


def _after(*moved: str, board: str = "", archive: str = "", spaces: tuple[int, ...] = (3, 4)) -> Snapshot:
    """What the task sees once threads with these headings went to the first archive."""
    texts = [_thread(one) for one in moved]
    text = archive + "".join(texts)
    finished = (FinishedMove(7, FIRST, frozenset(digest(one) for one in texts)),)
    return snapshot(
        "Lead.\n\n" + board + thread("Last", ("Ann", ago(hours=1))),
        memory=memory(finished=finished),
        limits=Limits(repair_links=frozenset(spaces)),
        pages=[page(FIRST, text.rstrip())],
    )


def _plan(seen: Snapshot, pages: Mapping[str, Page], at_most: int = 20) -> Plan:
    """The plan with every need answered."""
    links = {"namespaces": ["Project", "User talk"], "at_most": at_most}
    settings = ArchiveSettings.model_validate({**LINKED, "links": links})
    for _ in range(5):
        match plan(seen, settings, NOW):
            case Need() as need:
                known = {title: pages.get(title, Page(title)) for title in need.pages}
                found = {one: tuple(replace(each, text=None) for each in pages.values()) for one in need.linking}
                seen = replace(seen, pages={**seen.pages, **known}, linking={**seen.linking, **found})
            case wanted:
                return wanted
    raise AssertionError("more rounds than the runner gives")


def _mended(text: str, seen: Snapshot | None = None, title: str = ELSEWHERE) -> str:
    """What becomes of a page's text."""
    wanted = _plan(seen or _after("Some report"), {title: page(title, text)})
    for edit in wanted.edits:
        assert edit.page == title
        return edit.change.apply(text)  # type: ignore[union-attr]  # these edits are splices
    return text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"[[{BOARD}#Some report|label]]", f"[[{FIRST}#Some report|label]]"),
        (f"[[{BOARD}#Some report]]", f"[[{FIRST}#Some report|{BOARD}#Some report]]"),
        (f"[[:{BOARD}#Some_report]]", f"[[:{FIRST}#Some_report|{BOARD}#Some_report]]"),
        (
            f"[[{BOARD}#Some report|x]] [[{BOARD}#Some%20report|y]]",
            f"[[{FIRST}#Some report|x]] [[{FIRST}#Some%20report|y]]",
        ),
    ],
)
def test_a_link_to_an_archived_heading_leads_to_the_archive_and_shows_what_it_showed(before: str, after: str) -> None:
    assert _mended(before) == after


@pytest.mark.parametrize(
    "text",
    [
        f"[[{BOARD}#some report|letter case differs]]",
        f"[[{BOARD}#Some report 2|longer]]",
        f"[[{BOARD}#Some|shorter]]",
        f"[[{BOARD}|the board]]",
        f"[[{BOARD}/Sub#Some report|another page]]",
        f"<!-- [[{BOARD}#Some report|x]] --> <nowiki>[[{BOARD}#Some report|x]]</nowiki>",
        f"{{{{nobots}}}} [[{BOARD}#Some report|x]]",
        f"{{{{bots|deny=Boardclerk}}}} [[{BOARD}#Some report|x]]",
        f"#REDIRECT [[{BOARD}#Some report]]",
    ],
)
def test_nothing_else_is_touched(text: str) -> None:
    redirect = BOARD if text.startswith("#") else None

    wanted = _plan(_after("Some report"), {ELSEWHERE: page(ELSEWHERE, text, redirect=redirect)})

    assert wanted.edits == ()


def test_a_link_within_a_signature_is_its_owners() -> None:
    mark = f"[[{BOARD}#Some report|sig]]"
    line = signed("Ann", ago(hours=5), f"See {mark}.").replace("([[User talk", f"{mark} ([[User talk")

    after = _mended(line)

    assert after.count(mark) == 1
    assert after.index(f"[[{FIRST}#") < after.index(mark)


@pytest.mark.parametrize(
    "seen",
    [
        _after("Some report", board=thread("Some report", ("Eva", ago(hours=2)))),
        _after("Some report", board=thread("some Report", ("Eva", ago(hours=2)))),
        _after("Some report", archive=_thread("Some report").replace("Author", "Somebody")),
        _after("Some report", "Some report"),
    ],
    ids=["on the board again", "in other letter case", "in the archive before", "twice in one move"],
)
def test_a_heading_that_stands_twice_is_left_alone(seen: Snapshot) -> None:
    assert _mended(f"[[{BOARD}#Some report|x]] [[{BOARD}#Some report 2|y]]", seen) == (
        f"[[{BOARD}#Some report|x]] [[{BOARD}#Some report 2|y]]"
    )


def test_a_thread_that_was_changed_in_the_archive_since_is_left_alone() -> None:
    seen = _after("Some report")
    changed = page(FIRST, (seen.pages[FIRST].text or "").replace("Words.", "Other words."))

    assert _mended(f"[[{BOARD}#Some report|x]]", replace(seen, pages={FIRST: changed})).startswith(f"[[{BOARD}#")


def test_a_page_not_edited_since_the_thread_was_opened_is_not_even_read() -> None:
    old = page(ELSEWHERE, f"[[{BOARD}#Some report|x]]", instant=ago(days=10))
    seen = _after("Some report")
    search = LinkSearch(BOARD, frozenset({3, 4}), LOOKED_AT)

    wanted = plan(replace(seen, linking={search: (old,)}), ArchiveSettings.model_validate(LINKED), NOW)

    assert isinstance(wanted, Plan)
    assert wanted.edits == ()


def test_where_very_many_pages_link_to_the_board_nothing_is_mended_and_that_is_said() -> None:
    pages = {f"User talk:N{number}": page(f"User talk:N{number}", "x") for number in range(LOOKED_AT)}

    wanted = _plan(_after("Some report"), pages)

    assert wanted.edits == ()
    assert ("not done: links", f"{LOOKED_AT} pages or more link to the board") in {
        (one.verdict, one.found) for one in wanted.decisions
    }


def test_a_namespace_that_the_operator_did_not_open_is_left_out_and_said() -> None:
    wanted = _plan(_after("Some report", spaces=(3,)), {})

    assert [one.found for one in wanted.decisions if one.verdict == "not done: links"] == ["namespace Project"]


def test_edits_are_minor_and_their_summaries_say_how_many_and_name_no_heading() -> None:
    text = f"[[{BOARD}#Some report|x]] [[{BOARD}#Some report|y]]"

    (edit,) = _plan(_after("Some report"), {ELSEWHERE: page(ELSEWHERE, text)}).edits

    assert edit.summary == f"Bot: 2 links to [[:{BOARD}]] now lead to the archive"
    assert (edit.kind, edit.minor, edit.independent) == ("links", True, True)


def test_past_the_cap_the_rest_follows_in_the_next_run() -> None:
    pages = {f"User talk:N{number}": page(f"User talk:N{number}", f"[[{BOARD}#Some report|x]]") for number in range(3)}

    wanted = _plan(_after("Some report"), pages, at_most=2)

    assert len(wanted.edits) == 2
    assert ("held back: links", "links on 3 pages to mend") in {(one.verdict, one.found) for one in wanted.decisions}
    assert LINKS not in {fact.kind for fact in wanted.facts}
    whole = _plan(_after("Some report"), pages, at_most=3)
    assert [fact.value for fact in whole.facts if fact.kind == LINKS] == ["7"]


def test_moves_whose_links_were_mended_are_done_with() -> None:
    seen = _after("Some report")

    done = replace(seen, memory=replace(seen.memory, facts={(LINKS, ""): "7"}))

    assert _mended(f"[[{BOARD}#Some report|x]]", done) == f"[[{BOARD}#Some report|x]]"


# The whole way, on the embedded wiki

ON = PAGE.replace("keep_threads: 1,", "keep_threads: 1, links: {namespaces: [Project, User talk], at_most: 2},")
TALK = "User talk:Dario"


def _linked(page: str = ON, opened: tuple[str, ...] = ("Project", "User talk")) -> World:
    operators = entry(repair_links=opened)
    made = world(report(1), report(2), report(3, resolved=False), page=page, entry=operators)
    made.says("Dario", TALK, f"See [[{INCIDENTS}#Report 1]] and [[Project:Incidents#Report 3|the other]].")
    return made


def test_links_are_mended_in_the_run_that_archives_and_the_next_run_has_nothing_to_do() -> None:
    made = _linked()

    made.run()

    assert made.text(TALK) == (
        f"See [[{ARCHIVE}#Report 1|{INCIDENTS}#Report 1]] and [[Project:Incidents#Report 3|the other]]."
    )
    edits = made.bot_edits()
    assert edits == [ARCHIVE, INCIDENTS, TALK]
    made.wiki.advance(timedelta(hours=7))
    made.run()
    assert made.bot_edits() == edits


@pytest.mark.parametrize(
    ("page", "opened"), [(PAGE, ("Project", "User talk")), (ON, ()), (ON, ("Project",))], ids=["off", "shut", "half"]
)
def test_without_the_communitys_wish_or_the_operators_leave_no_link_is_mended(page: str, opened: tuple[str]) -> None:
    made = _linked(page, opened)

    made.run()
    made.run()

    assert made.bot_edits() == [ARCHIVE, INCIDENTS]


def test_killed_before_any_link_was_mended_the_next_run_mends_them_and_with_the_journal_lost_none() -> None:
    for lost in (False, True):
        made = _linked()

        def kill(number: int, name: str) -> None:
            if name == "linking":
                raise KeyboardInterrupt

        made.tap.before = kill
        with pytest.raises(KeyboardInterrupt):
            made.run()
        assert made.bot_edits() == [ARCHIVE, INCIDENTS]
        made.untapped()
        if lost:
            made.lose_journal()
        made.run()
        assert made.bot_edits() == [ARCHIVE, INCIDENTS, *([] if lost else [TALK])]
        assert excluded(made.text(TALK), "Clerk") is False


def test_a_protected_page_and_one_that_keeps_bots_away_do_not_keep_others_from_being_mended() -> None:
    made = _linked()
    made.says("Eva", "User talk:Eva", f"{{{{nobots}}}} [[{INCIDENTS}#Report 1|x]]")
    made.says("Bea", "User talk:Bea", f"[[{INCIDENTS}#Report 2|x]]")
    made.wiki.protect("User talk:Bea", "sysop")

    made.run()

    assert made.bot_edits() == [ARCHIVE, INCIDENTS, TALK]


def test_a_page_edited_at_the_same_time_is_read_again() -> None:
    made = _linked()

    def edit(number: int, name: str) -> None:
        if name == "save" and made.bot_edits() == [ARCHIVE, INCIDENTS] and "Hello" not in made.text(TALK):
            made.says("Eva", TALK, "Hello. " + made.text(TALK))

    made.tap.before = edit
    made.run()

    assert made.text(TALK).startswith(f"Hello. See [[{ARCHIVE}#Report 1|")
