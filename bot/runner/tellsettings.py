"""Tells the settings page's talk page what became of the newest revision; holds a first run back that does much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.guard import namespace_of, normal_title
from bot.messages import Sentence
from bot.model import Page, WikiInfo
from bot.plan import Edit, Plan, WholeText
from bot.runner.job import Job
from bot.runner.mandate import mandate
from bot.runner.planner import Planner
from bot.runner.settingspage import InForce, first_run
from bot.runner.values import EditReport
from bot.runner.write import Context, Denied, Stale, Written
from bot.settings.talkpage import Words, summary_of, told
from bot.settings.telling import Accepted, Telling, key_of

# How often the talk page is read again because somebody else edited it; then the next run tells.
_TRIES = 4


@dataclass(slots=True)
class Teller:
    """Makes the one edit that a revision gives rise to. Not as a bot's, so that watchers see it."""

    planner: Planner
    force: InForce
    run: int
    edits: list[EditReport] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def tell(self, jobs: Sequence[Job], *, whole: bool) -> Sentence | None:
        """Tell what there is to tell; gives why nothing is done under this revision in this run, if so.

        ``whole`` is false where only some boards or tasks run: what the first run does cannot be said then, so an
        accepted revision is told by the next run over everything.
        """
        plans = self._plans(jobs)
        telling = first_run(
            self.force.telling,
            [(plan, acts) for plan, acts in plans if plan is not None],
            unknown=any(plan is None and acts for plan, acts in plans),
        )
        if telling is None:
            return None
        if whole or not isinstance(telling, Accepted):
            self._write(telling)
        if not isinstance(telling, Accepted) or not telling.scale.held:
            return None
        if self.problems:
            self.problems.append(
                f"revision {telling.revision} of the settings would do much at once; "
                "nothing is done under it until the talk page has told so"
            )
        scale = telling.scale
        return Sentence("plan-why-held", (str(telling.revision), scale.moves, scale.tells))

    def _plans(self, jobs: Sequence[Job]) -> list[tuple[Plan | None, bool]]:
        """Give what the tasks planned (None: nothing yet), each with whether it may act."""
        if not isinstance(self.force.telling, Accepted):
            return []
        planner = self.planner
        spent, now = planner.journal.spent(None), planner.desk.now
        return [
            (
                job.plans[task.name][1] if task.name in job.plans else None,
                mandate(task, job.settings.tasks[task.name], planner.entry, planner.messages, spent, now).live,
            )
            for job in jobs
            for task in job.tasks
            if not job.problems
        ]

    def _write(self, telling: Telling) -> None:
        """Save the talk page; what cannot be told is said to the operator, and told by a later run."""
        desk, planner = self.planner.desk, self.planner
        title = talk_page(desk.info, planner.entry.settings)
        # A run that died may have told it: then its key is known by now.
        key = key_of(telling, planner.journal.hash_of(normal_title(desk.info, planner.entry.settings)))
        if key in planner.journal.own_keys():
            return
        words = Words(planner.messages, desk.now, planner.journal.hash_of, planner.entry.settings)
        for _ in range(_TRIES):
            page = desk.read([title]).pages[title]
            trouble = _trouble(page)
            if trouble:
                self.problems.append(f"{title} {trouble}; what became of the settings is not told there")
                return
            text = told(page.text or "", telling, words)
            summary = summary_of(telling, words)
            edit = Edit("settings", "settings", title, page.revision, WholeText(text), summary, key=key, bot=False)
            result = planner.writer.write(edit, Context(title, self.run, None))
            if isinstance(result, Stale):
                continue
            if isinstance(result, Written):
                planner.saved()
            self.edits.append(result.report)
            if isinstance(result, Denied):
                self.problems.append(f"{title}: {result.report.reason}; what became of the settings is not told there")
            return
        self.problems.append(f"others kept editing {title}; the next run tells there what became of the settings")


def talk_page(info: WikiInfo, title: str) -> str:
    """Give the talk page of a title (Manual:Namespace: the talk namespace's number is one more)."""
    name = normal_title(info, title)
    number = namespace_of(info, name)
    if number % 2:
        return name
    talk = info.namespaces[number + 1].name
    return f"{talk}:{name.partition(':')[2] if number else name}"


def _trouble(page: Page) -> str:
    if page.redirect is not None:
        return "is a redirect"
    if page.exists and page.model != "wikitext":
        return f"is not wikitext but {page.model}"
    return "cannot be read" if page.exists and page.text is None else ""
