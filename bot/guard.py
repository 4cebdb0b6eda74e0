"""The brakes: whether one edit may be saved now, or why not. Pure; the runner asks it right before every write."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from bot.model import USER, USER_TALK, Page, WikiInfo
from bot.plan import Edit, Splices

MAIN = 0
MEDIAWIKI = 8
# What these hold is run by everybody's browser or server; no task has any business there.
_CODE = (".js", ".css", ".json", ".lua")
_NO_LINK = re.compile(r"[\[\]{}<>\n]")


@dataclass(frozen=True, slots=True)
class Brakes:
    """All that the guard looks at besides the edit.

    ``run_page`` is as read in the same request as the edit's target, ``run_trusted`` whether its last editor is
    trusted. ``edits_left`` counts this run's edits, ``notices_left`` today's notices, ``trial_left`` what is left of
    the task's trial (None: it needs none). ``to_cut`` is how many more edits the move that this edit begins needs
    until its cut. ``task_run_title`` is a run page of the task's own, "" where it has none; ``run_titles`` are all of
    these. ``day_left``, ``board_left`` and ``kind_left`` (None: no limit) count down by day. ``repair_links`` are the
    namespaces in which links may be mended.
    """

    info: WikiInfo
    board: str
    settings_page: str
    run_title: str
    run_page: Page | None
    run_trusted: bool
    trusted: Collection[str]
    allowed: Collection[str] = ()
    edits_left: int = 50
    notices_left: int = 50
    trial_left: int | None = None
    to_cut: int = 0
    task_run_title: str = ""
    task_run_page: Page | None = None
    task_run_trusted: bool = False
    run_titles: Collection[str] = ()
    day_left: int = 1000
    board_left: int = 200
    kind_left: int | None = None
    repair_links: Collection[int] = ()


def refusal(edit: Edit, brakes: Brakes) -> str | None:
    """Say which brake stops the edit, or None where none does. The sentence names pages of the bot's own only."""
    return (
        stopped(brakes.run_page, brakes.run_title, brakes.trusted, trusted_editor=brakes.run_trusted)
        or _task_stopped(brakes)
        or page_refusal(edit, brakes)
        or _limit(edit, brakes)
    )


def stopped(page: Page | None, title: str, trusted: Collection[str], *, trusted_editor: bool) -> str | None:
    """Say why the run page does not let the bot write, or None where it does (law 7).

    Anybody may stop the bot by changing the page; only a trusted editor, or a page that only they can edit, lets it
    run.
    """
    if page is None or not page.exists:
        return f"the run page {title} does not exist; a trusted editor makes it with the one word: run"
    if page.hidden or page.text is None:
        return f"the run page {title} cannot be read"
    if page.text.strip().lower() != "run":
        return f"the run page {title} does not say run"
    if not trusted_editor and page.protection.get("edit") not in trusted:
        # A save without a change makes no revision: capitals are a change.
        return f"the last editor of the run page {title} is not trusted; a trusted editor saves it as: Run (or run)"
    return None


def _task_stopped(brakes: Brakes) -> str | None:
    if not brakes.task_run_title:
        return None
    return stopped(brakes.task_run_page, brakes.task_run_title, brakes.trusted, trusted_editor=brakes.task_run_trusted)


def page_refusal(edit: Edit, brakes: Brakes) -> str | None:
    """Say why the bot may never write this page, or None where it may (law 7)."""
    info = brakes.info
    page, board, settings = (normal_title(info, title) for title in (edit.page, brakes.board, brakes.settings_page))
    space = namespace_of(info, page)
    if page in (settings, *(normal_title(info, title) for title in (brakes.run_title, *brakes.run_titles))):
        return "the bot never edits its settings page or its run page"
    if space < 0 or space in (MAIN, MEDIAWIKI):
        return "the bot never edits articles, special pages or the wiki's interface"
    if page.lower().endswith(_CODE):
        return "the bot never edits pages that hold code"
    if edit.person:
        if space == USER_TALK and "/" not in page:
            return None
        return "a notice goes to a user talk page and nowhere else"
    mended = edit.kind == "links" and space in brakes.repair_links and _only_titles(edit)
    if mended or page == board or page.startswith((f"{board}/", f"{settings}/")):
        return None
    for entry in brakes.allowed:
        # An entry that ends in a slash or colon allows what is below it, any other the page and its subpages.
        title = normal_title(info, entry)
        if page == title or page.startswith(title if title.endswith(("/", ":")) else f"{title}/"):
            return None
    return "the page is neither the board, nor a subpage of it, nor allowed by the operator's file"


def _only_titles(edit: Edit) -> bool:
    """Whether an edit puts in nothing but what can stand in a link: of such an edit the rest of a page is safe."""
    return isinstance(edit.change, Splices) and not any(_NO_LINK.search(part.text) for part in edit.change.parts)


def _limit(edit: Edit, brakes: Brakes) -> str | None:
    # The cut that ends a move is never stopped by a limit: the thread would stand on both pages until tomorrow;
    # nor what puts threads back: they would stand on neither.
    if edit.ends:
        return None
    if brakes.edits_left <= brakes.to_cut:
        return "the limit of edits per run is reached"
    if brakes.day_left <= brakes.to_cut:
        return "the limit of edits per day is reached"
    if brakes.board_left <= brakes.to_cut:
        return "the limit of edits per day for this board is reached"
    if brakes.kind_left is not None and brakes.kind_left <= 0:
        return "the limit per day of this kind of edit is reached"
    if edit.person and brakes.notices_left <= 0:
        return "the limit of notices per day is reached"
    if brakes.trial_left is not None and brakes.trial_left <= brakes.to_cut:
        return "the task's trial is over"
    return None


def normal_title(info: WikiInfo, title: str) -> str:
    """Write a title as the wiki does: local namespace name, spaces, first letter (Manual:Page title)."""
    words = " ".join(title.replace("_", " ").split()).lstrip(":").strip()
    prefix, colon, rest = words.partition(":")
    number = info.namespace_numbers.get(prefix.strip().lower(), MAIN) if colon else MAIN
    if number == MAIN:
        return _first(words, info)
    rest = rest.strip()
    # User names begin with a capital on every wiki ($wgCapitalLinkOverrides).
    rest = rest[:1].upper() + rest[1:] if number in (USER, USER_TALK) else _first(rest, info)
    return f"{info.namespaces[number].name}:{rest}"


def namespace_of(info: WikiInfo, title: str) -> int:
    """Which namespace a title is in; 0 for articles."""
    prefix, colon, _ = title.lstrip(":").partition(":")
    return info.namespace_numbers.get(" ".join(prefix.replace("_", " ").split()).lower(), MAIN) if colon else MAIN


def numbers(info: WikiInfo, names: Collection[str]) -> frozenset[int]:
    """Which namespaces these names mean, under any name that the wiki has for them; names of none are left out."""
    known = info.namespace_numbers
    found = (known.get(" ".join(name.replace("_", " ").split()).rstrip(":").lower(), MAIN) for name in names)
    return frozenset(number for number in found if number != MAIN)


def _first(words: str, info: WikiInfo) -> str:
    return words[:1].upper() + words[1:] if info.first_letter else words
