"""The same boards under the same orders, archived by Pywikibot's archivebot and by the settings imported from it.

One real wiki holds each board twice. Where the two decide alike, that is all there is to say; each difference is
listed here with its reason, and no other may come up.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.journal import Journal
from bot.operatorfile import WikiEntry
from bot.reading.facts import english
from bot.runner import RunOptions, run
from bot.settings.starter import imported, look
from bot.wiki.live import open_wiki
from tasks.archive import TASK
from tests.archivebot import TEMPLATE, ArchiveBot
from tests.boards import sign, stamp
from tests.conftest import HURRY, WikiMaker, pywikibot_folder
from tests.end_to_end import accept
from tests.mediawiki.people import People
from tests.mediawiki.server import BOT, Options
from tests.sizes import cases

pytestmark = pytest.mark.wiki

NOW = datetime.now(UTC).replace(second=0, microsecond=0)
SETTINGS = f"User:{BOT}/settings.yaml"
RUN_PAGE = f"User:{BOT}/run"
HEADING = re.compile(r"(?m)^== (.*?) ==")
THEIRS, OURS = "Testwiki:Theirs", "Testwiki:Ours"


@dataclass(frozen=True, slots=True)
class Differs:
    """Where they and we leave a thread, and why we do not do as they do."""

    theirs: str
    ours: str
    why: str


@dataclass(frozen=True, slots=True)
class Case:
    """One board with orders. ``differs`` holds by heading what is not alike, ``pages`` are subpages there before.

    In orders ``{board}`` is the board's title, ``{project}`` the same with the namespace's name in English.
    """

    name: str
    threads: Sequence[str]
    orders: Mapping[str, str] = field(default_factory=dict)
    differs: Mapping[str, Differs] = field(default_factory=dict)
    lead: str = "Lead.\n"
    tail: str = ""
    pages: Mapping[str, str] = field(default_factory=dict)

    def text(self, board: str) -> str:
        """The board's wikitext under a title."""
        orders = {"archive": "{board}/Archive %(counter)d", "archiveheader": "{{Head}}", "algo": "old(72h)"}
        orders |= {"minthreadsleft": "0", "minthreadstoarchive": "1", **self.orders}
        fields = {"{board}": board, "{project}": board.replace("Testwiki:", "Project:")}
        lines = [f"| {name} = {_filled(value, fields)}" for name, value in orders.items()]
        return f"{{{{{TEMPLATE}\n{chr(10).join(lines)}\n}}}}\n{self.lead}\n" + "\n".join(self.threads) + self.tail


def _filled(value: str, fields: Mapping[str, str]) -> str:
    for name, text in fields.items():
        value = value.replace(name, text)
    return value


def ago(days: float) -> datetime:
    """So many days before now."""
    return NOW - timedelta(days=days)


def thread(heading: str, *ages: float, more: str = "") -> str:
    """A thread with a comment for each age in days, by turns of two people."""
    said = "".join(f"{':' * n}Words. {sign(('Ana', 'Bea')[n % 2], ago(age))}\n" for n, age in enumerate(ages))
    return f"== {heading} ==\n{said}{more}"


def comment(text: str) -> str:
    """An HTML comment on a line of its own."""
    return f"<!-- {text} -->\n"


