"""The made-up community: who is there, what the settings pages say, and what people write, in the order of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

Act = Literal["open", "reply", "box", "item", "rename", "block"]


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the community."""

    name: str
    groups: tuple[str, ...] = ()
    edits: int = 250


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that somebody did.

    ``open`` starts a thread, ``reply`` adds a line to one, ``box`` closes one in a box, ``item`` adds a report to a list,
    ``rename`` changes a heading to ``text``, ``block`` blocks whom ``heading`` names. Texts end in a signature unless
    they say otherwise themselves.
    """

    at: datetime
    who: str
    act: Act
    board: str
    heading: str
    text: str = ""
    sign: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """One wiki of the demo: its language and zone, its people, its pages at the start, its settings, its events."""

    name: str
    site_name: str
    language: str
    zone: str
    people: tuple[Person, ...]
    pages: tuple[tuple[str, str], ...]
    settings: str
    events: tuple[Event, ...]


def day(text: str) -> datetime:
    """An instant of the story: ``01-05 09:10`` is in January 2026, ``12-30 …`` in December 2025; UTC."""
    year = 2025 if text.startswith("12") else 2026
    return datetime.strptime(f"{year}-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


RUNS = tuple(
    day(text)
    for text in (
        *("01-05 12:00", "01-05 18:00", "01-06 09:00", "01-06 18:00", "01-07 09:00"),
        *("01-07 18:00", "01-08 09:00", "01-09 09:00", "01-09 09:30"),
    )
)
"""When the bot makes its passes; at the last one nothing has happened since the one before."""

INCIDENTS, VANDALISM, GERMAN = "Project:Incidents", "Project:Vandalism", "Project:Vandalismusmeldung"

_ENGLISH_SETTINGS = """\
version: 1
support: "Project:Getting help"
defaults:
  mode: live
  responders: {groups: [sysop]}
boards:
  "Project:Incidents":
    resolved:
      templates: [resolved]
      pairs: {atop: abot}
      closers: {groups: [sysop, rollbacker]}
    pins: [Pin message]
    subjects: {templates: [userlinks], headings: true}
    unsigned: [unsigned]
    archive:
      resolved_after: 24 h
      inactive_after: 72 h
      unanswered_after: 14 days
      to: "{board}/Archive {counter}"
      keep_threads: 2
      header: "{{Talk archive}}"
    notify: {subjects: notice, wait: 20 min}
    summary: {page: "Project:Incidents/Waiting"}
  "Project:Vandalism":
    threads: {style: list, reports: [vandal]}
    resolved: {templates: [done, not done], closers: {groups: [sysop]}}
    archive:
      resolved_after: 4 h
      to: "{board}/Archive {year}"
      keep_threads: 0
    summary: {page: "Project:Vandalism/Waiting"}
"""

_GERMAN_SETTINGS = """\
version: 1
support: "Project:Hilfe"
boards:
  "Project:Vandalismusmeldung":
    mode: live
    responders: {groups: [sysop]}
    resolved:
      headings: ["(erl.)"]
      in_progress: ["(in Bearbeitung)"]
      closers: {groups: [sysop]}
    subjects: {headings: true}
    archive:
      resolved_after: 2 h
      to: "{board}/Archiv/{year}/{month:02}"
      keep_threads: 0
    notify: {subjects: notice, wait: 20 min}
    summary: {page: "Project:Vandalismusmeldung/Wartend"}
"""

_INCIDENTS_LEAD = """\
{{Noticeboard header}}
Reports of conduct that needs an administrator. Please tell the people you name.
<!-- New reports go to the bottom of the page. -->
"""

_VANDALISM_LEAD = """\
Report obvious vandalism here, one line each; it is removed when handled.

