"""What a task wants done and why (``Plan``), what it must see first (``Need``), what it decides on (``Snapshot``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from bot.memory import Memory, Move
from bot.messages import Messages
from bot.model import Account, Board, Page, PageAction, Revision, User, WikiInfo
from bot.reading.rights import Signature, Signatures
from bot.reading.rules import Rules
from bot.settings.base import TaskSettings


@dataclass(frozen=True, slots=True)
class Splice:
    """Replaces ``text[start:end]`` of the page by ``text``; offsets are characters of the revision planned on."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Splices:
    """Changes to parts of a page that do not overlap, in page order."""

    parts: tuple[Splice, ...]

    def apply(self, text: str) -> str:
        """The page after the splices. Raises ValueError where they overlap or lie outside the text."""
        pieces: list[str] = []
        at = 0
        for part in self.parts:
            if not at <= part.start <= part.end <= len(text):
                raise ValueError("splices overlap or lie outside the page")
            pieces += [text[at : part.start], part.text]
            at = part.end
        return "".join([*pieces, text[at:]])


@dataclass(frozen=True, slots=True)
class WholeText:
    """The whole page, new or replaced."""

    text: str


@dataclass(frozen=True, slots=True)
class NewSection:
    """A new section at the page's end; the heading is plain text, the rest wikitext."""

    heading: str
    text: str


Change = Splices | WholeText | NewSection

RESTORE = "restore"
"""Kind of the edit that puts back on a board what the bot itself just took off it."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One save that a task wants.

    ``base`` is the revision that the change was planned on (0: the page must not exist yet). ``kind`` says what it is
    for in one word ("archive", "cut", "follow", "undo", "notice" …). ``summary`` is the edit summary in the wiki's
    language, without names, headings or quotations; the runner adds the approval link and ``key`` (law 5).
    ``unchanged`` names other pages with the revision they must still be at right before this save and, where the edit
    ``begins`` a move, right after. ``holds`` are texts that the saved revision must hold, read back by revision id
    before any later edit of the plan is tried (law 3). ``lacks`` are texts that it must not hold. ``finishes`` closes
    the board's open moves to these archives. ``threads`` are the identities concerned, ``person`` the user told by a
    notice. Where ``independent`` is true, the later edits of the plan are tried even when this one was refused (one
    protected talk page must not keep others untold).
    """

    task: str
    kind: str
    page: str
    base: int
    change: Change
    summary: str
    key: str = ""
    minor: bool = False
    bot: bool = True
    unchanged: tuple[tuple[str, int], ...] = ()
    holds: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    begins: Move | None = None
    finishes: tuple[str, ...] = ()
    threads: tuple[str, ...] = ()
    person: str = ""
    independent: bool = False

    @property
    def ends(self) -> bool:
        """Whether it ends what the bot began, or puts back what it took: no limit may stop it then."""
        return bool(self.finishes) or self.kind == RESTORE


