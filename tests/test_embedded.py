"""The embedded wiki: what it has beyond the contract with a real one, and what it promises to the tests that use it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.reading.facts import wiki_info
from bot.wiki.embedded import Change, EmbeddedWiki
from bot.wiki.embedded.language import Language
from bot.wiki.port import Barred, Busy, Conflict, Doubtful, Refused, Wiki, Write

CORPUS = Path(__file__).parent / "corpus" / "signatures.jsonl.gz"
BOARD = "Project:Board"


def wiki_with(text: str = "text", **options: str) -> EmbeddedWiki:
    """A wiki with one board."""
    wiki = EmbeddedWiki(language=options.get("language", "en"), zone=options.get("zone", ""))
    wiki.as_user("Alba").edit(BOARD, text)
    return wiki


def revision_of(wiki: EmbeddedWiki) -> int:
    return wiki.read([BOARD], text=False).pages[BOARD].revision


def test_it_is_a_wiki() -> None:
    port: Wiki = EmbeddedWiki()

    assert port.read([BOARD]).pages[BOARD].exists is False
    port.close()


# The clock and the language


def test_time_stands_still_until_it_is_moved() -> None:
    wiki = EmbeddedWiki(now=datetime(2026, 3, 1, 12, tzinfo=UTC))
    first = wiki.read([]).now
    wiki.as_user("Alba").edit(BOARD, "text")

    assert wiki.read([]).now == first == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert wiki.advance(timedelta(hours=3)) == datetime(2026, 3, 1, 15, tzinfo=UTC)
    wiki.set_now(datetime(2026, 5, 1, 1, tzinfo=UTC))
    assert wiki.now == datetime(2026, 5, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "zone", "instant", "timestamp"),
    [
        ("en", "", datetime(2026, 5, 4, 3, 2, tzinfo=UTC), "03:02, 4 May 2026 (UTC)"),
        ("de", "", datetime(2026, 1, 4, 23, 2, tzinfo=UTC), "00:02, 5. Jan. 2026 (CET)"),
        ("de", "", datetime(2026, 5, 4, 3, 2, tzinfo=UTC), "05:02, 4. Mai 2026 (CEST)"),
        ("de", "", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "02:30, 25. Okt. 2026 (CEST)"),
        ("de", "", datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "02:30, 25. Okt. 2026 (CET)"),
        ("en", "America/New_York", datetime(2026, 7, 1, 3, tzinfo=UTC), "23:00, 30 June 2026 (EDT)"),
    ],
)
def test_timestamps_are_in_the_wikis_language_and_zone(
    language: str, zone: str, instant: datetime, timestamp: str
) -> None:
    wiki = EmbeddedWiki(language=language, zone=zone, now=instant)
    wiki.as_user("Alba").edit(BOARD, "~~~~~")

    assert wiki.current_text(BOARD) == timestamp
    assert wiki.facts()["sample"] == {"time": instant.strftime("%Y-%m-%dT%H:%M:%SZ"), "text": timestamp}


def test_signatures_are_those_that_mediawiki_wrote() -> None:
    compared = 0
    with gzip.open(CORPUS, "rt", encoding="utf-8") as lines:
        for line in lines:
            case = json.loads(line)
            general = case["query"]["general"]
            if general["lang"] not in {"en", "de"}:
                continue
            language = Language(
                general["lang"], site_name=general["sitename"], zone=general["timezone"], max_page_bytes=1
            )
            for instant, signature in case["signatures"]:
                when = datetime.fromisoformat(instant)
                assert f"{language.signature('Ana María')} {language.timestamp(when)}" == signature
                compared += 1

    assert compared >= 96


@pytest.mark.parametrize("language", ["en", "de"])
def test_its_facts_are_read_like_any_wikis(language: str) -> None:
    wiki = EmbeddedWiki(language=language, site_name="Testwiki", max_page_bytes=1000)

    info = wiki_info(wiki.facts())

    assert (info.language, info.max_page_bytes) == (language, 1000)
    assert info.namespaces[4].name == "Testwiki"
    assert info.sample.instant == wiki.now


def test_a_german_wiki_understands_both_names_of_a_namespace() -> None:
    wiki = wiki_with(language="de")
    wiki.as_user("Alba").edit("Benutzerin Diskussion:Alba", "Hallo ~~~")

    pages = wiki.read(["User talk:Alba", "benutzer_Diskussion:alba"]).pages

    assert {page.title for page in pages.values()} == {"Benutzer Diskussion:Alba"}
    assert pages["User talk:Alba"].text == "Hallo [[Benutzer:Alba|Alba]] ([[Benutzer Diskussion:Alba|Diskussion]])"


def test_another_language_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="en and de, not 'fr'"):
        EmbeddedWiki(language="fr")


# The file


def test_a_file_keeps_everything_for_the_next_process(tmp_path: Path) -> None:
    path = tmp_path / "wiki.db"
    first = EmbeddedWiki(path, language="de", max_page_bytes=5000)
    first.advance(timedelta(days=3))
    first.as_user("Alba").edit(BOARD, "text ~~~~~")
    first.block("Bruno")
    first.close()

    again = EmbeddedWiki(path)

    assert again.now == first_instant() + timedelta(days=3)
    assert again.language.code == "de"
    assert again.max_page_bytes == 5000
    assert again.current_text(BOARD) == "text 01:00, 4. Jan. 2026 (CET)"
    assert again.user("Bruno").block is not None


def first_instant() -> datetime:
    return EmbeddedWiki().now


def test_two_processes_on_one_file_see_each_others_edits(tmp_path: Path) -> None:
    one, other = EmbeddedWiki(tmp_path / "wiki.db"), EmbeddedWiki(tmp_path / "wiki.db")
    base = one.save(Write(BOARD, 0, "s", text="a\nb\nc")).revision
    other.as_user("Alba").edit(BOARD, "a\nB\nc")

    with pytest.raises(Conflict):
        one.save(Write(BOARD, base, "s", text="a\nX\nc"))


# People


def test_a_person_appends_and_adds_sections() -> None:
    wiki = wiki_with("lead")
    alba = wiki.as_user("alba")

    alba.edit(BOARD, append=": more")
    alba.edit(BOARD, section="New", append="words")

    assert wiki.current_text(BOARD) == "lead\n: more\n\n== New ==\n\nwords"
    assert {revision.editor for revision in wiki.page_history(BOARD)} == {"Alba"}
    with pytest.raises(ValueError, match="text to append"):
        alba.edit(BOARD)


def test_somebody_without_an_account_edits_and_signs_by_address() -> None:
    wiki = wiki_with()
    wiki.as_user("192.0.2.7").edit(BOARD, "~~~")

    assert wiki.current_text(BOARD) == "[[Special:Contributions/192.0.2.7|192.0.2.7]]"
    assert not wiki.user("192.0.2.7").registered


def test_a_blocked_person_may_still_write_on_their_own_talk_page() -> None:
    wiki = wiki_with()
    wiki.block("Alba", until=wiki.now + timedelta(days=1))
    alba = wiki.as_user("Alba")

    with pytest.raises(Barred):
        alba.edit(BOARD, "new")
    alba.edit("User talk:Alba", "let me out")
    wiki.block("Alba", no_talk=True)
    with pytest.raises(Barred):
        alba.edit("User talk:Alba", "again")


def test_a_block_runs_out() -> None:
    wiki = wiki_with()
    wiki.block("Alba", until=wiki.now + timedelta(days=1))
    assert wiki.user("Alba").block is not None

    wiki.advance(timedelta(days=1))

    assert wiki.user("Alba").block is None
    assert wiki.as_user("Alba").edit(BOARD, "new")


def test_new_accounts_wait_to_be_autoconfirmed() -> None:
    wiki = wiki_with()
    wiki.autoconfirm_edits, wiki.autoconfirm_after = 2, timedelta(days=4)
    wiki.protect(BOARD, "autoconfirmed")
    bruno = wiki.as_user("Bruno")
    for text in ("one", "two"):
        bruno.edit("Elsewhere", text)

    with pytest.raises(Refused):
        bruno.edit(BOARD, "new")
    wiki.advance(timedelta(days=4))

    assert "autoconfirmed" in wiki.user("Bruno").groups
    assert bruno.edit(BOARD, "new")


def test_marks_of_an_account_are_told() -> None:
    wiki = wiki_with()
    wiki.add_user("Bruno", ["sysop"], edits=40, since=datetime(2020, 1, 1, tzinfo=UTC))
    wiki.mark_user("Bruno", locked=True, renamed_to="Carla")

    bruno = wiki.user("bruno")

    assert (bruno.locked, bruno.renamed_to, bruno.edits, bruno.since) == (
        True,
        "Carla",
        40,
        datetime(2020, 1, 1, tzinfo=UTC),
    )
    with pytest.raises(Barred):
        wiki.as_user("Bruno").edit(BOARD, "new")


@pytest.mark.parametrize("name", ["", "a/b", "a@b", "192.0.2.7", "a|b", "a:b"])
def test_an_account_cannot_be_called_anything(name: str) -> None:
    with pytest.raises(ValueError, match="no account"):
        EmbeddedWiki().add_user(name)


def test_the_current_revision_cannot_be_hidden() -> None:
    wiki = wiki_with()

    with pytest.raises(ValueError, match="current"):
        wiki.hide(revision_of(wiki))


# Refusals that a test sets


def test_only_an_added_forbidden_link_is_refused() -> None:
    wiki = wiki_with("old bad.example")
    wiki.spam = ("bad.example",)
    base = revision_of(wiki)

    with pytest.raises(Refused) as refusal:
        wiki.save(Write(BOARD, base, "s", text="old bad.example bad.example"))

    assert refusal.value.kind == "spam"
    assert wiki.save(Write(BOARD, base, "s", text="old bad.example, still")).changed


def test_a_filter_sees_the_change_and_refuses_it() -> None:
    wiki = wiki_with("old")
    seen: list[Change] = []

    def watch(change: Change) -> str | None:
        seen.append(change)
        return "too loud" if "!" in change.new else None

    wiki.filters = (watch,)
    base = revision_of(wiki)

    with pytest.raises(Refused, match="too loud") as refusal:
        wiki.save(Write(BOARD, base, "s", text="new!"))

    assert refusal.value.kind == "filter"
    assert seen == [Change("Boardclerk", "Wiki:Board", "old", "new!", "s")]
    assert wiki.current_text(BOARD) == "old"
    assert wiki.save(Write(BOARD, base, "s", text="new")).changed


def test_a_read_only_wiki_is_busy() -> None:
    wiki = wiki_with()
    wiki.read_only = True

    with pytest.raises(Busy):
        wiki.save(Write(BOARD, revision_of(wiki), "s", text="new"))


def test_nobody_logged_in_reads_but_does_not_save() -> None:
    wiki = EmbeddedWiki(bot="")
    wiki.as_user("Alba").edit(BOARD, "text")

    assert wiki.account().name == ""
    assert wiki.account().batch == 50
    assert wiki.read([BOARD]).pages[BOARD].text == "text"
    with pytest.raises(Barred):
        wiki.save(Write(BOARD, revision_of(wiki), "s", text="new"))


@pytest.mark.parametrize("write", [Write(BOARD, 0, "s"), Write(BOARD, 0, "s", text="a", section="b")])
def test_a_write_is_either_a_text_or_a_section(write: Write) -> None:
    with pytest.raises(ValueError, match="either"):
        EmbeddedWiki().save(write)


# What it would cost


def test_requests_are_counted_as_the_api_would() -> None:
    wiki = EmbeddedWiki()
    titles = [f"Page {number}" for number in range(501)]

    def cost(call: str) -> int:
        return wiki.asked[call]

    wiki.read([])
    assert wiki.requests == 1
    wiki.read(titles[:500], text=False)
    assert wiki.requests == 2
    wiki.read(titles, text=False)
    assert wiki.requests == 4
    wiki.users(titles)
    assert cost("users") == 2
    wiki.users([])
    assert cost("users") == 2
    wiki.redirects(titles[:3])
    assert cost("redirects") == 1
    wiki.save(Write(BOARD, 0, "s", text="text"))
    assert cost("save") == 1
    assert wiki.requests == 4 + 2 + 1 + 1


def test_without_the_high_limits_a_request_names_fifty_titles() -> None:
    wiki = EmbeddedWiki(groups=())

    wiki.read([f"Page {number}" for number in range(51)], text=False)

    assert wiki.requests == 2


def test_texts_over_eight_megabytes_take_another_request() -> None:
    wiki = EmbeddedWiki()
    titles = [f"Page {number}" for number in range(5)]
    for title in titles:
        wiki.as_user("Alba").edit(title, "x" * 2_000_000)

    wiki.read(titles)
    assert wiki.requests == 2
    wiki.read(titles, text=False)
    assert wiki.requests == 3


def test_history_is_paid_for_as_far_as_it_is_read() -> None:
    wiki = EmbeddedWiki(groups=())
    alba = wiki.as_user("Alba")
    for number in range(120):
        alba.edit(BOARD, str(number))

    told = wiki.history(BOARD, text=True)
    assert wiki.requests == 0
    next(told)
    assert wiki.requests == 1
    assert len(list(told)) == 119
    assert wiki.requests == 3
    assert len(list(wiki.history(BOARD))) == 120
    assert wiki.requests == 4


# Stepping in between


def test_others_can_edit_between_reading_and_saving() -> None:
    wiki = wiki_with("a\nb\nc")
    base = revision_of(wiki)

    def step_in(number: int, write: Write) -> None:
        wiki.as_user("Bruno").edit(BOARD, "a\nb\nC")

    wiki.before_save = step_in

    saved = wiki.save(Write(BOARD, base, "s", text="A\nb\nc"))

    assert saved.previous != base
    assert wiki.current_text(BOARD) == "A\nb\nC"


def test_others_can_edit_before_a_read() -> None:
    wiki = wiki_with()
    numbers: list[tuple[int, Sequence[str]]] = []

    def step_in(number: int, titles: Sequence[str]) -> None:
        numbers.append((number, titles))
        if number == 2:
            wiki.as_user("Bruno").edit(BOARD, "changed")

    wiki.before_read = step_in

    assert wiki.read([BOARD]).pages[BOARD].text == "text"
    assert wiki.read([BOARD]).pages[BOARD].text == "changed"
    assert numbers == [(1, (BOARD,)), (2, (BOARD,))]


def test_a_run_killed_before_a_save_saved_nothing_and_after_it_everything() -> None:
    wiki = wiki_with()
    base = revision_of(wiki)

    def kill(number: int, write: Write) -> None:
        raise Doubtful("cut")

    wiki.before_save = kill
    with pytest.raises(Doubtful):
        wiki.save(Write(BOARD, base, "s", text="new"))
    assert wiki.current_text(BOARD) == "text"

    wiki.before_save, wiki.after_save = None, kill
    with pytest.raises(Doubtful):
        wiki.save(Write(BOARD, base, "s", text="new"))
    assert wiki.current_text(BOARD) == "new"
    assert wiki.saves == 2


def test_a_failed_save_leaves_no_trace() -> None:
    wiki = wiki_with()
    before = wiki.pages(), wiki.page_history(BOARD)

    with pytest.raises(Refused):
        wiki.save(Write("New page", 0, "s", text="x" * 3_000_000))

    assert (wiki.pages(), wiki.page_history(BOARD)) == before


def test_a_page_of_another_model_is_told() -> None:
    wiki = wiki_with()
    wiki.set_model(BOARD, "flow-board")

    assert wiki.read([BOARD]).pages[BOARD].model == "flow-board"


def test_a_template_that_calls_itself_ends() -> None:
    wiki = wiki_with()
    wiki.as_user("Alba").edit("Template:Loop", "<includeonly>a {{{{{|subst:}}}Loop}} b</includeonly>")

    wiki.as_user("Alba").edit(BOARD, "{{subst:Loop}}")

    assert wiki.current_text(BOARD) == 'a <span class="error">Template loop detected: [[Template:Loop]]</span> b'