DATES = (thread("older", 400), thread("old", 40, 33), thread("new", 1))
ALIKE = (
    Case(
        "old and new",
        [
            thread("old", 9, 8),
            thread("unanswered", 7),
            thread("revived", 7, 1),
            thread("revived by a line below", 9, more=f"Words. {sign('Bea', ago(1))}\n"),
            thread("revived without a name", 9, more=f"Words. {stamp(ago(1))}\n"),
            thread("quotes an old date", 9, more=f"At {stamp(ago(9))}? No. {sign('Bea', ago(1))}\n"),
            thread("a deeper heading", 9, more="=== Deeper ===\nWords.\n"),
            thread("revived under a deeper heading", 9, more=f"=== Deeper ===\n{sign('Ana', ago(1))}\n"),
            thread("a timestamp far ahead in a comment", 9, more=comment(stamp(ago(-900)))),
            thread("do not archive until", 9, more=comment(f"[[User:DoNotArchiveUntil]] {stamp(ago(-9))}")),
            thread("a recent date in a comment", 9, more=comment(stamp(ago(1)))),
            thread("an old date in a comment", 1, more=comment(stamp(ago(9)))),
            thread("resolved", 9, 5, more=f"{{{{resolved}}}} {sign('Bea', ago(4))}\n"),
            f"== words behind == {comment('a note')}Words. {sign('Ana', ago(9))}\n",
            thread("unsigned", 9, more=f"{{{{unsigned|Ana|{stamp(ago(1))}}}}}\n"),
        ],
        tail="\n[[Category:Boards]]",
    ),
    Case("no age but their default", [thread("two days", 2), thread("half a day", 0.5)], {"algo": "old(24h)"}),
    Case("an age in weeks", [thread("old", 16), thread("new", 12)], {"algo": "old(2w)"}),
    Case("an age in seconds", [thread("old", 3), thread("new", 1)], {"algo": "old(172800s)"}),
    Case("five stay", [thread(f"t{n}", 20 - n) for n in range(8)], {"minthreadsleft": "5"}),
    Case("too few to begin", [thread("old", 9), thread("new", 1)], {"minthreadstoarchive": "2"}),
    Case(
        "too few may go to begin",
        [thread("older", 9), thread("old", 8), thread("new", 1)],
        {"minthreadsleft": "2", "minthreadstoarchive": "2"},
    ),
    Case("pages by month", DATES, {"archive": "{board}/%(year)d/%(month)02d"}),
    Case("pages by name of month", DATES, {"archive": "{board}/%(monthname)s %(year)d"}),
    Case("pages by quarter and half", DATES, {"archive": "{board}/%(year)d Q%(quarter)d H%(semester)d"}),
    Case("pages by ISO week", DATES, {"archive": "{board}/%(isoyear)d W%(isoweek)02d"}),
    Case("two threads a page", [thread(f"t{n}", 20 - n) for n in range(5)], {"maxarchivesize": "2T"}),
    Case(
        "goes on where the archive ends",
        [thread("old", 9)],
        {"counter": "2"},
        pages={"Archive 1": "Full.", "Archive 2": "{{Head}}\n"},
    ),
    Case("a counter ahead of the pages", [thread("old", 9)], {"counter": "3"}, pages={"Archive 1": "Begun."}),
    Case("bots kept away", [thread("old", 9)], lead="{{nobots}}\n"),
    Case("this bot kept away", [thread("old", 9)], lead="{{bots|deny=Boardclerk}}\n"),
    Case("a page of another board", [thread("old", 9)], {"archive": "Elsewhere/1"}),
)
DIFFERENT = (
    Case(
        "threads that differ",
        [
            f"== signed without a name ==\nWords. {stamp(ago(9))}\n",
            thread("two signatures in one line", 9, more=f"{sign('Ana', ago(1))} and {sign('Bea', ago(9))}\n"),
            thread("a date in nowiki", 9, more=f"<nowiki>{stamp(ago(1))}</nowiki>\n"),
            thread("pinned without a date", 9, more="{{Pin message}}\n"),
            thread("pinned by a number", 9, more=f"{{{{DNAU|1={int(ago(-9).timestamp())}}}}}\n"),
            thread("opens a box", 9, more="{{atop}}\n"),
            thread("closes the box", 1, more="{{abot}}\n"),
            thread("a date to come in its words", 9, more=f"It ends at {stamp(ago(-9))}.\n"),
            thread("would change when saved", 9, more="Words with {{subst:no such template}}.\n"),
            thread("old", 9, more=f"= A heading of level one =\n{sign('Ana', ago(1))}\n"),
            thread("torn", 9, more="{{Words\n"),
            "== no date ==\nWords.\n",
            thread("further down", 9),
        ],
        differs={
            "signed without a name": Differs("Archive 1", "board", "a bare date may be quoted; ours asks when it came"),
            "no date": Differs("Archive 1", "board", "they lend it the next thread's date; ours asks when it came"),
            "two signatures in one line": Differs("Archive 1", "board", "of each line they see the last date only"),
            "a date in nowiki": Differs("Archive 1", "board", "any late date keeps a thread: waiting loses nothing"),
            "pinned without a date": Differs("Archive 1", "board", "they know no pins but dates to come"),
            "pinned by a number": Differs(
                "Archive 1", "board", "a pin until seconds since 1970, which they do not read"
            ),
            "opens a box": Differs("Archive 1", "board", "they tear a box that spans two threads apart"),
            "would change when saved": Differs("Archive 1", "board", "saved again it would not be what people wrote"),
            "torn": Differs("Archive 1", "board", "an unclosed template would swallow what follows in the archive"),
            "a date to come in its words": Differs("board", "Archive 1", "an expiry in the text is no pin"),
            "old": Differs("board", "Archive 1", "what follows a heading of level one belongs to no thread and stays"),
        },
    ),
    Case(
        "few may go, and old ones stand below",
        [thread("top", 5), thread("older", 9), thread("old", 7)],
        {"minthreadsleft": "2"},
        {
            "top": Differs("Archive 1", "board", "they take from the top down"),
            "older": Differs("board", "Archive 1", "ours takes what has been quiet for longest"),
        },
    ),
    Case(
        "pages by bytes",
        [thread(f"t{n}", 20 - n, more="x" * 4000 + "\n") for n in range(6)],
        {"maxarchivesize": "10K"},
        {
            f"t{n}": Differs(
                f"Archive {1 + n // 3}", f"Archive {1 + n // 2}", "their pages end after the limit, ours before"
            )
            for n in (2, 4, 5)
        },
    ),
    Case(
        "a counter behind the pages",
        [thread("old", 9)],
        {"counter": "1"},
        {"old": Differs("Archive 1", "Archive 2", "ours goes on at the end of the series")},
        pages={"Archive 1": "{{Head}}\n", "Archive 2": "{{Head}}\n"},
    ),
    Case(
        "an age without a unit",
        [thread("old", 3), thread("new", 1)],
        {"algo": "old(172800)"},
        {"old": Differs("board", "Archive 1", "they want a unit and stop; read as seconds, and said in a note")},
    ),
    Case(
        "an age of an hour",
        [thread("half a day", 0.5), thread("answered", 0.6, 0.5)],
        {"algo": "old(1h)"},
        {"half a day": Differs("Archive 1", "board", "what nobody answered stays for 24 h at least, said in a note")},
    ),
    Case(
        "put back by a person",
        [thread("old", 9)],
        differs={
            "old": Differs("Archive 1 and Archive 1", "board and Archive 1", "a second copy; ours leaves it alone")
        },
        pages={"Archive 1": thread("old", 9)},
    ),
    Case(
        "the namespace in English",
        [thread("old", 9)],
        {"archive": "{project}/Archive %(counter)d"},
        {"old": Differs("board", "Archive 1", "they compare titles letter by letter and stop")},
    ),
    Case(
        "short names of months",
        [thread("old", 40)],
        {"archive": "{board}/%(monthnameshort)s"},
        {"old": Differs(f"{ago(40):%b}", "board", "no such field here, said in a note")},
    ),
    Case(
        "weeks from the first Monday",
        [thread("old", 40)],
        {"archive": "{board}/%(week)d"},
        {
            "old": Differs(
                f"{int(f'{ago(40):%W}')}", f"{ago(40).isocalendar().week}", "weeks of ISO 8601, said in a note"
            )
        }
        if int(f"{ago(40):%W}") != ago(40).isocalendar().week
        else {},
    ),
    Case(
        "no archive named",
        [thread("old", 40)],
        {"archive": ""},
        {"old": Differs("board", "Archive 1", "they stop; ours has a default, said in a note")},
    ),
)


