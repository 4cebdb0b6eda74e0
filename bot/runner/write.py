"""Saves one edit: read again, brakes, journal, save, journal, read back. Nothing else in the bot writes to a wiki."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot import guard
from bot.journal import Intent, Key, key_in, key_of, stamp
from bot.model import Page
from bot.operatorfile import WikiEntry
from bot.plan import Change, Edit, Lost, Splices
from bot.runner.desk import Desk
from bot.runner.lost import lost_by
from bot.runner.rebase import applied, rebase
from bot.runner.sending import archives_lost, request_of
from bot.runner.trust import Trust
from bot.runner.values import EditReport, Outcome, RunOptions, State
from bot.wiki.port import Barred, Busy, Conflict, Doubtful, Missing, Paced, Refused, Saved

# A run that died gives its wiki back after this long; every write renews it.
LEASE = timedelta(minutes=15)
# How many of the newest revisions are searched for an edit whose answer was lost.
_SEARCHED = 20


class HaltError(Exception):
    """No further write on this wiki in this run."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Written:
    """The edit stands on the wiki; ``again`` says why the rest of its plan must be planned anew, if it must."""

    report: EditReport
    again: str = ""


@dataclass(frozen=True, slots=True)
class Stale:
    """Something moved since the plan: nothing was saved, plan again."""

    reason: str


@dataclass(frozen=True, slots=True)
class Denied:
    """The edit was not saved and will not be in this run; ``trouble`` where a person must look."""

    report: EditReport
    trouble: bool = True


@dataclass(frozen=True, slots=True)
class Own:
    """An edit of this run: the revision it replaced, its own, and the text it left."""

    base: int
    revision: int
    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class Context:
    """What surrounds an edit in its plan: the board, what is left of the task's trial, and the edits around it."""

    board: str
    run: int
    trial_left: int | None
    later: Sequence[Edit] = ()
    archived: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    remaining: Callable[[str, str], frozenset[str]] = lambda _before, _after: frozenset()