== Reports ==
"""


def _event(at: str, who: str, act: Act, board: str, heading: str, text: str = "", *, sign: bool = True) -> Event:
    return Event(day(at), who, act, board, heading, text, sign)


_ENGLISH_EVENTS = (
    _event("12-30 10:05", "Marigold", "open", INCIDENTS, "Dispute about the tram article",
           "{{userlinks|Harbour Pilot}} and I cannot agree on the tram sources. Could somebody look?"),
    _event("12-30 11:40", "Clara", "reply", INCIDENTS, "Dispute about the tram article",
           "I have read both versions. Please use the talk page; I will watch it."),
    _event("12-31 09:00", "Harbour Pilot", "reply", INCIDENTS, "Dispute about the tram article", "Fine with me."),
    _event("01-02 08:12", "Old Oak", "open", INCIDENTS, "Long-running review of signatures",
           "Keeping this here until the review ends. {{Pin message|2026-02-01}}"),
    _event("01-02 09:30", "Clara", "reply", INCIDENTS, "Long-running review of signatures", "Agreed, pinned."),
    _event("01-03 21:17", "Wren", "open", INCIDENTS, "Following me from page to page",
           "{{userlinks|Night Ferry}} reverts whatever I write, on nine pages today. I would like this to stop."),
    _event("01-04 07:50", "Marigold", "reply", INCIDENTS, "Following me from page to page", "I saw this too."),
    _event("01-04 16:02", "Tessel", "open", INCIDENTS, "Page moves", "Please undo the moves by [[User:Lantern]]."),
    _event("01-04 16:40", "Dunlin", "box", INCIDENTS, "Page moves", "Moves undone, Lantern has agreed to ask first."),
    _event("01-05 08:05", "Old Oak", "open", INCIDENTS, "Odd edits in the sandbox", "Somebody should see to this.", sign=False),
    _event("01-05 10:31", "Harbour Pilot", "open", INCIDENTS, "[[User:Night Ferry]] and edit summaries",
           "Summaries like these are not how we talk to each other."),
    _event("01-05 13:02", "Clara", "reply", INCIDENTS, "[[User:Night Ferry]] and edit summaries", "I am talking to them."),
    _event("01-05 15:44", "Night Ferry", "reply", INCIDENTS, "[[User:Night Ferry]] and edit summaries",
           "I was angry. I will stop."),
    _event("01-05 16:20", "Clara", "reply", INCIDENTS, "[[User:Night Ferry]] and edit summaries",
           "Thank you. {{resolved}}"),
    _event("01-06 07:45", "Wren", "reply", INCIDENTS, "Following me from page to page", "It happened again last night."),
    _event("01-06 10:05", "Dunlin", "reply", INCIDENTS, "Following me from page to page",
           "I am sorry that nobody answered sooner. I have spoken to both of you by now and will stay with this."),
    _event("01-07 12:15", "Tessel", "open", INCIDENTS, "Five accounts, one text",
           "{{userlinks|Grebe 1}} {{userlinks|Grebe 2}} {{userlinks|Grebe 3}} {{userlinks|Grebe 4}} "
           "{{userlinks|Grebe 5}} {{userlinks|Grebe 6}} all add the same paragraph."),
    _event("01-08 08:30", "Dunlin", "reply", INCIDENTS, "Following me from page to page", "This is settled now. {{resolved}}"),
    _event("01-05 09:00", "Marigold", "item", VANDALISM, "Kite 77", "{{vandal|Kite 77}} blanking articles"),
    _event("01-05 09:10", "Clara", "block", VANDALISM, "Kite 77"),
    _event("01-05 09:12", "Clara", "reply", VANDALISM, "Kite 77", "{{done}} blocked for a day."),
    _event("01-05 14:20", "Tessel", "item", VANDALISM, "Puffin Fan", "{{vandal|Puffin Fan}} nonsense in three articles"),
    _event("01-05 17:01", "Dunlin", "reply", VANDALISM, "Puffin Fan", "{{not done}} a new user who needs a hand."),
    _event("01-08 19:45", "Wren", "item", VANDALISM, "Kite 78", "{{vandal|Kite 78}} the same as before"),
)  # fmt: skip

_GERMAN_EVENTS = (
    _event("01-05 08:40", "Uferschnepfe", "open", GERMAN, "Benutzer:Windhose", "{{Benutzer|Windhose}} leert Artikel."),
    _event("01-05 09:05", "Kiebitz", "reply", GERMAN, "Benutzer:Windhose", "Ich sehe es mir an."),
    _event("01-05 09:20", "Kiebitz", "reply", GERMAN, "Benutzer:Windhose", "Für einen Tag gesperrt."),
    _event("01-05 09:21", "Kiebitz", "rename", GERMAN, "Benutzer:Windhose", "Benutzer:Windhose (erl.)"),
    _event("01-06 07:15", "Strandhafer", "open", GERMAN, "[[Benutzer:Möwe 3]]", "Bitte einmal ansprechen, es geht um Links."),
    _event("01-06 20:10", "Kiebitz", "rename", GERMAN, "[[Benutzer:Möwe 3]]", "[[Benutzer:Möwe 3]] (in Bearbeitung)"),
    _event("01-07 10:00", "Uferschnepfe", "open", GERMAN, "Artikel Leuchtturm", "Zwei Konten ändern hin und her."),
)  # fmt: skip

PLACES = (
    Place(
        name="sandpiper",
        site_name="Sandpiper",
        language="en",
        zone="UTC",
        people=(
            *(Person(name, ("sysop",)) for name in ("Clara", "Dunlin")),
            *(
                Person(name)
                for name in ("Marigold", "Harbour Pilot", "Old Oak", "Wren", "Night Ferry", "Tessel", "Lantern")
            ),
            *(Person(f"Grebe {number}", edits=4) for number in range(1, 7)),
            *(Person(name, edits=3) for name in ("Kite 77", "Kite 78", "Puffin Fan")),
        ),
        pages=(
            ("Project:Incidents", _INCIDENTS_LEAD),
            ("Project:Vandalism", _VANDALISM_LEAD),
            ("User talk:Night Ferry", "{{bots|deny=none}}\n== Welcome ==\nGood to have you here."),
            ("User talk:Lantern", "== Quiet please ==\n{{nobots}}"),
            ("Template:Talk archive", "''This is an archive of past discussions.''"),
        ),
        settings=_ENGLISH_SETTINGS,
        events=_ENGLISH_EVENTS,
    ),
    Place(
        name="strandlaeufer",
        site_name="Strandläufer",
        language="de",
        zone="Europe/Berlin",
        people=(
            Person("Kiebitz", ("sysop",)),
            *(Person(name) for name in ("Uferschnepfe", "Strandhafer", "Möwe 3")),
            Person("Windhose", edits=2),
        ),
        pages=(("Project:Vandalismusmeldung", "Meldungen bitte unten anfügen.\n"),),
        settings=_GERMAN_SETTINGS,
        events=_GERMAN_EVENTS,
    ),
)
"""The wikis of the demo."""