@dataclass(frozen=True, slots=True)
class Decision:
    """Why a thread (or a person named in it) was or was not acted on: ``found`` held against ``wanted``.

    ``thread`` is an identity ("" for the whole board), ``person`` a user where the decision is about one. ``verdict``
    is a short phrase that starts with what was decided: "move", "stay", "tell", "not told", "list", "held back" …;
    the sentences are English, for the terminal and the plan page, and name nobody. ``later`` is true where a limit of
    one run, or somebody at work on the board, alone stands in the way: a later run does it.
    """

    task: str
    thread: str
    verdict: str
    found: str
    wanted: str
    person: str = ""
    later: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """Something to remember in the journal once the plan is applied: a kind, a thread identity, a short value."""

    kind: str
    thread: str
    value: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a task wants on one board: edits in order (when one fails the later ones are not tried), reasons, facts.

    ``settled`` names archives whose open moves need no edit any more (nothing of them stands on both pages). Where
    ``more`` is true, something follows from the edits once they are saved: the task is asked for that in the same run
    (``Snapshot.following``).
    """

    edits: tuple[Edit, ...] = ()
    decisions: tuple[Decision, ...] = ()
    facts: tuple[Fact, ...] = ()
    settled: tuple[str, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class LinkSearch:
    """Asks which pages of some namespaces link to a page; at most ``limit`` of them."""

    title: str
    namespaces: frozenset[int]
    limit: int


@dataclass(frozen=True, slots=True)
class Need:
    """What a task must see before it can plan; empty fields ask for nothing.

    ``pages`` (with text), ``users``, ``origins`` (identities of threads whose opening revision is wanted),
    ``redirects`` (titles whose redirects are wanted), ``actions`` (titles of pages that may have been protected or
    deleted), ``lines`` (pages and whole lines on them, of which it is wanted which revision brought them there),
    ``linking`` (pages whose linking pages are wanted), ``edits`` (signers and instants of signatures on the board, of
    which it is wanted whether the signer edited the board then), ``openings`` (identities of threads of whose opening
    revision the number is enough: it is remembered, where ``origins`` are looked up in every run).
    """

    pages: frozenset[str] = frozenset()
    users: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
    redirects: frozenset[str] = frozenset()
    actions: frozenset[str] = frozenset()
    lines: frozenset[tuple[str, str]] = frozenset()
    linking: frozenset[LinkSearch] = frozenset()
    edits: Signatures = frozenset()
    openings: frozenset[str] = frozenset()

    def __or__(self, other: Need) -> Need:
        """Both needs together."""
        return Need(
            self.pages | other.pages,
            self.users | other.users,
            self.origins | other.origins,
            self.redirects | other.redirects,
            self.actions | other.actions,
            self.lines | other.lines,
            self.linking | other.linking,
            self.edits | other.edits,
            self.openings | other.openings,
        )

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return self != Need()


@dataclass(frozen=True, slots=True)
class Limits:
    """The operator's limits that a task must know to plan within them; nothing on the wiki can widen them.

    ``elsewhere`` is how many notices each other board that shares the day's has caused today (UTC). ``repair_links``
    are the namespaces in which links to archived threads may be mended.
    """

    allowed: tuple[str, ...] = ()
    notices_left: int = 50
    edits_left: int = 50
    elsewhere: tuple[int, ...] = ()
    repair_links: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Lost:
    """A cut after which the archives did not hold, word for word, all that it had taken off the board.

    ``before`` is the board as it stood right before, in this ``revision``, ``after`` as the cut left it. ``archives``
    are the archives' texts in that moment, by title; of one that was moved, under the new title too.
    """

    task: str
    revision: int
    before: str
    after: str
    archives: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that a task may look at. What a ``Need`` can ask for is there once one did.

    A page that was asked for is in ``pages`` even when it does not exist. ``origins`` maps an identity to the revision
    that brought the thread, None where the history did not tell; ``lines`` does so for (page, line). ``actions`` maps a
    title to what an administrator did to the page, None where that is nothing. ``settings_page`` is the settings page's
    title. ``denied`` are pages on which the wiki refused an edit in this run, with the kind of refusal
    (``Refused.kind``). ``linking`` answers each search for linking pages, without their texts. ``edits`` tells of
    signatures on the board whether its history holds such an edit, as it was found in this run or before, None where
    that cannot be told. ``openings`` are the numbers of the revisions that brought threads, 0 where the history did not
    tell. ``following`` is true where the task's plan of this run was carried out and only what follows
    from it is asked for (``Plan.more``). ``lost`` tells of a cut of the board, by this run or one that died, that may
    have lost threads.
    """

    info: WikiInfo
    account: Account
    board: Board
    rules: Rules
    messages: Messages
    memory: Memory
    limits: Limits = Limits()
    pages: Mapping[str, Page] = field(default_factory=dict)
    users: Mapping[str, User] = field(default_factory=dict)
    origins: Mapping[str, Revision | None] = field(default_factory=dict)
    redirects: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    actions: Mapping[str, PageAction | None] = field(default_factory=dict)
    lines: Mapping[tuple[str, str], Revision | None] = field(default_factory=dict)
    settings_page: str = ""
    denied: Mapping[str, str] = field(default_factory=dict)
    linking: Mapping[LinkSearch, tuple[Page, ...]] = field(default_factory=dict)
    edits: Mapping[Signature, bool | None] = field(default_factory=dict)
    openings: Mapping[str, int] = field(default_factory=dict)
    following: bool = False
    lost: Lost | None = None


S = TypeVar("S", bound=TaskSettings)


@dataclass(frozen=True, slots=True)
class Task(Generic[S]):
    """One task: its name (the settings' section), its settings model, its pure plan function, how often it looks.

    ``every`` tells from the task's settings how long to wait between two looks. ``needs_words`` lists the message keys
    without which, in the wiki's language, the task stays in plan mode.
    """

    name: str
    settings: type[S]
    plan: Callable[[Snapshot, S, datetime], Plan | Need]
    every: Callable[[S], timedelta]
    needs_words: tuple[str, ...] = ()
