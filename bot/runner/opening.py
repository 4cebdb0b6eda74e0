"""How a run begins: the wiki's facts, the account, the run page, the work of earlier runs settled."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot import guard, ledger
from bot.errors import OperatorProblem
from bot.guard import normal_title
from bot.journal import Intent, WikiJournal, key_in
from bot.memory import Move, MovedThread
from bot.model import TEMPLATE, Account, Contribution, Page, WikiInfo
from bot.operatorfile import WikiEntry
from bot.plan import Fact
from bot.reading.board import Reader
from bot.reading.facts import wiki_info
from bot.reading.rules import Rules
from bot.reading.signatures import learn
from bot.runner.trust import Trust
from bot.settings.schema import BoardSettings
from bot.wiki.port import Wiki

# The wiki's facts are asked for again at least daily (DESIGN, "Reading a board").
FACTS_LAST = timedelta(days=1)
# Past this difference of the clocks a run refuses to work.
SKEW = timedelta(minutes=5)
# Kind of fact of no board: the revision of a run page that a trusted editor saved, behind the trusted groups.
_RUN_PAGE = "run-page"
# A save whose answer was lost may carry an instant a little before the intent's, by another clock.
_CLOCKS = timedelta(minutes=10)
# How many of an archive's newest revisions are searched for the one that a half-done move saved.
_SEARCHED = 200
# What MediaWiki takes off a page's end (PHP's rtrim in Parser::preSaveTransform).
TRIMMED = " \t\n\r\0\x0b"


def facts(wiki: Wiki, journal: WikiJournal, now: datetime) -> WikiInfo:
    """Give the wiki's facts, from the journal while they are fresh. ``now`` is the host's clock."""
    cached = journal.cached_facts()
    if cached is not None and abs(now - cached.fetched) < FACTS_LAST:
        return wiki_info(cached.answer)
    answer = wiki.facts()
    info = wiki_info(answer)
    # A sample that can be read in two ways (11:11) is asked for again in the next run, at another minute.
    if learn(info).settled:
        journal.cache_facts(answer, info.version, now)
    return info


def vouched(journal: WikiJournal, entry: WikiEntry, now: datetime) -> frozenset[int]:
    """Give the revisions of run pages that a trusted editor saved, as found out within the last day (law 7)."""
    kept = journal.facts("", since=now - FACTS_LAST)
    start = _trusted(entry)
    return frozenset(
        int(value.removeprefix(start))
        for (kind, _), value in kept.items()
        if kind == _RUN_PAGE and value.startswith(start)
    )


def vouch(journal: WikiJournal, entry: WikiEntry, trust: Trust, page: Page, now: datetime) -> None:
    """Keep that a trusted editor saved this revision of a run page, so that the next runs need not ask."""
    if trust.of(page) and page.revision not in trust.vouched:
        journal.remember("", [Fact(_RUN_PAGE, page.title, f"{_trusted(entry)}{page.revision}")], now)


def _trusted(entry: WikiEntry) -> str:
    # The verdict holds for the groups that it was made with.
    return f"{'|'.join(sorted(entry.trusted))} "


def stopped(page: Page, entry: WikiEntry, trust: Trust) -> str | None:
    """Say why the run page does not let the bot write, or None where it does."""
    return guard.stopped(page, entry.run_page, entry.trusted, trusted_editor=trust.of(page))


def unknown_work(wiki: Wiki, journal: WikiJournal, account: Account, now: datetime) -> Sequence[Contribution] | None:
    """Give the account's own edits where the journal does not know its work, None where it does (law 5)."""
    if not account.name or journal.knows_account(account.name):
        return None
    return tuple(wiki.contributions(since=now - ledger.REACH))


def restore_ledger(
    wiki: Wiki,
    journal: WikiJournal,
    account: Account,
    info: WikiInfo,
    boards: Mapping[str, BoardSettings],
    own: Sequence[Contribution] | None,
    now: datetime,
) -> None:
    """Rebuild the ledger from ``unknown_work``, where there is any."""
    if own is None:
        return
    rebuilt = ledger.rebuild(own, boards, journal.hash_of)
    moves = tuple(_with_threads(wiki, move, info, boards[move.board].rules) for move in rebuilt.moves)
    journal.restore(account.name, replace(rebuilt, moves=moves), now)


def _with_threads(wiki: Wiki, move: Move, info: WikiInfo, rules: Rules) -> Move:
    """Find which threads a half-done move took to the archive: what its revision added to the page.

    Left without threads where the history does not tell; the archive task then compares the pages themselves.
    """
    revisions = [one.id for one in wiki.history(move.archive, limit=_SEARCHED)]
    if move.archive_revision not in revisions:
        return move
    older = revisions[revisions.index(move.archive_revision) + 1 :][:1]
    pages = wiki.revisions([move.archive_revision, *older])
    texts = [page.text for number in (move.archive_revision, *older) if (page := pages.get(number)) is not None]
    new, old = [*texts, "", ""][:2]
    if not new or old is None or len(texts) != 1 + len(older) or not new.startswith(old):
        return move
    added = Reader(info).board(move.board, 0, new[len(old) :], rules)
    # The digest of tasks.archive: white space at the end aside, which a page's end loses.
    threads = tuple(
        MovedThread(thread.identity, hashlib.sha256(added.wikitext(thread).rstrip(TRIMMED).encode()).hexdigest())
        for thread in added.threads
    )
    return replace(move, threads=threads)


