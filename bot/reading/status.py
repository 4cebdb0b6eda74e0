"""What the bot concludes about a thread: its status, which mark says so, who answered, and whose word was the last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.model import Board, Comment, Mark, Outcome, Status, Thread, User
from bot.reading.rules import People, Rules

EVERYBODY = People()
Signatures = frozenset[tuple[str, datetime]]
"""Signers and the instants of their signatures."""

_FORGED = "with the signature of somebody who did not edit the board then"


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What became of a thread, and why.

    ``mark`` is the one that decided a status of resolved, withdrawn or in progress. ``decided_by`` is the comment whose
    signature is the thread's age (the newest; None without signatures). ``answered`` says whether a responder who is no
    party wrote; ``responders`` are they, in order of appearance, ``first_answer`` the first of their comments.
    ``closed_by_party`` says that a subject marked the thread as done, which does not count. ``last_word_by_reporter``
    says that others wrote and the reporter did last. ``found`` and ``wanted`` are English and name nobody.
    """

    status: Status
    mark: Mark | None
    decided_by: Comment | None
    answered: bool
    responders: tuple[str, ...]
    first_answer: Comment | None
    closed_by_party: bool
    last_word_by_reporter: bool
    found: str
    wanted: str


@dataclass(frozen=True, slots=True)
class Rights:
    """Who belongs to which ``People``.

    ``users`` is what the wiki says of the names in question; None means that it was not asked, and everybody counts.
    ``listed`` maps a page to the names that stand on it (``People.listed_on``).
    """

    users: Mapping[str, User] | None = None
    listed: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def asked(self) -> bool:
        """Whether the wiki was asked what these people may."""
        return self.users is not None

    def among(self, name: str, people: People) -> bool:
        """Whether this name belongs to these people. A name that the wiki was not asked about does not."""
        if people == EVERYBODY or self.users is None:
            return True
        if people.listed_on and name in self.listed.get(people.listed_on, frozenset()):
            return True
        user = self.users.get(name)
        if user is None:
            return False
        return (people.registered and user.registered) or not people.groups.isdisjoint(user.groups)

    def answers(self, name: str, people: People) -> bool:
        """Whether a comment under this name is an answer: as ``among``, but a bot's only where its group is named."""
        user = self.users.get(name) if self.users is not None else None
        return self.among(name, people) and (user is None or not user.bot or "bot" in people.groups)


@dataclass(frozen=True, slots=True)
class _Verdict:
    """Whether one mark counts: as what, since when, and the words that say why or why not."""

    mark: Mark
    outcome: Outcome | None
    since: datetime | None
    words: str


def people_needed(thread: Thread, rules: Rules) -> frozenset[str]:
    """The names whose groups ``conclude`` must know; empty where the rules ask for no group at all."""
    if not any(people.groups or people.registered for people in (rules.closers, rules.responders)):
        return frozenset()
    parties = {thread.reporter, *thread.subjects}
    names = {comment.author for comment in thread.comments} | {mark.signer for mark in thread.marks}
    return frozenset(name for name in names if name and name not in parties)


def signatures_of_helpers(thread: Thread, rules: Rules, rights: Rights) -> Signatures:
    """The signatures on which it rests that a thread was answered, taken up, closed or withdrawn.

    Anybody can write them under anybody's name; only the page's history tells who edited then.
    """
    parties = {thread.reporter, *thread.subjects}
    comments = {
        (comment.author, comment.instant)
        for comment in thread.comments
        if comment.author not in parties
        and (rights.answers(comment.author, rules.responders) or rights.answers(comment.author, rules.closers))
    }
    marks = {
        (mark.signer, mark.instant)
        for mark in thread.marks
        if mark.signer and mark.instant is not None and _may_mark(mark, thread, rules, rights)
    }
    return frozenset(comments | marks)


