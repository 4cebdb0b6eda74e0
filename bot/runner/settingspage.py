"""Which revision of the settings page is in force, and what its talk page is told of the newest one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.journal import WikiJournal, key_in
from bot.model import Contribution, Page, WikiInfo
from bot.plan import Plan, Task
from bot.runner.trust import Trust
from bot.settings.difference import Version, changes, differences, leaves, unvouched
from bot.settings.schema import Settings, SettingsReading, read_settings
from bot.settings.telling import Accepted, Refused, Scale, Shown, Telling, Unusable, key_of
from bot.wiki.port import Wiki

MOVES_SHOWN_FIRST = 20
"""A revision that would move more threads than this at first shows its plan for one run (DESIGN, "Tasks")."""
TELLS_SHOWN_FIRST = 5
"""The same for people told."""

# Beyond so many revisions since the accepted one nobody looks who wrote what: everything that differs is shown.
_HISTORY = 50


@dataclass(frozen=True, slots=True)
class InForce:
    """The settings that this run goes by (None: it pauses), their revision, what is wrong with the newest revision.

    ``editor`` is who saved the revision in force. ``problems`` are for the operator's terminal. ``telling`` is what the
    talk page is to be told, None where it was.
    """

    settings: Settings | None
    revision: int
    problems: tuple[str, ...] = ()
    telling: Telling | None = None
    editor: str = ""


@dataclass(frozen=True, slots=True)
class Judge:
    """Decides which revision is in force.

    ``accepted`` is the revision accepted last, ``told`` are the keys of what was told before this run, ``hash`` is the
    keyed hash of the settings page's title, which is part of those keys.
    """

    wiki: Wiki
    info: WikiInfo
    trust: Trust
    tasks: Sequence[Task[Any]]
    accepted: int
    told: Collection[str] = field(default_factory=frozenset)
    hash: str = ""

    def of(self, page: Page) -> InForce:
        """Judge the newest revision: in force where it is accepted, else the last accepted one is."""
        if not page.exists or (page.text is not None and not page.text.strip()):
            return InForce(
                None, 0, (f"the settings page {page.title} is missing or blank, so the bot pauses; write it to resume",)
            )
        if self.accepted not in (0, page.revision) and not self._is_of(page):
            return replace(self, accepted=0).of(page)
        if page.text is None:
            return self._earlier(page, "cannot be read; the last accepted revision stays in force", None)
        if page.revision != self.accepted and not self.trust.accepts(page):
            groups = tuple(sorted(self.trust.groups))
            why = (
                f": its newest revision was not saved by a trusted editor ({', '.join(groups)}); "
                "one of them accepts it by saving the page"
            )
            return self._earlier(page, why, Refused(self.accepted, groups))
        reading = self._read(page.text)
        if reading.settings is None:
            telling = Unusable(page.revision, self.accepted, reading.problems)
            return self._earlier(page, "", telling, _lines(page.title, reading))
        return self._trusted(page, reading, reading.settings)

    def _trusted(self, page: Page, reading: SettingsReading, settings: Settings) -> InForce:
        """Accept a revision that can be used, unless others' words in it must be shown first."""
        problems = _lines(page.title, reading)
        if self._key(Accepted(page.revision, "")) in self.told:
            return InForce(settings, page.revision, problems, editor=page.editor)
        last = self._page_of(self.accepted) if self.accepted != page.revision else page
        old = last.text if last is not None else None
        if page.revision != self.accepted and self._key(Shown(page.revision, "", 0, ())) not in self.told:
            others = unvouched(old or "", self._since(page))
            if others:
                shown = Shown(page.revision, page.editor, self.accepted, others)
                why = "holds changes by others; they are shown on its talk page for one run before they count"
                return self._earlier(page, why, shown)
        before = self._read(old).settings if old is not None else None
        previous = self.accepted if self.accepted != page.revision else 0
        accepted = Accepted(
            page.revision,
            page.editor,
            previous,
            changes(leaves(old) or {}, leaves(page.text) or {}),
            differences(before if previous else None, settings),
            reading.problems,
        )
        return InForce(settings, page.revision, problems, accepted, page.editor)

    def _since(self, page: Page) -> list[Version]:
        """Give the revisions after the accepted one, oldest first, with who is trusted among their editors."""
        revisions = []
        for one in self.wiki.history(page.title, text=True, limit=_HISTORY):
            if one.id <= self.accepted:
                break
            revisions.append(one)
        self.trust.learn_names(one.editor for one in revisions)
        known = [
            Version(None if one.hidden else one.text, not one.hidden and self.trust.knows(one.editor))
            for one in reversed(revisions)
        ]
        if len(revisions) < _HISTORY:
            return known
        # The accepted revision lies further back: nobody vouches for what was between.
        return [Version(None, trusted=False), *known]

    def _earlier(self, page: Page, why: str, telling: Telling | None, problems: tuple[str, ...] = ()) -> InForce:
        lead = f"the settings page {page.title}{why if why.startswith(':') else ' ' + why}" if why else ""
        problems = (*((lead,) if lead else ()), *problems)
        if telling is not None and self._key(telling) in self.told:
            telling = None
        earlier = self._page_of(self.accepted)
        settings = self._read(earlier.text).settings if earlier is not None and earlier.text is not None else None
        if earlier is None or settings is None:
            return InForce(None, 0, problems or (f"the settings page {page.title} cannot be used",), telling)
        return InForce(settings, self.accepted, problems, telling, earlier.editor)

    def _key(self, telling: Telling) -> str:
        return key_of(telling, self.hash)

    def _is_of(self, page: Page) -> bool:
        """Whether the accepted revision is one of this page: it is not once the operator names another page."""
        found = self.wiki.revisions([self.accepted]).get(self.accepted)
        return found is not None and found.title == page.title

    def _page_of(self, revision: int) -> Page | None:
        return self.wiki.revisions([revision]).get(revision) if revision else None

    def _read(self, text: str) -> SettingsReading:
        return read_settings(text, self.info, self.tasks)