def random_case(seed: int) -> Case:
    """A board whose oldest threads stand on top, as where people add below; comments of any age in each."""
    dice = random.Random(seed)
    hours = dice.choice((24, 48, 72, 168))
    threads = []
    for number, age in enumerate(sorted((dice.uniform(0.2, 14) for _ in range(dice.randrange(1, 12))), reverse=True)):
        # away from the age at which it goes, so that a minute between the two runs decides nothing
        last = age + 0.05 if abs(age - hours / 24) < 0.05 else age
        ages = sorted((last + dice.uniform(0, 5) for _ in range(dice.randrange(4))), reverse=True)
        more = dice.choice(("", "", "=== Deeper ===\nWords.\n", "Unsigned words.\n", "* {{done}}\n"))
        threads.append(thread(f"t{number}", *ages, last, more=more))
    orders = {"algo": f"old({hours}h)", "minthreadsleft": str(dice.randrange(6))}
    orders |= {"minthreadstoarchive": str(dice.randrange(1, 5)), "maxarchivesize": f"{dice.randrange(2, 9)}T"}
    return Case(f"random {seed}", threads, orders)


CASES = (*ALIKE, *DIFFERENT, *map(random_case, range(cases(4, 100))))
Places = dict[str, str]
"""Where each thread stands: "board", or what the archive page is called under the board."""