def settle_writes(wiki: Wiki, journal: WikiJournal) -> int:
    """Find out what became of writes whose end no run noted; gives how many there were.

    The bot's own contributions are searched for their keys. A write that does not stand there by now is lost.
    """
    open_ones = journal.unsettled()
    if not open_ones:
        return 0
    since = min(intent.begun for intent in open_ones) - _CLOCKS
    waiting: dict[str, list[Intent]] = {}
    for intent in open_ones:
        waiting.setdefault(intent.key, []).append(intent)
    for one in reversed(list(wiki.contributions(since=since))):
        key = key_in(one.summary)
        candidates = waiting.get(str(key), []) if key is not None else []
        match = next((intent for intent in candidates if _is(intent, one.title, one.revision, journal)), None)
        if key is None or match is None:
            continue
        candidates.remove(match)
        journal.saved(match, key, one.revision, one.instant)
    for intents in waiting.values():
        for intent in intents:
            journal.failed(intent, "lost")
    return len(open_ones)


def _is(intent: Intent, title: str, revision: int, journal: WikiJournal) -> bool:
    page = f"#{journal.hash_of(title)}" if intent.page.startswith("#") else title
    return page == intent.page and revision > intent.base


def with_aliases(
    redirects_to: Callable[[Collection[str]], Mapping[str, tuple[str, ...]]],
    info: WikiInfo,
    boards: Mapping[str, BoardSettings],
) -> Mapping[str, BoardSettings]:
    """Give every board's rules the redirects that stand for its templates, asked for in one go."""
    titles = {name: _template_title(info, name) for board in boards.values() for name in _templates(board.rules)}
    if not titles:
        return boards
    answers = redirects_to(sorted(set(titles.values())))
    known = {name: answers.get(title, ()) for name, title in titles.items()}
    return {
        title: replace(board, rules=replace(board.rules, aliases=_aliases(board.rules, known)))
        for title, board in boards.items()
    }


def _template_title(info: WikiInfo, name: str) -> str:
    # Some boards mark threads with pages of other namespaces: {{User:ClueBot III/DoNotArchiveUntil}}.
    return name if guard.namespace_of(info, name) else f"{info.namespaces[TEMPLATE].name}:{name}"


def _aliases(rules: Rules, known: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    return {name: known[name] for name in sorted(_templates(rules)) if known.get(name)}


def _templates(rules: Rules) -> frozenset[str]:
    lists = (rules.closing, rules.progress, rules.withdrawn, rules.pins, rules.report_templates)
    more = (
        rules.subject_templates,
        rules.page_templates,
        rules.unsigned_templates,
        rules.pairs.keys(),
        rules.pairs.values(),
    )
    return frozenset(name for names in (*lists, *more, rules.status_templates.keys()) for name in names if name)


def notifying(boards: Mapping[str, BoardSettings]) -> frozenset[str]:
    """The boards from which people are told, and which therefore share the notices of a day."""
    return frozenset(
        title for title, board in boards.items() if "notify" in board.tasks and board.tasks["notify"].mode == "live"
    )


def board_page(page: Page, info: WikiInfo) -> str | None:
    """Say why a board's page cannot be worked on, or None where it can (FACTS 7, rows 5 and 6)."""
    if not page.exists:
        return "does not exist; make it, or take it out of the settings"
    if page.redirect is not None:
        return f"is a redirect to {normal_title(info, page.redirect)}; name the new title in the settings"
    if page.text is None:
        return "cannot be read: its text is hidden"
    if page.model != "wikitext":
        return f"is not wikitext but {page.model}; the bot works on wikitext only"
    if not page.text.strip():
        return "is blank; nothing is done until it has content"
    return None


def check_account(account: Account, *, dry_run: bool) -> None:
    """Raise OperatorProblem where a run that writes is not logged in."""
    if not account.name and not dry_run:
        raise OperatorProblem(
            "the bot is not logged in on this wiki; check the login in user-config.py, or use --dry-run"
        )


def check_clock(host: datetime, now: datetime) -> None:
    """Raise OperatorProblem where the host's clock is far off the wiki's: leases and deadlines would mean nothing."""
    if abs(host - now) > SKEW:
        minutes = round(abs(host - now).total_seconds() / 60)
        raise OperatorProblem(
            f"this machine's clock and the wiki's differ by {minutes} minutes; set the clock (NTP), then run again"
        )