def _lines(title: str, reading: SettingsReading) -> tuple[str, ...]:
    return tuple(
        f"{title}:{problem.line}:{problem.column}: {problem.key}: {problem.message}" for problem in reading.problems
    )


def told_before(journal: WikiJournal, own: Sequence[Contribution] | None) -> frozenset[str]:
    """Give the keys of what was told before: the journal's, and where that was lost those of the bot's own edits."""
    found = (key_in(one.summary) for one in own or ())
    return journal.own_keys() | {key.own for key in found if key is not None and key.own}


def last_accepted(journal: WikiJournal, told: Collection[str], page: str) -> int:
    """Give the revision accepted last, as the journal or the bot's own edits tell; 0 for none.

    ``page`` is the keyed hash of the settings page's title.
    """
    start = key_of(Accepted(0, ""), page).removesuffix("0")
    numbers = (key.removeprefix(start) for key in told if key.startswith(start))
    return journal.accepted() or max((int(number) for number in numbers if number.isdigit()), default=0)


def first_run(telling: Telling | None, plans: Sequence[tuple[Plan, bool]], *, unknown: bool = False) -> Telling | None:
    """Say of a revision just accepted what its first run would do; ``plans`` come with whether their task may act.

    What only a limit of one run holds back counts as well: the runs after it would do it, and nobody would have seen
    it coming. ``unknown`` is true where a task that may act has not come to a plan yet, which holds everything back.
    """
    if not isinstance(telling, Accepted):
        return telling
    live = [plan for plan, acts in plans if acts]
    edits = [edit for plan in live for edit in plan.edits]
    waiting = [decision for plan in live for decision in plan.decisions if decision.later]
    moves = sum(len(edit.threads) for edit in edits if edit.begins is not None or edit.kind == "remove")
    moves += sum(not decision.person for decision in waiting)
    tells = sum(bool(edit.person) for edit in edits) + sum(bool(decision.person) for decision in waiting)
    held = moves > MOVES_SHOWN_FIRST or tells > TELLS_SHOWN_FIRST or unknown
    return replace(telling, scale=Scale(moves, tells, held))
