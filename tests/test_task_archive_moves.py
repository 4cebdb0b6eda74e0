"""Archiving never loses and never doubles a thread: the laws, on a wiki and a journal in memory."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.memory import Move
from tasks.archive import ArchiveSettings
from tasks.archive.text import copies, digest, lasting
from tests.builders import BOARD, NOW, ago, hash_of, resolved, rules, signed, thread
from tests.pretend import BOT, KilledError, Pretend, move_of
from tests.sizes import cases

FIRST = f"{BOARD}/Archive 1"


def _wiki(*texts: str, tail: str = "", **changes: object) -> Pretend:
    lead = "Lead.\n\n"
    wiki = Pretend(ArchiveSettings.model_validate({"keep_threads": 0, "mode": "live"} | changes))
    wiki.save(BOARD, lead + "".join(texts) + tail, "Bea")
    wiki.pass_time()
    return wiki


def _done(name: str, hours: float = 72) -> str:
    return thread(name, (f"Author {name}", ago(hours=hours + 10)), resolved(ago(hours=hours)))


def _open(name: str) -> str:
    return thread(name, (f"Author {name}", ago(hours=5)))


def _half_done(*names: str) -> Pretend:
    """A wiki where the archive was saved and the run died before the cut."""
    wiki = _wiki(*(_done(name) for name in names), _open("Last"))
    _kill_after_save(wiki, 1)
    assert wiki.moves
    return wiki


def _kill_after_save(wiki: Pretend, saves: int) -> None:
    def kill() -> None:
        if len(wiki.saves) >= saves:
            raise KilledError

    wiki.tick = kill
    with pytest.raises(KilledError):
        wiki.run()
    wiki.tick = lambda: None


def test_what_is_due_goes_to_the_archive_byte_for_byte() -> None:
    one, two = _done("One").replace("Words.", "\tTabs, trailing spaces  \nand <!-- [[User:X]] --> é 二"), _done("Two")
    wiki = _wiki(one, _open("Between"), two, _open("Last"), tail="[[Category:Boards]]")

    wiki.run()

    assert wiki.text(FIRST) == lasting(one + two)
    assert wiki.text() == "Lead.\n\n" + _open("Between") + _open("Last") + "[[Category:Boards]]"


def test_an_archive_that_ends_in_a_line_gets_a_blank_line_before_the_next_thread() -> None:
    wiki = _wiki(_done("One"), _open("Last"))
    wiki.save(FIRST, "{{Archive}}\n\n== Old ==\nText.", "Bea")

    wiki.run()

    assert wiki.text(FIRST) == "{{Archive}}\n\n== Old ==\nText.\n\n" + lasting(_done("One"))


def test_a_new_archive_begins_with_the_header() -> None:
    wiki = _wiki(_done("One"), _open("Last"), header="{{Talk archive}}")

    wiki.run()

    assert wiki.text(FIRST) == "{{Talk archive}}\n\n" + lasting(_done("One"))


def test_planning_again_after_a_run_finds_nothing_to_do() -> None:
    wiki = _wiki(_done("One"), _done("Two"), _open("Last"))
    wiki.run()

    assert wiki.plan().edits == ()
    assert wiki.moves == []


def test_a_kill_between_archive_and_cut_is_mended_by_cutting_alone() -> None:
    wiki = _half_done("One", "Two")
    before = wiki.text(FIRST)

    plan = wiki.run()

    assert [edit.kind for edit in plan.edits] == ["cut"]
    assert wiki.text(FIRST) == before
    assert wiki.text() == lasting("Lead.\n\n" + _open("Last"))
    assert wiki.moves == []


def test_a_kill_before_the_archive_was_saved_leaves_nothing_to_mend() -> None:
    wiki = _wiki(_done("One"), _open("Last"))
    wiki.moves = [move_of(FIRST, ("Author One|2026-11-19T02:00Z|1", digest(_done("One"))))]

    plan = wiki.run()

    assert [edit.kind for edit in plan.edits] == ["archive", "cut"]
    assert wiki.text(FIRST) == lasting(_done("One"))


def test_with_the_journal_lost_a_half_done_move_is_finished() -> None:
    wiki = _half_done("One", "Two")
    wiki.lose_journal()
    assert wiki.moves == [Move(BOARD, FIRST, ())]

    wiki.run()

    assert wiki.text(FIRST) == lasting(_done("One") + _done("Two"))
    assert wiki.text() == lasting("Lead.\n\n" + _open("Last"))


def test_with_the_journal_lost_the_copy_of_a_thread_that_grew_is_taken_out() -> None:
    wiki = _half_done("One", "Two")
    _reply(wiki, "One")
    wiki.lose_journal()

    wiki.run()

    assert "One" not in wiki.text(FIRST)
    assert wiki.text(FIRST).count("== Two ==") == 1
    assert wiki.text().count("== One ==") == 1
    assert "== Two ==" not in wiki.text()


def test_a_thread_that_was_answered_meanwhile_stays_and_its_copy_is_taken_out() -> None:
    wiki = _half_done("One", "Two")
    _reply(wiki, "One")

    plan = wiki.run()

    assert [edit.kind for edit in plan.edits] == ["undo", "cut"]
    assert wiki.text(FIRST) == lasting(_done("Two"))
    assert "== One ==" in wiki.text()
    assert "== Two ==" not in wiki.text()


def test_a_thread_that_changed_but_is_still_due_is_copied_again() -> None:
    wiki = _half_done("One", "Two")
    wiki.save(BOARD, wiki.text().replace("Words. [[User:Author One", "Better words. [[User:Author One"), "Bea")

    plan = wiki.run()

    assert [edit.kind for edit in plan.edits] == ["follow", "cut"]
    assert wiki.text(FIRST) == lasting((_done("One") + _done("Two")).replace("Words.", "Better words.", 1))
    assert wiki.text() == lasting("Lead.\n\n" + _open("Last"))


def test_a_thread_that_left_the_board_meanwhile_leaves_the_archive_too() -> None:
    wiki = _half_done("One", "Two")
    wiki.save(BOARD, wiki.text().replace(_done("One"), ""), "Bea")

    plan = wiki.run()

    assert [edit.kind for edit in plan.edits] == ["undo", "cut"]
    assert wiki.text(FIRST) == lasting(_done("Two"))
    assert "One" not in wiki.text()
    assert not any("One" in edit.summary for edit in plan.edits)


def test_a_board_blanked_meanwhile_is_followed_and_when_it_is_restored_archived_anew() -> None:
    wiki = _half_done("One", "Two")
    before = wiki.text()
    wiki.save(BOARD, "", "Vandal")
    wiki.run()
    assert wiki.text(FIRST) == ""
    assert wiki.moves == []

    wiki.save(BOARD, before, "Bea")
    wiki.pass_time(timedelta(days=2))
    wiki.run()

    assert wiki.text(FIRST).startswith(lasting(_done("One") + _done("Two")))
    assert "== One ==" not in wiki.text()


def test_what_somebody_wrote_below_the_archived_copy_is_kept() -> None:
    wiki = _half_done("One")
    _answer_in_archive(wiki)
    _reply(wiki, "One")

    wiki.run()

    assert "In the archive." in wiki.text(FIRST)
    assert "Reply." in wiki.text(FIRST)
    assert wiki.text(FIRST).count("== One ==") == 1
    assert "== One ==" not in wiki.text()


def _box(wiki: Pretend, *changes: tuple[str, str]) -> None:
    """Somebody puts a closing box around the first threads, which begins with a thread that is not due."""
    text = wiki.text().replace("Lead.\n\n", "Lead.\n\n== Box ==\n{{atop}}\n" + signed("Udo", ago(hours=1)) + "\n\n")
    for old, new in changes:
        text = text.replace(old, new)
    wiki.save(BOARD, text.replace("== Last ==", "{{abot}}\n\n== Last =="), "Udo")


def test_a_box_that_now_spans_threads_is_not_cut_in_half() -> None:
    wiki = _half_done("One", "Two")
    _box(wiki)

    plan = wiki.run()

    assert {thread_.tied for thread_ in wiki.threads()[:3]} == {0}
    assert [edit.kind for edit in plan.edits] == ["undo"]
    assert wiki.text(FIRST) == ""
    assert all(f"== {name} ==" in wiki.text() for name in ("Box", "One", "Two", "Last"))
    assert wiki.moves == []


def test_a_thread_that_changed_within_a_box_that_stays_is_taken_back_too() -> None:
    wiki = _half_done("One", "Two")
    _box(wiki, ("Words. [[User:Author One", "Better words. [[User:Author One"))

    wiki.run()

    assert wiki.text(FIRST) == ""
    assert "Better words." in wiki.text()


def test_a_copy_written_in_within_a_box_that_stays_is_left_to_a_person() -> None:
    wiki = _half_done("One")
    _answer_in_archive(wiki)
    _box(wiki)

    plan = wiki.run()

    assert plan.edits == ()
    assert "stay: a person must look" in {decision.verdict for decision in plan.decisions}
    assert "In the archive." in wiki.text(FIRST)


def test_a_thread_gone_from_the_board_that_was_answered_in_the_archive_is_left_to_a_person() -> None:
    wiki = _half_done("One")
    _answer_in_archive(wiki)
    wiki.save(BOARD, wiki.text().replace(_done("One"), ""), "Bea")

    plan = wiki.plan()

    assert plan.edits == ()
    assert plan.decisions[0].verdict == "stay: a person must look"
    assert "In the archive." in wiki.text(FIRST)


def test_a_thread_that_is_damaged_by_now_is_taken_back() -> None:
    wiki = _half_done("One", "Two")
    text = wiki.text().replace("Lead.\n\n", "Lead.\n\n== Broken ==\n{|\n" + signed("Udo", ago(hours=1)) + "\n\n")
    wiki.save(BOARD, text, "Udo")

    wiki.run()

    assert all(
        wiki.text().count(f"== {name} ==") + wiki.text(FIRST).count(f"== {name} ==") == 1 for name in ("One", "Two")
    )


@pytest.mark.parametrize("changes", [{"protection": {"edit": "sysop"}}, {"text": None, "hidden": True}])
def test_an_archive_that_cannot_be_mended_now_keeps_its_move_open(changes: dict[str, object]) -> None:
    wiki = _half_done("One", "Two")
    _reply(wiki, "One")
    _reply(wiki, "Two")
    wiki.pages[FIRST] = replace(wiki.pages[FIRST], **changes)  # type: ignore[arg-type]  # fields of Page by name

    plan = wiki.run()

    assert plan.edits == ()
    assert len(wiki.moves) == 1
    assert len(plan.decisions) >= 3


def _answer_in_archive(wiki: Pretend) -> None:
    wiki.save(FIRST, wiki.text(FIRST) + "\n" + signed("Ute", NOW, ":In the archive."), "Ute")


def test_a_thread_put_back_by_hand_is_left_alone_for_good() -> None:
    wiki = _wiki(_done("One"), _open("Last"))
    wiki.run()
    wiki.save(BOARD, wiki.text() + "\n\n" + _done("One"), "Bea")
    wiki.pass_time(timedelta(days=9))

    plan = wiki.run()

    assert plan.edits == ()
    assert "stay: put back by hand" in {decision.verdict for decision in plan.decisions}
    assert "== One ==" in wiki.text()


def test_a_thread_put_back_by_hand_is_known_by_the_archive_when_the_journal_is_lost() -> None:
    wiki = _wiki(_done("One"), _open("Last"))
    wiki.run()
    wiki.lose_journal()
    wiki.save(BOARD, wiki.text() + "\n\n" + _done("One"), "Bea")
    wiki.pass_time()
    plan = wiki.run()
    assert plan.edits == ()

    _reply(wiki, "One")
    wiki.pass_time(timedelta(days=9))

    assert wiki.run().edits == ()
    assert wiki.text(FIRST).count("== One ==") == 1


def test_the_board_cut_by_the_bot_itself_is_never_taken_for_a_removal() -> None:
    wiki = _half_done("One")
    wiki.save(BOARD, wiki.text().replace(_done("One"), ""), BOT)

    plan = wiki.run()

    assert plan.edits == ()
    assert "== One ==" in wiki.text(FIRST)
    assert wiki.moves == []


def test_an_exact_copy_is_found_only_as_a_thread_of_its_own() -> None:
    one = "== A ==\nText."
    assert copies(f"{one}\n\n== B ==\nx", one, rules()) == [(0, 15)]
    assert copies(f"{one}\n:Reply.", one, rules()) == []
    assert copies(f"{one}\n=== Deeper ===", one, rules()) == []
    assert copies(f"{one} More", one, rules()) == []
    assert copies(f"x {one}", one, rules()) == []


def _reply(wiki: Pretend, name: str) -> None:
    """Somebody answers in a thread on the board."""
    _into(wiki, BOARD, name, signed("Rita", wiki.now, ":Reply."))


def _into(wiki: Pretend, title: str, name: str, line: str) -> None:
    text = wiki.text(title)
    for one in wiki.threads(title):
        if one.heading and one.heading.text == name:
            body = lasting(text[one.start : one.end])
            wiki.save(title, text[: one.start] + body + "\n" + line + "\n\n" + text[one.end :], "Rita")
            return


# The laws, against a crowd.

Action = tuple[str, int]
ACTIONS = (
    "reply",
    "retitle",
    "remove",
    "add",
    "put back",
    "answer archive",
    "unarchive",
    "blank",
    "kill",
    "lose journal",
)


@dataclass
class _Crowd:
    """People who edit, and kills, at given ticks of the bot's work; what people took away or put there is noted."""

    wiki: Pretend
    script: dict[int, Action]
    count: int = 0
    words: int = 0
    written: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    put: set[str] = field(default_factory=set)

    def tick(self) -> None:
        self.count += 1
        action = self.script.get(self.count)
        if action is None:
            return
        kind, number = action
        if kind in ("kill", "lose journal"):
            if kind == "lose journal":
                self.wiki.lose_journal()
            raise KilledError
        self._act(kind, number)

    def word(self) -> str:
        self.words += 1
        self.written.add(f"w{self.words}.")
        return f"w{self.words}."

    def thread(self, name: str, hours: float, *, done: bool) -> str:
        comments: list[tuple[str, object] | str] = [signed(f"A {name}", ago(hours=hours + 9), self.word())]
        if done:
            comments.append(signed("Clara", ago(hours=hours), "{{resolved}} " + self.word()))
        return thread(name, *comments)  # type: ignore[arg-type]  # every item is a line of text

    def _act(self, kind: str, number: int) -> None:
        wiki = self.wiki
        here = wiki.threads()
        chosen = here[number % len(here)] if here else None
        name = chosen.heading.text if chosen and chosen.heading else ""
        match kind:
            case "reply" if chosen:
                _into(wiki, BOARD, name, signed("Rita", wiki.now, ":" + self.word()))
            case "retitle" if chosen:
                wiki.save(BOARD, wiki.text().replace(f"== {name} ==", f"== {name} again ==", 1), "Rita")
            case "remove" if chosen:
                body = wiki.text()[chosen.start : chosen.end]
                self.removed |= _words(body)
                wiki.save(BOARD, wiki.text()[: chosen.start] + wiki.text()[chosen.end :], "Rita")
            case "add":
                wiki.save(BOARD, wiki.text() + "\n\n" + self.thread(f"N{self.words}", 40, done=number % 2 == 0), "Rita")
            case "blank":
                self.removed |= _words(wiki.text())
                wiki.save(BOARD, "", "Vandal")
            case "put back" | "answer archive" | "unarchive":
                self._act_in_archive(kind, number)

    def _act_in_archive(self, kind: str, number: int) -> None:
        wiki = self.wiki
        title = wiki.archives()[number % len(wiki.archives())] if wiki.archives() else ""
        there = wiki.threads(title) if title else ()
        if not there:
            return
        one = there[number % len(there)]
        body = lasting(wiki.text(title)[one.start : one.end])
        if kind == "answer archive" and one.heading:
            _into(wiki, title, one.heading.text, signed("Rita", wiki.now, ":" + self.word()))
        elif kind == "put back":
            self.put |= _words(body)
            wiki.save(BOARD, wiki.text() + "\n\n" + body, "Rita")
        else:
            self.removed |= _words(body)
            wiki.save(title, wiki.text(title)[: one.start] + wiki.text(title)[one.end :], "Rita")


