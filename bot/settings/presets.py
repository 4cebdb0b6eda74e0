"""Named bundles of settings for the usual kinds of board; a board's own keys come before what its preset says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from bot.settings.common import BoardModel
from bot.settings.nodes import Entry, Listing, Node, Scalar, Section
from bot.settings.yaml import read_document

PRESETS: Mapping[str, str] = {
    # English Wikipedia's Administrators' noticeboard/Incidents: closed threads stay 24 hours, idle ones go after
    # 72; any registered editor who is no party may close; whoever is named is told. Nothing unanswered goes before it
    # has stood in the summary for long.
    "incidents": """
threads: {style: sections, level: 2}
resolved:
  templates: [resolved]
  pairs: {atop: abot, "archive top": archive bottom}
  closers: {registered: true}
pins: [Pin message]
subjects: {templates: [userlinks, vandal, user-multi], headings: true}
unsigned: [unsigned, unsignedIP]
archive:
  resolved_after: 24 h
  inactive_after: 72 h
  unanswered_after: 14 days
  keep_threads: 4
notify: {subjects: notice}
""",
    # English Wikipedia's Administrators' noticeboard: threads go after six days without a word.
    "admins": """
threads: {style: sections, level: 2}
resolved:
  templates: [resolved]
  pairs: {atop: abot, "archive top": archive bottom}
  closers: {registered: true}
pins: [Pin message]
subjects: {templates: [userlinks, vandal, user-multi], headings: true}
unsigned: [unsigned, unsignedIP]
archive:
  resolved_after: 6 days
  inactive_after: 6 days
  unanswered_after: 14 days
  keep_threads: 4
""",
    # English Wikipedia's Administrators' noticeboard/Edit warring: a heading is "User:A reported by User:B (Result: )",
    # an outcome in it closes, and who stands after "reported by" is no subject.
    "edit-warring": """
threads: {style: sections, level: 2}
resolved:
  heading_field: Result
  closers: {groups: [sysop]}
responders: {groups: [sysop]}
subjects: {templates: [userlinks, "3RRV"], headings: true, reporter_words: [reported by]}
archive:
  resolved_after: 48 h
  keep_threads: 4
notify: {subjects: notice}
""",
    # English Wikipedia's Administrator intervention against vandalism: a line for each report, taken away when it is
    # handled, so that nothing is archived; nobody is told, since recognition is what vandals want.
    "vandalism-list": """
threads: {style: list, reports: [vandal, IPvandal, user-uaa]}
responders: {groups: [sysop]}
subjects: {templates: [vandal, IPvandal, user-uaa]}
gone_means: handled
backlog: {flag_at: 8, clear_at: 4, every: 15 min}
status: {blocked: remove, every: 15 min}
""",
    # German Wikipedia's Vandalismusmeldung: "(erl.)" at the heading's end goes after two hours, "(in Bearbeitung)"
    # keeps all hands off; one archive page a day, by the day of the report.
    "vandalism-sections": """
threads: {style: sections, level: 2}
resolved: {headings: ["(erl.)"], in_progress: ["(in Bearbeitung)"], closers: {registered: true}}
responders: {groups: [sysop]}
subjects: {headings: true}
archive:
  resolved_after: 2 h
  to: "{board}/Archiv/{year}/{month:02}/{day:02}"
  date_by: first
  keep_threads: 0
""",
    # English Wikipedia's Requests for page protection: the first parameter of {{RFPP}} is the outcome, and says how
    # long a request stays. The subject is a page, so nobody is told. Archive pages go by month: a rolling
    # archive, emptied after eight days, is not kept.
    "protection": """
threads: {style: sections, level: 3}
resolved:
  statuses:
    RFPP: {s: resolved, semi: resolved, p: resolved, full: resolved, pd: resolved, t: resolved, m: resolved,
      u: resolved, d: resolved, deny: resolved, nact: resolved, isol: resolved, note: in progress, ch: in progress,
      ques: in progress}
  closers: {groups: [sysop]}
responders: {groups: [sysop]}
subjects: {pages: [pagelinks], page_headings: true}
archive:
  resolved_after: {default: 12 h, s: 60 min, semi: 60 min, p: 60 min, full: 60 min, pd: 60 min, t: 60 min, m: 60 min,
    u: 120 min, d: 240 min, deny: 240 min, nact: 360 min, isol: 360 min}
  inactive_after: 24 h
  unanswered_after: 7 days
  to: "{board}/Archive/{year}/{month:02}"
  date_by: moved
  keep_threads: 0
  move_at_least: 3
""",
    # English Wikipedia's Dispute resolution noticeboard: each case bears its status in a template, and volunteers, who
    # are in no user group, stand on a page; the board names it under "responders: {listed_on: …}".
    "dispute-cases": """
threads: {style: sections, level: 2}
resolved:
  statuses:
    DR case status: {resolved: resolved, closed: resolved, failed: resolved, open: in progress, active: in progress,
      inprogress: in progress}
  pairs: {"DRN archive top": DRN archive bottom}
subjects: {templates: [User, userlinks]}
status: {template: DR case status, table: drn}
archive:
  resolved_after: 24 h
  keep_threads: 2
