"""Who may close and answer threads: by groups, by the pages that list helpers, and by signatures that are true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.model import Mark, Outcome, Thread, User
from bot.reading.rules import People, Rules

EVERYBODY = People()
Signature = tuple[str, datetime]
"""A signer and the instant of the signature."""
Signatures = frozenset[Signature]


@dataclass(frozen=True, slots=True)
class Rights:
    """Who belongs to which ``People``, and whose signatures are true.

    ``users`` is what the wiki says of the names in question; None means that it was not asked, and everybody counts.
    ``listed`` maps a page to the names that stand on it (``People.listed_on``). ``edits`` tells of signatures whether
    the board's history holds such an edit, None where that cannot be told; one that was not looked up is taken for true
    (``bot.reading.status.doubted`` says which ones must be).
    """

    users: Mapping[str, User] | None = None
    listed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    edits: Mapping[Signature, bool | None] = field(default_factory=dict)

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

    def forged(self, signer: str, instant: datetime | None, thread: Thread) -> bool:
        """Whether nobody of this name can have left this signature in the thread.

        The board's history has no such edit; or it does not go back so far, but the thread is younger than the
        signature, so that a date long past helps nobody to forge one.
        """
        if instant is None or not self.edits:
            return False
        true = self.edits.get((signer, instant), True)
        if true is None:
            return thread.opened is not None and instant < thread.opened
        return not true


def people_needed(thread: Thread, rules: Rules) -> frozenset[str]:
    """The names whose groups ``conclude`` must know; empty where the rules ask for no group at all."""
    if not any(people.groups or people.registered for people in (rules.closers, rules.responders)):
        return frozenset()
    parties = {thread.reporter, *thread.subjects}
    names = {comment.author for comment in thread.comments} | {mark.signer for mark in thread.marks}
    return frozenset(name for name in names if name and name not in parties)


def may_mark(mark: Mark, thread: Thread, rules: Rules, rights: Rights) -> bool:
    """Whether the signer of a mark may put it, if the signature is true."""
    if mark.signer in thread.subjects:
        return False
    if mark.signer == thread.reporter:
        return mark.outcome is not Outcome.IN_PROGRESS
    helpers = (rules.closers, rules.responders) if mark.outcome is Outcome.IN_PROGRESS else (rules.closers,)
    return any(rights.among(mark.signer, people) for people in helpers)


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
        if mark.signer and mark.instant is not None and may_mark(mark, thread, rules, rights)
    }
    return frozenset(comments | marks)