def conclude(  # noqa: PLR0913, PLR0917 - one thread, what is known around it, and two ways to look at it
    thread: Thread,
    board: Board | None,
    rules: Rules,
    users: Mapping[str, User] | None,
    listed: Mapping[str, frozenset[str]],
    now: datetime,
    stale_after: timedelta | None = None,
    forged: Signatures = frozenset(),
) -> Conclusion:
    """The status of one thread by the words of the design.

    ``users`` is None where the rights of the people are unknown; everybody who is no party then counts. ``listed`` maps
    the pages that the rules name (``listed_on``) to the names on them. Without the ``board`` only the words know less
    (of an opener further up that swallows the thread). ``forged`` are signatures (signer and instant) at whose time
    the signer did not edit the board: they answer and close nothing, but the thread's age counts them. Never raises.
    """
    rights = Rights(users, listed)
    answers = tuple(_answers(thread, rules, rights, forged))
    newest = newest_comment(thread)
    verdicts = [_judge(mark, thread, rules, rights, forged) for mark in thread.marks]
    decisive = _decisive(verdicts)
    status = _status(decisive, bool(answers), newest, now, stale_after)
    found, wanted = _words(status, decisive, verdicts, thread, board, forged)
    return Conclusion(
        status=status,
        mark=decisive.mark if decisive else None,
        decided_by=newest,
        answered=bool(answers),
        responders=tuple(dict.fromkeys(comment.author for comment in answers)),
        first_answer=min(answers, key=lambda comment: comment.instant, default=None),
        closed_by_party=any(
            verdict.outcome is None and verdict.mark.signer in thread.subjects
            for verdict in verdicts
            if verdict.mark.outcome is not Outcome.IN_PROGRESS
        ),
        last_word_by_reporter=newest is not None
        and newest.author == thread.reporter
        and any(comment.author != thread.reporter for comment in thread.comments),
        found=found,
        wanted=wanted,
    )


def newest_comment(thread: Thread) -> Comment | None:
    """The comment whose signature is the thread's age: the newest, of equals the last on the page."""
    return max(thread.comments, key=lambda comment: (comment.instant, comment.start), default=None)


def _answers(thread: Thread, rules: Rules, rights: Rights, forged: Signatures) -> Iterator[Comment]:
    """The comments by responders who are neither reporter nor subject."""
    parties = {thread.reporter, *thread.subjects}
    for comment in thread.comments:
        if comment.author in parties or (comment.author, comment.instant) in forged:
            continue
        if rights.answers(comment.author, rules.responders):
            yield comment


def _may_mark(mark: Mark, thread: Thread, rules: Rules, rights: Rights) -> bool:
    """Whether the signer of a mark may put it, if the signature is true."""
    if mark.signer in thread.subjects:
        return False
    if mark.signer == thread.reporter:
        return mark.outcome is not Outcome.IN_PROGRESS
    helpers = (rules.closers, rules.responders) if mark.outcome is Outcome.IN_PROGRESS else (rules.closers,)
    return any(rights.among(mark.signer, people) for people in helpers)


def _judge(mark: Mark, thread: Thread, rules: Rules, rights: Rights, forged: Signatures) -> _Verdict:
    """Whether a mark counts, and as what."""
    if not mark.signer:
        return _judge_unsigned(mark, thread, rules, rights, forged)
    said = f'marked "{mark.name}"' + (f" on {_stamp(mark.instant)}" if mark.instant else "")
    if mark.signer in thread.subjects:
        return _Verdict(mark, None, mark.instant, f"{said} by a party, which does not count")
    if (mark.signer, mark.instant) in forged:
        return _Verdict(mark, None, mark.instant, f"{said} {_FORGED}")
    if mark.signer == thread.reporter:
        if mark.outcome is Outcome.IN_PROGRESS:
            return _Verdict(mark, None, mark.instant, f"{said} by the reporter, who cannot take up the own report")
        return _Verdict(mark, Outcome.WITHDRAWN, mark.instant, f"{said} by the reporter")
    if _may_mark(mark, thread, rules, rights):
        return _Verdict(mark, mark.outcome, mark.instant, said)
    return _Verdict(mark, None, mark.instant, f"{said} by somebody who is not among the closers")