""",
    # Help desks of several wikis: questions go after three days, answered or not, onto one archive page a day.
    "help-desk": """
threads: {style: sections, level: 2}
resolved: {templates: [resolved], closers: {registered: true}}
unsigned: [unsigned, unsignedIP]
archive:
  resolved_after: 3 days
  inactive_after: 3 days
  unanswered_after: 7 days
  to: "{board}/Archive/{year} {month_name} {day}"
  date_by: first
  keep_threads: 4
""",
}
"""The settings of each preset as a page would write them, with the practice that they come from."""


@dataclass(frozen=True, slots=True)
class About:
    """What the manual says of a preset: the boards it is for, the practice behind its numbers, what to add to it."""

    boards: str
    source: str
    add: str = ""


_SUMMARY = "summary: {page: …}, the page that lists what waits"
ABOUT: Mapping[str, About] = {
    "incidents": About(
        "Boards for incidents of every kind, with reports about people.",
        "English Wikipedia's Administrators' noticeboard/Incidents: idle threads go after 72 hours, closed ones "
        "usually stay 24; any registered editor who is no party may close; whoever is named must be told. The fourteen "
        "days for what nobody answered are a choice made here.",
        f"support: …; {_SUMMARY}",
    ),
    "admins": About(
        "Boards on which administrators are spoken to.",
        "English Wikipedia's Administrators' noticeboard: threads go after six days without a word. The fourteen days "
        "for what nobody answered are a choice made here.",
        _SUMMARY,
    ),
    "edit-warring": About(
        "Boards whose headings name who reports whom and end in a field for the result.",
        "English Wikipedia's Administrators' noticeboard/Edit warring: \"User:A reported by User:B (Result: )\"; any "
        "words after Result: close the report; telling the person named is compulsory. The 48 hours after which it "
        "goes are from memory, not read on the board.",
        f"support: …; {_SUMMARY}",
    ),
    "vandalism-list": About(
        "Lists of short reports that are taken away when they are handled.",
        "English Wikipedia's Administrator intervention against vandalism, and Usernames for administrator attention: "
        "a report goes when the account is blocked, eight waiting are a backlog until four are left; nothing is "
        "archived and nobody is told, since attention is what vandals want.",
        _SUMMARY,
    ),
    "vandalism-sections": About(
        "Boards with a section for each report and words at the end of a heading.",
        'German Wikipedia\'s Vandalismusmeldung: "(erl.)" goes after two hours, "(in Bearbeitung)" keeps bots off; one '
        "archive page a day.",
        _SUMMARY,
    ),
    "protection": About(
        "Requests about pages, answered by a template whose first parameter is the outcome.",
        "English Wikipedia's Requests for page protection, as its bots are set up there: 60 or 120 minutes after a "
        "request was fulfilled, 240 or 360 after it was declined, 720 where the outcome is not clear, 1,440 without a "
        "decision; at least three at a time. Which words of the template stand for which of these, and the seven days "
        "for what nobody answered, are a choice made here.",
        f"{_SUMMARY}; max_size or your own outcomes where they differ",
    ),
    "dispute-cases": About(
        "Cases with a status template that volunteers work on.",
        "English Wikipedia's Dispute resolution noticeboard: a case goes when it has been closed and quiet for 24 "
        "hours, as its clerk bot does it; its volunteers are listed on a page. The names of its boxes are from memory; "
        "that two cases stay is a choice made here.",
        f"responders: {{listed_on: …}}, the page that lists the volunteers; {_SUMMARY}",
    ),
    "help-desk": About(
        "Help desks and tea houses, where newcomers ask.",
        "Help desks of several wikis, from memory: questions go after two or three days, onto one archive page a day. "
        "Nobody is told and nothing escalates. The seven days for what nobody answered are a choice made here.",
        _SUMMARY,
    ),
}
"""What each preset is for, and where its numbers come from."""


def expand(name: str, line: int, column: int, tasks: tuple[str, ...]) -> Section:
    """Give a preset's settings as if they stood where the board names it. Raises KeyError for an unknown name.

    Sections of tasks that are not in ``tasks`` are left out.
    """
    known = (*BoardModel.model_fields, *tasks)
    return Section(
        tuple(_at(entry, line, column) for entry in _parsed(name).entries if entry.key in known), line, column
    )


@cache
def _parsed(name: str) -> Section:
    """Parse a preset, once."""
    document = read_document(PRESETS[name])
    if document.root is None or document.flaws:
        raise ValueError(f"the preset {name} cannot be read")
    return document.root


def _at(entry: Entry, line: int, column: int) -> Entry:
    """Give an entry with every position in it at one place."""
    return Entry(entry.key, _node_at(entry.value, line, column), line, column)


def _node_at(node: Node, line: int, column: int) -> Node:
    """Give a node with every position in it at one place."""
    match node:
        case Scalar():
            return replace(node, line=line, column=column)
        case Listing():
            return Listing(tuple(_node_at(item, line, column) for item in node.items), line, column)
        case Section():
            return Section(tuple(_at(entry, line, column) for entry in node.entries), line, column)
