"""Follows pages that people moved to other titles while threads were on their way: archives, and boards."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from bot.guard import normal_title
from bot.journal import WikiJournal
from bot.memory import Move
from bot.model import WikiInfo
from bot.wiki.port import Wiki


def follow(wiki: Wiki, journal: WikiJournal, info: WikiInfo, moves: Collection[Move]) -> None:
    """Note under which titles the archives of these open moves stand by now.

    The revision that the bot saved goes with its page, whether a redirect was left or not.
    """
    saved = {move.archive_revision for move in moves if move.archive_revision}
    pages = wiki.revisions(sorted(saved)) if saved else {}
    for move in moves:
        page = pages.get(move.archive_revision)
        if page is not None and normal_title(info, page.title) != normal_title(info, move.archive):
            journal.follow_move(move, Move(move.board, page.title, ()))


def follow_all(wiki: Wiki, journal: WikiJournal, info: WikiInfo, boards: Iterable[str]) -> None:
    """The same for every open move, at the beginning of a run; and for boards that the settings name anew."""
    moves = journal.all_open_moves()
    if not moves:
        return
    known = {normal_title(info, board): board for board in boards}
    unknown = sorted({move.board for move in moves if normal_title(info, move.board) not in known})
    pages = wiki.read(unknown, text=False).pages if unknown else {}
    for move in moves:
        page = pages.get(move.board)
        board = known.get(normal_title(info, page.redirect)) if page is not None and page.redirect else None
        if board is not None:
            journal.follow_move(move, Move(board, move.archive, ()))
    follow(wiki, journal, info, journal.all_open_moves())