def _judge_unsigned(mark: Mark, thread: Thread, rules: Rules, rights: Rights, forged: Signatures) -> _Verdict:
    """A mark without a signature.

    Anybody can put one, the reported person too. Words in a heading and bare status templates are never signed: they
    close a thread only where somebody who may close it, and is no party, has written in it. So do other templates
    where everybody may close; where only some may, those count signed or not at all. "In progress" needs no such
    proof: all it does is keep the thread from the archive.
    """
    said = f'marked "{mark.name}" without a signature'
    if mark.outcome is Outcome.IN_PROGRESS:
        return _Verdict(mark, mark.outcome, None, said)
    never_signed = bool(mark.outcome_word) or (thread.heading is not None and mark.start == thread.heading.start)
    if not never_signed and rights.asked and rules.closers != EVERYBODY:
        return _Verdict(mark, None, None, f"{said}, so nobody can tell whether the closer may close")
    parties = {thread.reporter, *thread.subjects}
    closing = [
        comment
        for comment in thread.comments
        if comment.author not in parties
        and (comment.author, comment.instant) not in forged
        and rights.answers(comment.author, rules.closers)
    ]
    if not closing:
        return _Verdict(mark, None, None, f"{said}, and nobody who may close the thread has written in it")
    since = max(comment.instant for comment in closing)
    return _Verdict(mark, mark.outcome, since, f"{said}, and somebody who may close the thread has written in it")


def _decisive(verdicts: Iterable[_Verdict]) -> _Verdict | None:
    """The mark that decides: one that ends the thread before one "in progress", then the newest, then the last."""
    return max(
        (verdict for verdict in verdicts if verdict.outcome is not None),
        key=lambda verdict: (
            verdict.outcome is not Outcome.IN_PROGRESS,
            verdict.since is not None,
            verdict.since.timestamp() if verdict.since else 0.0,
            verdict.mark.start,
        ),
        default=None,
    )


def _status(
    decisive: _Verdict | None, answered: bool, newest: Comment | None, now: datetime, stale_after: timedelta | None
) -> Status:
    """The design's word for it."""
    match decisive.outcome if decisive else None:
        case Outcome.RESOLVED:
            return Status.RESOLVED
        case Outcome.WITHDRAWN:
            return Status.WITHDRAWN
        case Outcome.IN_PROGRESS:
            return Status.IN_PROGRESS
    if not answered:
        return Status.UNANSWERED
    if stale_after is not None and newest is not None and now - newest.instant >= stale_after:
        return Status.STALE
    return Status.OPEN


def _words(
    status: Status,
    decisive: _Verdict | None,
    verdicts: list[_Verdict],
    thread: Thread,
    board: Board | None,
    forged: Signatures,
) -> tuple[str, str]:
    """What was found and what would have been wanted, in English and without names, for ``clerk explain``."""
    if decisive is not None:
        return decisive.words, "a mark that counts"
    found = [verdict.words for verdict in verdicts]
    if thread.reopened:
        found.append("a comment stands after the end of the closing box, so the thread is not closed")
    if thread.transcluded:
        found.append("the thread's text stands on another page")
    if thread.damage:
        found.append(f"an unclosed {thread.damage} swallows what follows")
    elif board is not None and board.unsafe_from is not None and thread.end > board.unsafe_from:
        found.append("an unclosed opening further up swallows this thread")
    false = sum((comment.author, comment.instant) in forged for comment in thread.comments)
    if false:
        found.append(f"{false} comment{'s' * (false != 1)} {_FORGED}")
    newest = newest_comment(thread)
    count = len(thread.comments)
    comments = "no signed comment" if newest is None else f"{count} comment{'s' * (count != 1)}"
    found.append(f"{comments}, the newest on {_stamp(newest.instant)}" if newest else comments)
    if status is Status.UNANSWERED:
        return "; ".join(found), "a comment by a responder who is neither reporter nor subject"
    return "; ".join(found), "a closing mark by somebody who may close and is no party"


def _stamp(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%d %H:%M")