@pytest.fixture
def places(make_wiki: WikiMaker, tmp_path: Path) -> dict[str, tuple[Places, Places]]:
    """Every case's threads after both bots: theirs, ours."""
    server = make_wiki(Options())
    people = People(server)
    people.add_user("Ana")
    people.admin.edit(TEMPLATE, "Orders to a bot.")
    people.admin.edit(RUN_PAGE, "run")
    save_boards(people, THEIRS)
    ArchiveBot.make(tmp_path / "archivebot", server.api).run(errors_allowed=True)
    # only now, as archivebot takes every board that bears its template
    save_boards(people, OURS)
    settings = together([_imported(case, f"{OURS} {number}") for number, case in enumerate(CASES)])
    accept(people, people.admin.edit(SETTINGS, settings), "here", SETTINGS)
    _run_ours(server.api, pywikibot_folder(tmp_path / "ours"))
    texts = _project_pages(people)
    server.stop()
    return {
        case.name: (_places(texts, f"{THEIRS} {number}"), _places(texts, f"{OURS} {number}"))
        for number, case in enumerate(CASES)
    }


def save_boards(people: People, root: str) -> None:
    """Save every case's pages under titles that begin so."""
    for number, case in enumerate(CASES):
        board = f"{root} {number}"
        people.as_user("Ana").edit(board, case.text(board))
        for page, text in case.pages.items():
            people.as_user("Ana").edit(f"{board}/{page}", text)


def _imported(case: Case, board: str) -> str:
    """The settings page that ``clerk settings import`` writes for a board."""
    (orders,) = look(case.text(board), board, english()).orders
    return imported(board, orders)


def together(settings: Sequence[str]) -> str:
    """The boards of all imported pages on one, made live, as a person would put them together."""
    boards = [re.search(r"(?s)\nboards:\n(.*)</syntaxhighlight>", one) for one in settings]
    text = "".join(found[1] for found in boards if found).replace("mode: plan", "mode: live")
    head = '<syntaxhighlight lang="yaml">\nversion: 1\ndefaults: {quiet: 0 s}\nboards:\n'
    return f"{head}{text}</syntaxhighlight>"


def _run_ours(api: str, folder: Path) -> None:
    """One run with a journal that knows nothing."""
    entry = WikiEntry(
        name="here",
        site="",
        api=api,
        settings=SETTINGS,
        run_page=RUN_PAGE,
        trusted=frozenset({"sysop"}),
        approval_needed=False,
    )
    wiki = open_wiki("here", api=api, account=BOT, folder=folder, patience=HURRY)
    try:
        options = RunOptions("run", all_due=True, edits_per_run=1000)
        report = run(wiki, entry, Journal().of("here"), (TASK,), options)
    finally:
        wiki.close()
    assert not report.settings_problems, report.settings_problems


def _project_pages(people: People) -> dict[str, str]:
    """The text of every page of the project, by title."""
    found: dict[str, str] = {}
    going_on: dict[str, object] = {}
    while True:
        answer = people.admin.call(
            action="query",
            generator="allpages",
            gapnamespace=4,
            gaplimit=50,
            prop="revisions",
            rvprop="content",
            rvslots="main",
            **going_on,
        )
        for page in answer["query"]["pages"]:
            if "revisions" in page:
                found[page["title"]] = page["revisions"][0]["slots"]["main"]["content"]
        if "continue" not in answer:
            return found
        going_on = answer["continue"]


def _places(texts: Mapping[str, str], board: str) -> Places:
    found: dict[str, list[str]] = {}
    for title in sorted(texts):
        if title == board or title.startswith(f"{board}/"):
            for heading in HEADING.findall(texts[title]):
                found.setdefault(heading, []).append(title.removeprefix(f"{board}/") if title != board else "board")
    return {heading: " and ".join(titles) for heading, titles in found.items()}


def test_the_same_threads_go_to_the_same_pages_but_for_differences_with_reasons(
    places: dict[str, tuple[Places, Places]],
) -> None:
    found = {
        f"{name}: {heading}": (theirs.get(heading, "lost"), ours.get(heading, "lost"))
        for name, (theirs, ours) in places.items()
        for heading in theirs.keys() | ours.keys()
        if theirs.get(heading) != ours.get(heading)
    }
    wanted = {
        f"{case.name}: {heading}": (one.theirs, one.ours) for case in CASES for heading, one in case.differs.items()
    }

    assert found == wanted
    for case in CASES:
        assert places[case.name][0].keys() == set(HEADING.findall(case.text("Board")))
