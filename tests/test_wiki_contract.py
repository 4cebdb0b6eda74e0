"""One contract for every adapter of the wiki port: the embedded wiki and, marked ``wiki``, a real MediaWiki."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.messages import Gender
from bot.model import Block
from bot.wiki.port import Barred, Conflict, Missing, Refused, Saved, Write
from tests.wikis import ADAPTERS, WikiPair, pair_of


@pytest.fixture(params=ADAPTERS)
def wiki_pair(request: pytest.FixtureRequest) -> WikiPair:
    """Each adapter in turn."""
    return pair_of(request)


MERGES: list[tuple[str, str, str, str, str | None]] = [
    # name, base, ours, theirs, the page afterwards (None: a conflict)
    ("far apart", "a\nb\nc\nd\ne", "A\nb\nc\nd\ne", "a\nb\nc\nd\nE", "A\nb\nc\nd\nE"),
    ("one line between", "a\nb\nc", "A\nb\nc", "a\nb\nC", "A\nb\nC"),
    ("neighbouring lines", "a\nb\nc\nd", "a\nB\nc\nd", "a\nb\nC\nd", None),
    ("the same line", "a\nb\nc", "a\nB\nc", "a\nX\nc", None),
    ("the same line to the same text", "a\nb\nc", "a\nB\nc", "a\nB\nc", "a\nB\nc"),
    ("the same line and another", "a\nb\nc\nd\ne", "a\nB\nc\nd\nE", "a\nB\nc\nd\ne", "a\nB\nc\nd\nE"),
    ("both append", "a\nb", "a\nb\nours", "a\nb\ntheirs", None),
    ("both append the same", "a\nb", "a\nb\nnew", "a\nb\nnew", "a\nb\nnew"),
    ("both prepend", "a\nb", "ours\na\nb", "theirs\na\nb", None),
    ("prepend and append", "a\nb", "ours\na\nb", "a\nb\ntheirs", "ours\na\nb\ntheirs"),
    ("prepend and append around one line", "a", "ours\na", "a\ntheirs", "ours\na\ntheirs"),
    ("insert before a changed line", "a\nb\nc", "a\nnew\nb\nc", "a\nB\nc", None),
    ("insert after a changed line", "a\nb\nc", "a\nb\nnew\nc", "a\nB\nc", None),
    ("insert one line off a changed line", "a\nb\nc\nd", "a\nb\nnew\nc\nd", "A\nb\nc\nd", "A\nb\nnew\nc\nd"),
    ("delete and change elsewhere", "a\nb\nc\nd\ne", "a\nc\nd\ne", "a\nb\nc\nd\nE", "a\nc\nd\nE"),
    ("delete what they change", "a\nb\nc\nd", "a\nd", "a\nb\nC\nd", None),
    ("change what they delete", "a\nb\nc\nd", "a\nb\nC\nd", "a\nd", None),
    ("both delete the same", "a\nb\nc\nd", "a\nd", "a\nd", "a\nd"),
    ("delete neighbouring lines", "a\nb\nc\nd", "a\nc\nd", "a\nb\nd", None),
    ("delete the end and append", "a\nb\nc", "a\nb", "a\nb\nc\nd", None),
    ("delete the beginning and append", "a\nb\nc", "b\nc", "a\nb\nc\nd", "b\nc\nd"),
    (
        "cut a thread while another grows",
        "x\n\n== 1 ==\na\n\n== 2 ==\nb\n\n== 3 ==\nc",
        "x\n\n== 2 ==\nb\n\n== 3 ==\nc",
        "x\n\n== 1 ==\na\n\n== 2 ==\nb\n\n== 3 ==\nc\n: d",
        "x\n\n== 2 ==\nb\n\n== 3 ==\nc\n: d",
    ),
    (
        "cut a thread that grows",
        "x\n\n== 1 ==\na\n\n== 2 ==\nb",
        "x\n\n== 2 ==\nb",
        "x\n\n== 1 ==\na\n: more\n\n== 2 ==\nb",
        None,
    ),
    ("cut the last thread while one is appended", "x\n\n== 1 ==\na", "x", "x\n\n== 1 ==\na\n\n== 2 ==\nb", None),
    (
        "cut the first thread while one is appended",
        "x\n\n== 1 ==\na\n\n== 2 ==\nb",
        "x\n\n== 2 ==\nb",
        "x\n\n== 1 ==\na\n\n== 2 ==\nb\n\n== 3 ==\nc",
        "x\n\n== 2 ==\nb\n\n== 3 ==\nc",
    ),
    (
        "reply and cut of the next thread",
        "== 1 ==\na\n\n== 2 ==\nb\n\n== 3 ==\nc",
        "== 1 ==\na\n\n== 3 ==\nc",
        "== 1 ==\na\n: more\n\n== 2 ==\nb\n\n== 3 ==\nc",
        "== 1 ==\na\n: more\n\n== 3 ==\nc",
    ),
    (
        "a line moved and another changed",
        "a\nb\nc\nd\ne\nf",
        "b\nc\nd\na\ne\nf",
        "a\nb\nc\nd\ne\nF",
        "b\nc\nd\na\ne\nF",
    ),
    ("they blank the page", "a\nb\nc", "a\nB\nc", "", None),
    ("we blank the page", "a\nb\nc", "", "a\nB\nc", None),
    ("on an empty page", "", "ours", "theirs", None),
    ("lines that differ in white space", "a\nb \nc\nd", "a\nb\nc\nd", "a\nb \nc\nD", "a\nb\nc\nD"),
    ("Unicode", "ä\nö\nü\n語", "Ä\nö\nü\n語", "ä\nö\nü\n言", "Ä\nö\nü\n言"),
    ("a lone carriage return is a line", "a\nb\nc\nd", "a\rx\nb\nc\nd", "a\nb\nc\nD", "a\nx\nb\nc\nD"),
]


def people_edit(pair: WikiPair, title: str, *texts: str) -> list[int]:
    """Somebody saves these texts one after the other."""
    editor = pair.admin.as_user(pair.person())
    return [editor.edit(title, text, summary="an edit") for text in texts]


def text_of(pair: WikiPair, title: str) -> str | None:
    return pair.wiki.read([title]).pages[title].text


def overwrite(title: str, base: int, text: str, summary: str = "by the bot") -> Write:
    return Write(title, base, summary, text=text)


def add_section(title: str, base: int, text: str, heading: str = "New", summary: str = "by the bot") -> Write:
    return Write(title, base, summary, section=text, section_heading=heading)


# Reading


def test_pages_are_keyed_as_asked_and_titled_in_normal_form(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    [revision] = people_edit(wiki_pair, title, "text")
    sloppy = f"  project:_{title.partition(':')[2].replace(' ', '__')} "
    lower = sloppy.replace("Board", "board")

    pages = wiki_pair.wiki.read([title, sloppy, lower]).pages

    assert set(pages) == {title, sloppy, lower}
    assert {page.revision for page in pages.values()} == {revision}
    assert len({page.title for page in pages.values()}) == 1
    assert pages[sloppy].title.endswith(title.partition(":")[2])


def test_a_missing_page_is_told_from_an_empty_one(wiki_pair: WikiPair) -> None:
    missing, empty = wiki_pair.title(), wiki_pair.title("Empty")
    people_edit(wiki_pair, empty, "something", "")

    pages = wiki_pair.wiki.read([missing, empty]).pages

    assert not pages[missing].exists
    assert pages[missing].text is None
    assert pages[empty].exists
    assert pages[empty].text == ""


@pytest.mark.parametrize("title", ["", "a[b]", "a|b", "Special:Contributions", "a<b", "User:", "x" * 256])
def test_a_title_that_cannot_be_is_a_page_that_does_not_exist(wiki_pair: WikiPair, title: str) -> None:
    page = wiki_pair.wiki.read([title]).pages[title]

    assert not page.exists
    assert page.text is None


def test_reading_tells_revision_editor_instant_size_and_text(wiki_pair: WikiPair) -> None:
    title, person = wiki_pair.title(), wiki_pair.person()
    revision = wiki_pair.admin.as_user(person).edit(title, "zwölf")

    reading = wiki_pair.wiki.read([title])
    page = reading.pages[title]

    assert (page.revision, page.editor, page.text, page.size) == (revision, person, "zwölf", 6)
    assert page.model == "wikitext"
    assert page.instant is not None
    assert timedelta(0) <= reading.now - page.instant < timedelta(minutes=5)
    assert reading.now.utcoffset() == timedelta(0)


def test_texts_are_left_out_where_they_are_not_wanted(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    [revision] = people_edit(wiki_pair, title, "text")

    page = wiki_pair.wiki.read([title], text=False).pages[title]

    assert page.text is None
    assert page.revision == revision
    assert page.size == 4


def test_more_pages_than_one_request_may_name_are_read(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    people_edit(wiki_pair, title, "text")
    titles = [f"{title} {number}" for number in range(520)]

    pages = wiki_pair.wiki.read([*titles, title]).pages

    assert len(pages) == 521
    assert pages[title].text == "text"


def test_asking_for_nothing_still_tells_the_time(wiki_pair: WikiPair) -> None:
    reading = wiki_pair.wiki.read([])

    assert not reading.pages
    assert reading.now.utcoffset() == timedelta(0)


def test_a_redirect_is_not_followed_but_named(wiki_pair: WikiPair) -> None:
    target, redirect = wiki_pair.title(), wiki_pair.title("Redirect")
    people_edit(wiki_pair, target, "target")
    people_edit(wiki_pair, redirect, f"#redirect [[{target}]]")

    pages = wiki_pair.wiki.read([redirect, target]).pages

    assert pages[redirect].redirect == pages[target].title
    assert pages[redirect].text == f"#redirect [[{target}]]"
    assert pages[target].redirect is None


def test_redirects_to_a_page_are_listed(wiki_pair: WikiPair) -> None:
    target, lone = wiki_pair.title(), wiki_pair.title("Lone")
    redirects = [wiki_pair.title("Redirect") for _ in range(2)]
    for redirect in redirects:
        people_edit(wiki_pair, redirect, f"#REDIRECT [[{target}]]")
    people_edit(wiki_pair, target, "target")

    found = wiki_pair.wiki.redirects([target, lone])

    normal = {page.title for page in wiki_pair.wiki.read(redirects).pages.values()}
    assert set(found[target]) == normal
    assert found[lone] == ()


def test_protection_is_told_and_lifted(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    people_edit(wiki_pair, title, "text")
    wiki_pair.admin.protect(title, "sysop")

    assert wiki_pair.wiki.read([title]).pages[title].protection.get("edit") == "sysop"

    wiki_pair.admin.protect(title, "")

    assert "edit" not in wiki_pair.wiki.read([title]).pages[title].protection


def test_who_protected_or_deleted_a_page_is_told(wiki_pair: WikiPair) -> None:
    shut, gone, closed, free, lifted, back = (wiki_pair.title() for _ in range(6))
    for title in (shut, gone, free, lifted, back):
        people_edit(wiki_pair, title, "text")
    before = wiki_pair.wiki.read([free]).now
    wiki_pair.admin.protect(shut, "autoconfirmed")
    wiki_pair.admin.protect(shut, "sysop")
    wiki_pair.admin.protect(lifted, "sysop")
    wiki_pair.admin.protect(lifted, "")
    wiki_pair.admin.delete(gone)
    wiki_pair.admin.delete(back)
    people_edit(wiki_pair, back, "again")
    wiki_pair.admin.protect(closed, "sysop")
    sloppy = shut.replace(" ", "_")

    found = wiki_pair.wiki.page_actions([shut, sloppy, gone, closed, free, lifted, back, "a[b]"])

    protected, deleted, barred = found[shut], found[gone], found[closed]
    assert protected is not None
    assert (protected.level, protected.until, protected.deleted) == ("sysop", None, False)
    assert found[sloppy] == protected
    assert deleted is not None
    assert (deleted.level, deleted.until, deleted.deleted) == ("", None, True)
    assert barred is not None
    assert barred.level == "sysop"
    assert protected.by == deleted.by == barred.by != ""
    assert all(one.since >= before for one in (protected, deleted, barred))
    assert [found[title] for title in (free, lifted, back, "a[b]")] == [None] * 4


def test_asking_about_the_actions_on_no_page_is_answered(wiki_pair: WikiPair) -> None:
    assert wiki_pair.wiki.page_actions([]) == {}


def test_a_page_of_code_is_told_by_its_model(wiki_pair: WikiPair) -> None:
    title = f"User:{wiki_pair.bot}/data {wiki_pair.prefix}.json"
    wiki_pair.wiki.save(overwrite(title, 0, "{}"))

    assert wiki_pair.wiki.read([title]).pages[title].model == "json"


def test_revisions_are_read_by_their_ids(wiki_pair: WikiPair) -> None:
    title, other = wiki_pair.title(), wiki_pair.title("Other")
    old, new = people_edit(wiki_pair, title, "old", "new")
    [single] = people_edit(wiki_pair, other, "other")

    pages = wiki_pair.wiki.revisions([old, new, single, 999_999_999])

    assert {number: page.text for number, page in pages.items()} == {old: "old", new: "new", single: "other"}
    assert pages[old].title == pages[new].title
    assert pages[old].revision == old


def test_a_hidden_revision_shows_neither_text_nor_editor(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    old, _ = people_edit(wiki_pair, title, "secret", "clean")
    wiki_pair.admin.hide(old)

    page = wiki_pair.wiki.revisions([old])[old]

    assert page.hidden
    assert page.text is None
    assert page.editor == ""
    told = {revision.id: revision for revision in wiki_pair.wiki.history(title, text=True)}
    assert told[old].hidden
    assert told[old].text is None
    assert (told[old].editor, told[old].summary) == ("", "")
    assert not wiki_pair.wiki.read([title]).pages[title].hidden


def test_revisions_of_a_deleted_page_are_left_out(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    [revision] = people_edit(wiki_pair, title, "text")
    wiki_pair.admin.delete(title)

    assert not wiki_pair.wiki.revisions([revision])
    assert not wiki_pair.wiki.read([title]).pages[title].exists
    assert not list(wiki_pair.wiki.history(title))


def test_users_are_told_with_groups_edits_and_registration(wiki_pair: WikiPair) -> None:
    admin, nobody = wiki_pair.person("Chief", ["sysop"]), f"Nobody {wiki_pair.prefix}x"
    wiki_pair.admin.as_user(admin).edit(wiki_pair.title(), "text")
    sloppy = admin.replace(" ", "_").replace("Chief", "chief")

    users = wiki_pair.wiki.users([admin, sloppy, nobody, "192.0.2.7", wiki_pair.bot])

    assert users[admin].name == users[sloppy].name == admin
    assert {"sysop", "user"} <= users[admin].groups
    assert users[admin].edits == 1
    assert users[admin].since is not None
    assert users[admin].registered
    assert not users[nobody].registered
    assert not users["192.0.2.7"].registered
    assert users[wiki_pair.bot].bot
    assert users[admin].block is None


def test_how_people_want_to_be_spoken_of_is_told(wiki_pair: WikiPair) -> None:
    him, her, them = (wiki_pair.person() for _ in range(3))
    wiki_pair.admin.set_gender(him, Gender.MALE)
    wiki_pair.admin.set_gender(her, Gender.FEMALE)

    users = wiki_pair.wiki.users([him, her, them, "192.0.2.7"])

    assert [users[name].gender for name in (him, her, them)] == [Gender.MALE, Gender.FEMALE, Gender.UNKNOWN]
    assert users["192.0.2.7"].gender is Gender.UNKNOWN


def test_blocks_are_told_with_their_kind(wiki_pair: WikiPair) -> None:
    full, silent, partial = (wiki_pair.person(word) for word in ("Full", "Silent", "Partial"))
    title = wiki_pair.title()
    people_edit(wiki_pair, title, "text")
    wiki_pair.admin.block(full)
    wiki_pair.admin.block(silent, no_talk=True)
    wiki_pair.admin.block(partial, pages=[title])

    blocks: dict[str, Block | None] = {
        name: user.block for name, user in wiki_pair.wiki.users([full, silent, partial]).items()
    }

    kinds = {name: (found.partial, found.no_talk) for name, found in blocks.items() if found}
    assert kinds == {full: (False, False), silent: (False, True), partial: (True, False)}
    block = blocks[full]
    assert block is not None
    assert block.until is None
    assert block.by

    wiki_pair.admin.unblock(full)

    assert wiki_pair.wiki.users([full])[full].block is None


def test_the_account_is_the_bots(wiki_pair: WikiPair) -> None:
    account = wiki_pair.wiki.account()

    assert account.name == wiki_pair.bot
    assert "bot" in account.groups
    assert {"bot", "edit", "apihighlimits"} <= account.rights
    assert account.batch == 500


def test_history_runs_from_the_newest_revision_back(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    ids = people_edit(wiki_pair, title, "one", "two", "three")

    told = list(wiki_pair.wiki.history(title, text=True))

    assert [revision.id for revision in told] == ids[::-1]
    assert [revision.text for revision in told] == ["three", "two", "one"]
    assert {revision.summary for revision in told} == {"an edit"}
    assert [revision.size for revision in told] == [5, 3, 3]
    assert [revision.id for revision in wiki_pair.wiki.history(title, limit=2)] == [ids[2], ids[1]]
    assert {revision.text for revision in wiki_pair.wiki.history(title)} == {None}


def test_history_ends_at_the_instant_asked_for(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    people_edit(wiki_pair, title, "one", "two")
    [newest, *_] = wiki_pair.wiki.history(title)

    assert newest in wiki_pair.wiki.history(title, since=newest.instant)
    assert not list(wiki_pair.wiki.history(title, since=newest.instant + timedelta(seconds=1)))


def test_the_bots_own_contributions_are_listed(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    first = wiki_pair.wiki.save(overwrite(title, 0, "one", "first"))
    people_edit(wiki_pair, title, "between")
    second = wiki_pair.wiki.save(add_section(title, _current(wiki_pair, title), "two", summary="second"))

    told = list(wiki_pair.wiki.contributions(limit=2))

    assert [(one.revision, one.summary, one.created) for one in told] == [
        (second.revision, "second", False),
        (first.revision, "first", True),
    ]
    assert {one.title for one in told} == {wiki_pair.wiki.read([title]).pages[title].title}
    assert told[0].instant == second.instant


def test_an_edit_that_was_undone_is_told_as_reverted(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    people_edit(wiki_pair, title, "theirs")
    undone = wiki_pair.wiki.save(overwrite(title, _current(wiki_pair, title), "ours"))
    # Where recent changes are patrolled MediaWiki believes a revert only of somebody whom it trusts.
    wiki_pair.admin.as_user(wiki_pair.person("Chief", ["sysop"])).edit(title, "theirs")
    wiki_pair.admin.run_jobs()

    told = {one.revision: one for one in wiki_pair.wiki.contributions(limit=5)}

    assert told[undone.revision].reverted
    reverted = {revision.id: revision.reverted for revision in wiki_pair.wiki.history(title)}
    assert reverted[undone.revision]
    assert list(reverted.values()).count(True) == 1


# Saving


def _current(pair: WikiPair, title: str) -> int:
    return pair.wiki.read([title], text=False).pages[title].revision


def test_a_new_page_is_made_once(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()

    saved = wiki_pair.wiki.save(overwrite(title, 0, "text"))

    assert saved.changed
    assert saved.previous == 0
    assert _current(wiki_pair, title) == saved.revision
    with pytest.raises(Conflict):
        wiki_pair.wiki.save(overwrite(title, 0, "again"))
    with pytest.raises(Conflict):
        wiki_pair.wiki.save(add_section(title, 0, "again"))
    assert text_of(wiki_pair, title) == "text"


def test_a_page_that_went_away_is_not_made_again(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    [base] = people_edit(wiki_pair, title, "text")
    wiki_pair.admin.delete(title)

    for write in (overwrite(title, base, "new"), add_section(title, base, "new")):
        with pytest.raises(Missing):
            wiki_pair.wiki.save(write)

    assert not wiki_pair.wiki.read([title]).pages[title].exists


def test_a_page_deleted_and_made_again_is_not_the_same(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    [base] = people_edit(wiki_pair, title, "text")
    wiki_pair.admin.delete(title)
    people_edit(wiki_pair, title, "another")

    with pytest.raises(Conflict):
        wiki_pair.wiki.save(overwrite(title, base, "text and more"))

    assert text_of(wiki_pair, title) == "another"


def test_saving_on_the_base_tells_revision_and_instant(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    [base] = people_edit(wiki_pair, title, "one")

    saved = wiki_pair.wiki.save(overwrite(title, base, "two"))

    page = wiki_pair.wiki.read([title]).pages[title]
    assert saved == Saved(page.revision, base, page.instant or saved.instant)
    assert (page.text, page.editor) == ("two", wiki_pair.bot)


def test_saving_the_same_text_changes_nothing(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    [base] = people_edit(wiki_pair, title, "one")

    saved = wiki_pair.wiki.save(overwrite(title, base, "one\n"))

    assert not saved.changed
    assert saved.revision == base
    assert _current(wiki_pair, title) == base


def test_somebody_elses_overlapping_edit_is_a_conflict(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    base, theirs = people_edit(wiki_pair, title, "one\ntwo\nthree", "one\nTWO\nthree")

    with pytest.raises(Conflict):
        wiki_pair.wiki.save(overwrite(title, base, "one\n2\nthree"))

    assert _current(wiki_pair, title) == theirs


def test_the_bots_own_overlapping_edit_is_a_conflict_too(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    base = wiki_pair.wiki.save(overwrite(title, 0, "one\ntwo\nthree")).revision
    wiki_pair.wiki.save(overwrite(title, base, "one\nTWO\nthree"))

    with pytest.raises(Conflict):
        wiki_pair.wiki.save(overwrite(title, base, "one\n2\nthree"))

    assert text_of(wiki_pair, title) == "one\nTWO\nthree"


def test_the_bots_own_edit_elsewhere_on_the_page_is_merged(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    base = wiki_pair.wiki.save(overwrite(title, 0, "one\ntwo\nthree")).revision
    middle = wiki_pair.wiki.save(overwrite(title, base, "one\ntwo\n3")).revision

    saved = wiki_pair.wiki.save(overwrite(title, base, "1\ntwo\nthree"))

    assert saved.previous == middle
    assert text_of(wiki_pair, title) == "1\ntwo\n3"


def test_a_merge_that_changes_nothing_is_told(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    base, theirs = people_edit(wiki_pair, title, "one\ntwo", "one\nTWO")

    saved = wiki_pair.wiki.save(overwrite(title, base, "one\nTWO"))

    assert not saved.changed
    assert saved.revision == theirs


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "merged"), [case[1:] for case in MERGES], ids=[case[0] for case in MERGES]
)
def test_edits_are_merged_line_by_line(
    wiki_pair: WikiPair, base: str, ours: str, theirs: str, merged: str | None
) -> None:
    title = wiki_pair.title()
    planned, current = (
        people_edit(wiki_pair, title, base or "x", theirs) if base else _from_empty(wiki_pair, title, theirs)
    )

    if merged is None:
        with pytest.raises(Conflict):
            wiki_pair.wiki.save(overwrite(title, planned, ours))
        assert _current(wiki_pair, title) == current
    else:
        saved = wiki_pair.wiki.save(overwrite(title, planned, ours))
        assert text_of(wiki_pair, title) == merged
        assert saved.changed == (merged != theirs)
        assert not saved.changed or saved.previous == current


def _from_empty(pair: WikiPair, title: str, theirs: str) -> list[int]:
    return people_edit(pair, title, "x", "", theirs)[1:]


def test_a_new_section_goes_to_the_end_under_its_heading(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    [base] = people_edit(wiki_pair, title, "lead")

    saved = wiki_pair.wiki.save(add_section(title, base, "words", "A [[heading]] {{x}}"))

    assert saved.previous == base
    assert text_of(wiki_pair, title) == "lead\n\n== A [[heading]] {{x}} ==\n\nwords"


def test_a_new_section_can_begin_a_page(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()

    wiki_pair.wiki.save(add_section(title, 0, "words"))

    assert text_of(wiki_pair, title) == "== New ==\n\nwords"


def test_a_new_section_on_an_empty_page_begins_it(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    *_, base = people_edit(wiki_pair, title, "x", "")

    wiki_pair.wiki.save(add_section(title, base, "words"))

    assert text_of(wiki_pair, title) == "== New ==\n\nwords"


def test_a_new_section_follows_what_others_added_since(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    base, theirs = people_edit(wiki_pair, title, "lead", "lead\n\n== Theirs ==\n\nwords")

    saved = wiki_pair.wiki.save(add_section(title, base, "ours"))

    assert saved.previous == theirs
    assert text_of(wiki_pair, title) == "lead\n\n== Theirs ==\n\nwords\n\n== New ==\n\nours"


@pytest.mark.parametrize("words", ["words", "words ~~~~"])
def test_a_section_sent_twice_is_a_conflict(wiki_pair: WikiPair, words: str) -> None:
    title = wiki_pair.title()
    [base] = people_edit(wiki_pair, title, "lead")
    write = add_section(title, base, words)
    first = wiki_pair.wiki.save(write)

    with pytest.raises(Conflict):
        wiki_pair.wiki.save(write)

    assert _current(wiki_pair, title) == first.revision


def test_a_section_after_the_bots_own_edit_elsewhere_is_added(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    [base] = people_edit(wiki_pair, title, "one\ntwo\nthree")
    wiki_pair.wiki.save(overwrite(title, base, "1\ntwo\nthree"))

    wiki_pair.wiki.save(add_section(title, base, "words"))

    assert text_of(wiki_pair, title) == "1\ntwo\nthree\n\n== New ==\n\nwords"


def test_another_section_under_the_same_summary_conflicts_with_the_bots_last(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    [base] = people_edit(wiki_pair, title, "lead")
    wiki_pair.wiki.save(add_section(title, base, "one", "One"))

    with pytest.raises(Conflict):
        wiki_pair.wiki.save(add_section(title, base, "two", "Two"))

    saved = wiki_pair.wiki.save(add_section(title, base, "two", "Two", summary="another"))
    assert saved.changed
    assert text_of(wiki_pair, title) == "lead\n\n== One ==\n\none\n\n== Two ==\n\ntwo"


def test_a_section_once_somebody_else_edited_is_added_twice(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    [base] = people_edit(wiki_pair, title, "lead")
    write = add_section(title, base, "words")
    wiki_pair.wiki.save(write)
    people_edit(wiki_pair, title, "lead\n\n== New ==\n\nwords\n: reply")

    wiki_pair.wiki.save(write)

    assert (text_of(wiki_pair, title) or "").count("words") == 2


# The pre-save transform


def test_tildes_become_signature_and_timestamp(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    wiki_pair.wiki.save(overwrite(title, 0, "Hello ~~~~"))
    signed = text_of(wiki_pair, title) or ""

    bot = wiki_pair.bot
    begin = f"Hello [[User:{bot}|{bot}]] ([[User talk:{bot}|talk]]) "
    assert signed.startswith(begin)
    assert "~" not in signed
    assert signed.endswith("(UTC)")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (
            "<nowiki>~~~~</nowiki> <pre>~~~~~</pre> <!-- ~~~~ -->",
            "<nowiki>~~~~</nowiki> <pre>~~~~~</pre> <!-- ~~~~ -->",
        ),
        ("<!-- ~~~~", "<!-- ~~~~"),
        ("<NOWIKI >~~~~</nowiki >", "<NOWIKI >~~~~</nowiki >"),
        ("~~ two", "~~ two"),
        ("end \t\n\n", "end"),
        ("  begin", "  begin"),
        ("<gallery>~~~~</gallery>", "<gallery>~~~~</gallery>"),
        ("a\x01b", "a\ufffdb"),
        ("{{subst:PAGENAME|", "{{subst:PAGENAME|"),
        ("{{{1|x}}}", "{{{1|x}}}"),
        ("[[A#b|]] [[#x|]]", "[[A#b|]] [[#x|]]"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("e\u0301", "é"),
        ("a\u00a0", "a\u00a0"),
        ("[[Help:Page (x)|]] [[A, B|]] [[|c]]", "[[Help:Page (x)|Page]] [[A, B|A]] [[c]]"),
        ("{{subst:No such template|~~}}", "{{subst:No such template|~~}}"),
        ("{{unclosed {{subst:x", "{{unclosed {{subst:x"),
        ("{{x|{{y}}}}", "{{x|{{y}}}}"),
    ],
)
def test_the_pre_save_transform_changes_only_what_it_must(wiki_pair: WikiPair, given: str, kept: str) -> None:
    title = wiki_pair.title()

    wiki_pair.wiki.save(overwrite(title, 0, given))

    assert text_of(wiki_pair, title) == kept


def test_an_unclosed_nowiki_protects_nothing(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()

    wiki_pair.wiki.save(overwrite(title, 0, "<nowiki>~~~"))

    assert (
        text_of(wiki_pair, title)
        == f"<nowiki>[[User:{wiki_pair.bot}|{wiki_pair.bot}]] ([[User talk:{wiki_pair.bot}|talk]])"
    )


@pytest.mark.parametrize(
    ("call", "result"),
    [
        ("{{subst:@|Bob|who=Al}}", "Hello Bob Al!"),
        ("{{subst:@| Bob |who = Al }}", "Hello  Bob  Al!"),
        ("{{ SUBST: @ |x}}", "Hello x nobody!"),
        ("{{subst:@}}", "Hello {{{1}}} nobody!"),
        ("{{safesubst:@|2|1=k=l}}", "Hello k=l nobody!"),
        ("{{subst:@|[[a|b]]|who=<nowiki>|}}</nowiki>}}", "Hello [[a|b]] <nowiki>|}}</nowiki>!"),
        ("{{x|{{subst:@|{{subst:@|y}}}}}}", "{{x|Hello Hello y nobody! nobody!}}"),
        ("<nowiki>{{subst:@|x}}</nowiki>", "<nowiki>{{subst:@|x}}</nowiki>"),
        ("{{subst:@|[[a|b}}", "{{subst:@|[[a|b}}"),
        ("{{subst:@|{{{1|a}}}}}", "Hello {{{1|a}}} nobody!"),
        ("{{subst:@|a<!-- b -->c}}", "Hello ac nobody!"),
        ("{{subst:@|a\n|who=\nb\n}}", "Hello a\n b!"),
        ("{{subst:Template:@|x}} {{subst:Project:@|x}}", "Hello x nobody! {{subst:Project:@|x}}"),
    ],
)
def test_templates_are_substituted(wiki_pair: WikiPair, call: str, result: str) -> None:
    template = wiki_pair.title("Greeting").replace("Project:", "")
    people_edit(
        wiki_pair,
        f"Template:{template}",
        "Hello {{{1}}} {{{who|nobody}}}<noinclude>doc</noinclude><includeonly>!</includeonly>",
    )
    title = wiki_pair.title()

    wiki_pair.wiki.save(overwrite(title, 0, call.replace("@", template)))

    assert text_of(wiki_pair, title) == result.replace("@", template)


def test_a_template_that_calls_itself_is_told(wiki_pair: WikiPair) -> None:
    name = wiki_pair.title("Loop").replace("Project:", "")
    people_edit(wiki_pair, f"Template:{name}", f"<includeonly>a {{{{{{{{{{|subst:}}}}}}{name}}}}} b</includeonly>")
    title = wiki_pair.title()

    wiki_pair.wiki.save(overwrite(title, 0, f"{{{{subst:{name}}}}}"))

    assert text_of(wiki_pair, title) == f'a <span class="error">Template loop detected: [[Template:{name}]]</span> b'


# Refusals


def test_a_protected_page_is_refused(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    [base] = people_edit(wiki_pair, title, "text")
    wiki_pair.admin.protect(title, "sysop")

    with pytest.raises(Refused) as refusal:
        wiki_pair.wiki.save(overwrite(title, base, "new"))

    assert refusal.value.kind == "protected"
    assert text_of(wiki_pair, title) == "text"

    wiki_pair.admin.protect(title, "autoconfirmed")

    assert wiki_pair.wiki.save(overwrite(title, base, "new")).changed


def test_a_title_protected_against_creation_is_refused(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    wiki_pair.admin.protect(title, "sysop")

    with pytest.raises(Refused) as refusal:
        wiki_pair.wiki.save(overwrite(title, 0, "new"))

    assert refusal.value.kind == "protected"


def test_a_page_of_the_interface_is_refused(wiki_pair: WikiPair) -> None:
    with pytest.raises(Refused) as refusal:
        wiki_pair.wiki.save(overwrite(f"MediaWiki:Some words {wiki_pair.prefix}", 0, "new"))

    assert refusal.value.kind == "protected"


@pytest.mark.parametrize("title", ["a[b]", "Special:Contributions", "x" * 256, "a<b>"])
def test_a_title_that_cannot_be_is_refused(wiki_pair: WikiPair, title: str) -> None:
    with pytest.raises(Refused) as refusal:
        wiki_pair.wiki.save(overwrite(title, 0, "new"))

    assert refusal.value.kind == "title"


def test_a_page_over_the_limit_is_refused_and_one_at_the_limit_saved(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    limit = wiki_pair.wiki.facts()["query"]["general"]["maxarticlesize"]

    with pytest.raises(Refused) as refusal:
        wiki_pair.wiki.save(overwrite(title, 0, "é" * (limit // 2) + "xx"))

    assert refusal.value.kind == "size"
    assert not wiki_pair.wiki.read([title]).pages[title].exists

    assert wiki_pair.wiki.save(overwrite(title, 0, "é" * (limit // 2))).changed


def test_a_section_that_takes_the_page_over_the_limit_is_refused(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    limit = wiki_pair.wiki.facts()["query"]["general"]["maxarticlesize"]
    base = wiki_pair.wiki.save(overwrite(title, 0, "x" * limit)).revision

    with pytest.raises(Refused) as refusal:
        wiki_pair.wiki.save(add_section(title, base, "more"))

    assert refusal.value.kind == "size"


def test_a_blocked_bot_is_barred_until_it_is_unblocked(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    [base] = people_edit(wiki_pair, title, "text")
    wiki_pair.admin.block(wiki_pair.bot)
    try:
        with pytest.raises(Barred):
            wiki_pair.wiki.save(overwrite(title, base, "new"))
        assert text_of(wiki_pair, title) == "text"
    finally:
        wiki_pair.admin.unblock(wiki_pair.bot)

    assert wiki_pair.wiki.save(overwrite(title, base, "new")).changed


def test_a_bot_blocked_from_one_page_is_refused_there_alone(wiki_pair: WikiPair) -> None:
    title, other = wiki_pair.title(), wiki_pair.title("Other")
    [base] = people_edit(wiki_pair, title, "text")
    wiki_pair.admin.block(wiki_pair.bot, pages=[title])
    try:
        with pytest.raises(Refused) as refusal:
            wiki_pair.wiki.save(overwrite(title, base, "new"))
        assert refusal.value.kind == "rights"
        assert wiki_pair.wiki.save(overwrite(other, 0, "new")).changed
    finally:
        wiki_pair.admin.unblock(wiki_pair.bot)


def test_messages_of_errors_hold_neither_text_nor_title_nor_name(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title("Secretboard")
    base, _ = people_edit(wiki_pair, title, "private words", "other words")

    with pytest.raises(Conflict) as conflict:
        wiki_pair.wiki.save(overwrite(title, base, "private sentence"))
    wiki_pair.admin.protect(title, "sysop")
    with pytest.raises(Refused) as refusal:
        wiki_pair.wiki.save(overwrite(title, base, "private sentence"))

    for error in (conflict.value, refusal.value):
        assert str(error)
        assert not any(word in str(error) for word in ("private", "Secretboard", wiki_pair.bot, "http"))


# Flags


@pytest.mark.parametrize(("minor", "bot"), [(False, True), (True, True), (False, False), (True, False)])
def test_edits_carry_the_flags_they_were_given(wiki_pair: WikiPair, *, minor: bool, bot: bool) -> None:
    title = wiki_pair.title()
    [base] = people_edit(wiki_pair, title, "text")

    saved = wiki_pair.wiki.save(Write(title, base, "flags", text="new", minor=minor, bot=bot))

    assert wiki_pair.admin.flags(saved.revision) == (minor, bot)


def test_a_new_page_is_never_minor(wiki_pair: WikiPair) -> None:
    saved = wiki_pair.wiki.save(Write(wiki_pair.title(), 0, "flags", text="new", minor=True))

    assert wiki_pair.admin.flags(saved.revision) == (False, True)


def test_a_long_summary_is_cut_not_refused(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    wiki_pair.wiki.save(overwrite(title, 0, "text", "ü" * 600))

    [revision] = wiki_pair.wiki.history(title)

    assert revision.summary.startswith("ü" * 480)
    assert len(revision.summary) <= 500


def test_a_moved_page_takes_its_history_along(wiki_pair: WikiPair) -> None:
    title, to = wiki_pair.title(), wiki_pair.title("Moved")
    [base] = people_edit(wiki_pair, title, "text")
    wiki_pair.admin.move(title, to)

    pages = wiki_pair.wiki.read([title, to]).pages

    assert pages[title].redirect == pages[to].title
    assert pages[to].text == "text"
    assert wiki_pair.wiki.revisions([base])[base].title == pages[to].title
    with pytest.raises(Conflict):
        wiki_pair.wiki.save(overwrite(title, base, "text and more"))


# Links


def _linking(pair: WikiPair, title: str, *, limit: int = 10) -> set[str]:
    pair.admin.run_jobs()
    return {page.title.partition(":")[2] for page in pair.wiki.linking(title, namespaces={2, 4}, limit=limit)}


def test_pages_that_link_to_a_page_are_found_by_namespace_whatever_the_form_of_the_link(wiki_pair: WikiPair) -> None:
    title = wiki_pair.title()
    name = title.partition(":")[2]
    people_edit(wiki_pair, title, f"A board. [[{title}#A section|itself]]")
    texts = {
        "Plain": f"[[{title}]]",
        "Section": f"See [[ :project:{name.replace(' ', '_')}#Some section|there]].",
        "Percent": f"[[Project:{name.replace(' ', '%20')}#x]]",
        "Nowiki": f"<nowiki>[[{title}]]</nowiki> <!-- [[{title}]] -->",
        "Other": f"[[{title} and more]] [[Talk:{name}]]",
    }
    pages = {wiki_pair.title(word): text for word, text in texts.items()}
    for page, text in pages.items():
        people_edit(wiki_pair, page, text)
    talk = wiki_pair.title("Talking").replace("Project:", "Project talk:")
    people_edit(wiki_pair, talk, f"[[{title}#A section]]")

    found = _linking(wiki_pair, title)

    assert {one.split(" ")[0] for one in found} == {"Plain", "Section", "Percent"}
    assert len(_linking(wiki_pair, title, limit=2)) == 2
    (elsewhere,) = wiki_pair.wiki.linking(title, namespaces={5}, limit=10)
    assert elsewhere.title.endswith(talk.partition(":")[2])
    assert elsewhere.text is None
    assert elsewhere.revision
    assert elsewhere.instant is not None


def test_a_redirect_is_no_linking_page_and_a_page_without_links_has_none(wiki_pair: WikiPair) -> None:
    title, redirect = wiki_pair.title(), wiki_pair.title("Shortcut")
    people_edit(wiki_pair, title, "A board.")
    people_edit(wiki_pair, redirect, f"#REDIRECT [[{title}]]")

    assert _linking(wiki_pair, title) == set()
    assert wiki_pair.wiki.linking("Project:Of no kind", namespaces={4}, limit=10) == ()
    assert wiki_pair.wiki.linking(title, namespaces=(), limit=10) == ()