def _words(text: str) -> set[str]:
    return set(re.findall(r"w\d+\.", text))


def _complete(crowd: _Crowd) -> None:
    """Runs until the script is over and one run was undisturbed."""
    wiki = crowd.wiki
    wiki.tick = crowd.tick
    for _ in range(6):
        with suppress(KilledError):
            wiki.run()
        wiki.pass_time()
    wiki.tick = lambda: None
    wiki.pass_time(timedelta(hours=1))
    wiki.run()


SCRIPTS = st.dictionaries(st.integers(1, 30), st.tuples(st.sampled_from(ACTIONS), st.integers(0, 7)), max_size=6)


def _holds(crowd: _Crowd) -> None:
    wiki = crowd.wiki
    archived = "\n".join(wiki.text(title) for title in wiki.archives())
    on_board, in_archive = _words(wiki.text()), _words(archived)
    missing = crowd.written - on_board - in_archive - crowd.removed
    assert not missing, f"lost: {missing}"
    doubled = (on_board & in_archive) - crowd.put
    assert not doubled, f"doubled: {doubled}"
    for word in in_archive - crowd.put - crowd.removed:
        assert archived.count(word) == 1, f"archived twice: {word}"


@settings(max_examples=cases(250, 20_000), deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    SCRIPTS,
    st.lists(st.booleans(), min_size=1, max_size=5),
    st.sampled_from(["{board}/Archive {counter}", "{board}/{day}"]),
)
def test_whoever_edits_and_whenever_the_bot_dies_no_comment_is_lost_and_no_thread_doubled(
    script: dict[int, Action], done: list[bool], to: str
) -> None:
    wiki = _wiki(to=to)
    crowd = _Crowd(wiki, script)
    texts = [crowd.thread(f"T{index}", 30 + 24 * index, done=one) for index, one in enumerate(done)]
    wiki.save(BOARD, "Lead.\n\n" + "".join(texts), "Bea")
    wiki.pass_time()

    _complete(crowd)

    _holds(crowd)


