"""From an edit to what is sent: the save itself, and the last look at the archives before a cut."""

from __future__ import annotations

from collections.abc import Mapping

from bot.model import Page
from bot.plan import Edit, NewSection, Splices
from bot.wiki.port import Write


def archives_lost(edit: Edit, pages: Mapping[str, Page], archived: Mapping[str, tuple[str, ...]]) -> str:
    """Say so where what a cut takes off the board does not stand in the archives at this moment (law 3), else "".

    ``archived`` is what each archive was given under the same plan.
    """
    if not edit.finishes or edit.kind == "undo":
        return ""
    lost = "the archive no longer holds what is to be cut"
    for archive in edit.finishes:
        held = archived.get(archive, ())
        if any(text not in (pages[archive].text or "") for text in held):
            return lost
    known = {title for title, _ in edit.unchanged} | archived.keys()
    if known >= set(edit.finishes) or not isinstance(edit.change, Splices):
        return ""
    # Archives that an earlier run saved: each span that goes must stand in one of them.
    board = pages[edit.page].text or ""
    archives = [pages[archive].text or "" for archive in edit.finishes]
    spans = [board[part.start : part.end].strip() for part in edit.change.parts]
    return "" if all(any(span in text for text in archives) for span in spans) else lost


def request_of(edit: Edit, new: str, summary: str) -> Write:
    """Give the save that an edit comes to."""
    if isinstance(edit.change, NewSection):
        section = edit.change
        return Write(
            edit.page,
            edit.base,
            summary,
            section=section.text,
            section_heading=section.heading,
            minor=edit.minor,
            bot=edit.bot,
        )
    return Write(edit.page, edit.base, summary, text=new, minor=edit.minor, bot=edit.bot)
