"""What the bot concludes about a thread: its status, which mark says so, who answered, and whose word was the last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.model import Board, Comment, Mark, Outcome, Status, Thread
from bot.reading.rights import EVERYBODY, Rights, Signatures, may_mark, signatures_of_helpers
from bot.reading.rules import Rules

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
    found: str = ""
    wanted: str = ""


@dataclass(frozen=True, slots=True)
class _Verdict:
    """Whether one mark counts: as what, since when, and the words that say why or why not."""

    mark: Mark
    outcome: Outcome | None
    since: datetime | None
    words: str


def conclude(
    thread: Thread, board: Board | None, rules: Rules, rights: Rights, stale_before: datetime | None = None
) -> Conclusion:
    """The status of one thread by the words of the design.

    Where ``rights`` do not know the people, everybody who is no party counts. Forged signatures (``Rights.forged``)
    answer and close nothing, but the thread's age counts them. Without the ``board`` only the words know less (of an
    opener further up that swallows the thread). An open thread whose newest comment is of ``stale_before`` or older is
    stale. Never raises.
    """
    verdicts = [_judge(mark, thread, rules, rights) for mark in thread.marks]
    concluded = _concluded(thread, verdicts, rules, rights, stale_before)
    found, wanted = _words(concluded.status, _decisive(verdicts), verdicts, thread, board, rights)
    return replace(concluded, found=found, wanted=wanted)


def _concluded(
    thread: Thread, verdicts: Sequence[_Verdict], rules: Rules, rights: Rights, stale_before: datetime | None = None
) -> Conclusion:
    """The conclusion without its reasons."""
    answers = tuple(_answers(thread, rules, rights))
    newest, decisive = newest_comment(thread), _decisive(verdicts)
    return Conclusion(
        status=_status(decisive, bool(answers), newest, stale_before),
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
    )


def newest_comment(thread: Thread) -> Comment | None:
    """The comment whose signature is the thread's age: the newest, of equals the last on the page."""
    return max(thread.comments, key=lambda comment: (comment.instant, comment.start), default=None)


def doubted(thread: Thread, rules: Rules, rights: Rights) -> Signatures:
    """The signatures that must be looked up in the board's history before ``conclude`` can be relied on (law 9).

    None where what was looked up settles it, whatever the others are: an answer more by somebody who answered before
    changes nothing. As one look answers for all, it is all of the thread's that are not known.
    """
    unknown = [one for one in signatures_of_helpers(thread, rules, rights) if one not in rights.edits]
    if not unknown:
        return frozenset()
    without = replace(rights, edits={**rights.edits, **dict.fromkeys(unknown, False)})
    trusting, doubting = (
        _concluded(thread, [_judge(mark, thread, rules, one) for mark in thread.marks], rules, one)
        for one in (rights, without)
    )
    return frozenset(unknown) if trusting != doubting else frozenset()


def _answers(thread: Thread, rules: Rules, rights: Rights) -> Iterator[Comment]:
    """The comments by responders who are neither reporter nor subject."""
    parties = {thread.reporter, *thread.subjects}
    for comment in thread.comments:
        if comment.author in parties or rights.forged(comment.author, comment.instant, thread):
            continue
        if rights.answers(comment.author, rules.responders):
            yield comment


def _judge(mark: Mark, thread: Thread, rules: Rules, rights: Rights) -> _Verdict:
    """Whether a mark counts, and as what."""
    if not mark.signer:
        return _judge_unsigned(mark, thread, rules, rights)
    said = f'marked "{mark.name}"' + (f" on {_stamp(mark.instant)}" if mark.instant else "")
    if mark.signer in thread.subjects:
        return _Verdict(mark, None, mark.instant, f"{said} by a party, which does not count")
    if rights.forged(mark.signer, mark.instant, thread):
        return _Verdict(mark, None, mark.instant, f"{said} {_FORGED}")
    if mark.signer == thread.reporter:
        if mark.outcome is Outcome.IN_PROGRESS:
            return _Verdict(mark, None, mark.instant, f"{said} by the reporter, who cannot take up the own report")
        return _Verdict(mark, Outcome.WITHDRAWN, mark.instant, f"{said} by the reporter")
    if may_mark(mark, thread, rules, rights):
        return _Verdict(mark, mark.outcome, mark.instant, said)
    return _Verdict(mark, None, mark.instant, f"{said} by somebody who is not among the closers")


def _judge_unsigned(mark: Mark, thread: Thread, rules: Rules, rights: Rights) -> _Verdict:
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
        and not rights.forged(comment.author, comment.instant, thread)
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


def _status(decisive: _Verdict | None, answered: bool, newest: Comment | None, stale_before: datetime | None) -> Status:
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
    if stale_before is not None and newest is not None and newest.instant <= stale_before:
        return Status.STALE
    return Status.OPEN


def _words(
    status: Status,
    decisive: _Verdict | None,
    verdicts: list[_Verdict],
    thread: Thread,
    board: Board | None,
    rights: Rights,
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
    false = sum(rights.forged(comment.author, comment.instant, thread) for comment in thread.comments)
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
    return instant.isoformat(" ", "minutes")[:16]