@dataclass(slots=True)
class Writer:
    """Saves edits, one after the other, each under every brake."""

    desk: Desk
    entry: WikiEntry
    options: RunOptions
    trust: Trust
    deadline: datetime
    notices_left: int
    saves: int = 0
    own: dict[str, list[Own]] = field(default_factory=dict)
    denied: dict[str, str] = field(default_factory=dict)
    just_read: Mapping[str, Page] = field(default_factory=dict)
    seen: Mapping[str, Page] = field(default_factory=dict)
    lost: dict[str, Lost] = field(default_factory=dict)

    @property
    def edits_left(self) -> int:
        """How many edits this run may still make."""
        return self.options.edits_per_run - self.saves

    def write(self, edit: Edit, context: Context) -> Written | Stale | Denied:
        """Save one edit. Raises HaltError where no other edit may follow; OperatorProblem where the journal fails."""
        self._pause()
        self._may_go_on(edit)
        pages = self.seen = self._read_again(edit)
        self._brake(pages[self.entry.run_page])
        target = pages[edit.page]
        report = self._report(edit, target)
        reason = guard.refusal(edit, self._brakes(edit, context, pages))
        if reason is not None:
            return Denied(replace(report, state=State.REFUSED, reason=reason), trouble=False)
        if target.exists and target.text is None:
            return Denied(replace(report, state=State.REFUSED, reason="the page's text is hidden"))
        moved = self._moved(edit, pages) or archives_lost(edit, pages, context.archived)
        change = self._rebased(edit, target)
        if moved or change is None:
            return Stale(moved or "the page was changed")
        new = applied(change, target.text or "")
        report = replace(report, new=new)
        if len(new.encode()) > self.desk.info.max_page_bytes:
            return Denied(replace(report, state=State.REFUSED, reason="the page would pass the wiki's size limit"))
        if new == target.text:
            return Written(replace(report, state=State.SAME, revision=target.revision))
        return self._send(replace(edit, change=change, base=target.revision), report, context)

    # before

    def _titles(self, edit: Edit) -> set[str]:
        """The pages that must be seen right before an edit, the target and the run pages among them (law 7)."""
        own_run_page = self.entry.run_pages.get(edit.task, self.entry.run_page)
        unchanged = (title for title, _ in edit.unchanged)
        return {edit.page, self.entry.run_page, own_run_page, *edit.finishes, *unchanged}

    def _read_again(self, edit: Edit) -> Mapping[str, Page]:
        """Read what an edit rests on in the last request before it (law 8): this one, or the one that read back."""
        titles = self._titles(edit)
        pages, self.just_read = self.just_read, {}
        if not titles <= pages.keys():
            pages = self.desk.read(titles).pages
        run_pages = [pages[title] for title in (self.entry.run_page, *self.entry.run_pages.values()) if title in pages]
        if all(self.trust.knows_of(page) for page in run_pages):
            return pages
        self.trust.learn(run_pages)
        return self.desk.read(titles).pages

    def _pause(self) -> None:
        """Keep the distance between saves before anything is read for one; a run asked to end waits no more."""
        wiki = self.desk.wiki
        if isinstance(wiki, Paced) and wiki.pause(self.options.stop):
            # What was read before the wait is old.
            self.just_read = {}

    def _may_go_on(self, edit: Edit) -> None:
        # Between an archive and its cut the run goes on: that takes seconds, the copy would stand until the next run.
        if not edit.ends:
            if self.options.stop():
                raise HaltError(Outcome.STOPPED, "the run was asked to end")
            if self.options.clock() >= self.deadline:
                raise HaltError(Outcome.STOPPED, "the run's time is over; the next run goes on from here")
        if not self.desk.journal.take_lease(self.options.owner, self.options.clock(), LEASE):
            raise HaltError(Outcome.LEASED, "another run has taken over this wiki")

    def _brake(self, page: Page) -> None:
        trusted = self.trust.of(page)
        reason = guard.stopped(page, self.entry.run_page, self.entry.trusted, trusted_editor=trusted)
        if reason is not None:
            raise HaltError(Outcome.STOPPED, reason)

    def _brakes(self, edit: Edit, context: Context, pages: Mapping[str, Page]) -> guard.Brakes:
        entry, options = self.entry, self.options
        run_page = pages[entry.run_page]
        own = entry.run_pages.get(edit.task, "")
        spent = self.desk.journal.spent(self.desk.now)
        kinds = options.kinds_per_day
        later = [index for index, one in enumerate(context.later, 1) if edit.begins and edit.page in one.finishes]
        return guard.Brakes(
            self.desk.info,
            context.board,
            self.entry.settings,
            self.entry.run_page,
            run_page,
            self.trust.of(run_page),
            self.entry.trusted,
            self.entry.allowed,
            self.edits_left,
            self.notices_left,
            context.trial_left,
            later[0] if later else 0,
            own,
            pages[own] if own else None,
            bool(own) and self.trust.of(pages[own]),
            tuple(entry.run_pages.values()),
            options.edits_per_day - spent.get("edits", 0),
            options.edits_per_board - spent.get(f"board:{self.desk.journal.hash_of(context.board)}", 0),
            kinds[edit.kind] - spent.get(edit.kind, 0) if edit.kind in kinds else None,
            guard.numbers(self.desk.info, entry.repair_links),
        )

    def _moved(self, edit: Edit, pages: Mapping[str, Page]) -> str:
        for title, revision in edit.unchanged:
            if pages[title].revision != revision and not self._only_ours(pages[title], revision):
                return "another page that the plan rests on was changed"
        return ""

    def _only_ours(self, page: Page, base: int) -> bool:
        """Whether only edits of this run, saved as sent, lie between a revision and the one that stands."""
        chain = self._chain(page, base)
        return bool(chain) and chain[-1].revision == page.revision and chain[-1].text == page.text

    def _chain(self, page: Page, base: int) -> list[Own]:
        edits = self.own.get(page.title, [])
        chain: list[Own] = []
        for one in edits:
            if one.base == (chain[-1].revision if chain else base):
                chain.append(one)
        return chain

    def _rebased(self, edit: Edit, target: Page) -> Change | None:
        change: Change | None = edit.change
        if target.revision != edit.base:
            if edit.begins is not None or edit.finishes or not self._only_ours(target, edit.base):
                return None
            for one in self._chain(target, edit.base):
                change = rebase(change, one.change) if change is not None else None
        if isinstance(change, Splices):
            try:
                change.apply(target.text or "")
            except ValueError:
                return None
        return change

    # the save

    def _send(self, edit: Edit, report: EditReport, context: Context) -> Written | Stale | Denied:
        desk = self.desk
        key = key_of(edit, context.board, desk.journal.hash_of)
        summary = stamp(edit.summary, key, self.entry.approval.get(edit.task, ""))
        report = replace(report, summary=summary)
        remaining = context.remaining(report.old, report.new) if edit.finishes and edit.kind != "undo" else frozenset()
        intent = desk.journal.intend(context.run, context.board, edit, key, desk.now, remaining)
        try:
            saved = desk.wiki.save(request_of(edit, report.new, summary))
        except (Conflict, Missing):
            desk.journal.failed(intent, "refused")
            desk.forget([edit.page])
            return Stale("somebody else edited at the same time")
        except Refused as error:
            desk.journal.failed(intent, "refused")
            self.denied[edit.page] = error.kind
            return Denied(replace(report, state=State.REFUSED, reason=f"the wiki refused it ({error.kind}): {error}"))
        except Barred as error:
            desk.journal.failed(intent, "refused")
            raise HaltError(Outcome.BARRED, f"the account may not write: {error}") from error
        except Busy as error:
            desk.journal.failed(intent, "refused")
            raise HaltError(Outcome.BUSY, f"the wiki takes no edits now: {error}") from error
        except Doubtful:
            found = self._search(edit.page, key, edit.base)
            if found is None:
                # It may still arrive; the next run looks for it before it plans.
                desk.journal.failed(intent, "doubtful")
                reason = "the wiki gave no clear answer and the edit does not stand there"
                return Denied(replace(report, state=State.LEFT, reason=reason))
            saved = found
        report = replace(report, revision=saved.revision)
        return self._settle(edit, intent, key, saved, report, context)

    def _settle(
        self, edit: Edit, intent: Intent, key: Key, saved: Saved, report: EditReport, context: Context
    ) -> Written | Stale | Denied:
        self.desk.journal.saved(intent, key, saved.revision, saved.instant, changed=saved.changed)
        self.saves += saved.changed
        self.notices_left -= bool(edit.person)
        self.desk.forget([edit.page])
        if saved.previous == edit.base:
            self.own.setdefault(edit.page, []).append(Own(edit.base, saved.revision, edit.change, report.new))
        again, text = self._read_back(edit, saved, report, context)
        report = replace(report, state=State.SAVED if saved.changed else State.SAME, new=text or report.new)
        return Written(report, again)

    def _search(self, title: str, key: Key, base: int) -> Saved | None:
        """Look for an edit whose answer was lost: our own revision, newer than the base, with this key."""
        history = list(self.desk.wiki.history(title, limit=_SEARCHED))
        for index, one in enumerate(history):
            if one.id > base and one.editor == self.desk.account.name and key_in(one.summary) == key:
                before = history[index + 1].id if index + 1 < len(history) else 0
                return Saved(one.id, before, one.instant)
        return None

    # after

    def _read_back(self, edit: Edit, saved: Saved, report: EditReport, context: Context) -> tuple[str, str | None]:
        """Hold the saved revision against what it must hold (law 3); gives why to plan again, and the saved text.

        What the next edit rests on is read in the same request: the first after this save is the last before that one.
        """
        merged = edit.base != 0 and saved.changed and saved.previous != edit.base
        if not (edit.holds or edit.lacks or edit.begins or edit.finishes or merged):
            return "", None
        following = self._titles(context.later[0]) if context.later else set()
        unchanged = {title for title, _ in edit.unchanged}
        pages = self.desk.read({edit.page, *edit.finishes} | unchanged | following).pages
        page: Page | None = pages[edit.page]
        if page is None or page.revision != saved.revision:
            page = self.desk.wiki.revisions([saved.revision]).get(saved.revision)
        text = page.text if page is not None else None
        texts = report.old, text or report.new
        lost = lost_by(self.desk.wiki, edit, saved, texts, self.seen, pages)
        if lost is not None:
            self.lost[context.board] = lost
            return "an archive was changed while the board was cut", text
        if text is None:
            return "what was saved cannot be read back", None
        if any(one not in text for one in edit.holds) or any(one in text for one in edit.lacks):
            return "what was saved is not what was sent", text
        if edit.begins is not None and self._moved(edit, pages):
            return "the board was changed while its archive was saved", text
        if page is pages[edit.page]:
            self.just_read = pages
        return "", text

    def _report(self, edit: Edit, target: Page) -> EditReport:
        return EditReport(edit.task, edit.kind, edit.page, State.LEFT, target.text or "", "", edit.summary)