@settings(max_examples=cases(60, 2_000), deadline=None, derandomize=True)
@given(st.integers(1, 4), st.integers(1, 3), st.booleans())
def test_killed_at_any_tick_the_next_run_ends_where_an_undisturbed_run_ends(
    threads: int, keep: int, split: bool
) -> None:
    def fresh() -> Pretend:
        texts = [_done(f"T{index}", 30 + 24 * index) for index in range(threads)]
        to = "{board}/{day}" if split else "{board}/Archive {counter}"
        return _wiki(*texts, _open("Last"), keep_threads=keep, to=to)

    plain = fresh()
    count = _ticks(plain)
    for at in range(1, count + 1):
        wiki = fresh()
        wiki.tick = _killer(at)
        with pytest.raises(KilledError):
            wiki.run()
        wiki.tick = lambda: None
        wiki.run()
        wiki.run()
        assert {title: wiki.text(title) for title in wiki.pages} == {title: plain.text(title) for title in plain.pages}
        assert wiki.plan().edits == ()


def _ticks(wiki: Pretend) -> int:
    count = 0

    def tick() -> None:
        nonlocal count
        count += 1

    wiki.tick = tick
    wiki.run()
    wiki.tick = lambda: None
    return count


def _killer(at: int) -> Callable[[], None]:
    count = 0

    def tick() -> None:
        nonlocal count
        count += 1
        if count == at:
            raise KilledError

    return tick


def test_a_moved_thread_is_known_to_the_journal_by_a_hash() -> None:
    wiki = _half_done("One")

    assert wiki.moves[0].threads[0].identity == hash_of("Author One|2026-11-19T02:00Z|1")
