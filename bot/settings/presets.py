"""Named bundles of settings for the usual kinds of board; a board's own keys come before what its preset says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from bot.settings.common import BoardModel
from bot.settings.yaml import Entry, Listing, Node, Scalar, Section, read_document

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
