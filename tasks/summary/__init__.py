"""Keeps the list of waiting threads on a page of choice, between two markers, and touches nothing else there."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.messages import link
from bot.plan import Change, Decision, Edit, Fact, Need, Plan, Snapshot, Splice, Splices, Task, WholeText
from tasks.people import judge, people_need, rights_of
from tasks.summary.buckets import Waiting, bucket_of, is_untold
from tasks.summary.page import find_section, render
from tasks.summary.settings import SummarySettings

__all__ = ["TASK", "SummarySettings", "plan"]

_PAGE_KNOWN = "summary-page"


def plan(snapshot: Snapshot, settings: SummarySettings, now: datetime) -> Plan | Need:
    """Lists what waits; one edit where the list differs from the one that stands, none otherwise."""
    threads, rights = snapshot.board.threads, rights_of(snapshot)
    need = people_need(threads, snapshot, rights) | Need(pages=frozenset({settings.page} - snapshot.pages.keys()))
    if need:
        return need
    waiting: list[Waiting] = []
    decisions: list[Decision] = []
    stale_before = now - settings.stale_after
    for thread in threads:
        concluded = judge(thread, snapshot, rights, stale_before)
        untold = is_untold(thread, snapshot.memory.facts, snapshot.memory.hash_of)
        bucket = bucket_of(thread, concluded, untold=untold)
        if bucket is None:
            decisions.append(Decision("summary", thread.identity, "not listed", concluded.found, "a thread that waits"))
        else:
            waiting.append(Waiting(thread, concluded, bucket, untold))
            decisions.append(Decision("summary", thread.identity, f"list: {bucket}", concluded.found, concluded.wanted))
    unknown = frozenset(item.thread.identity for item in waiting) - snapshot.openings.keys()
    if unknown:
        return Need(openings=unknown)
    edit, verdict = _edit(render(waiting, snapshot, settings, now), len(waiting), snapshot, settings)
    facts = (Fact(_PAGE_KNOWN, "", settings.page),)
    return Plan((edit,) if edit else (), (*decisions, verdict), facts if edit or verdict.verdict == "stay" else ())


def _edit(section: str, count: int, snapshot: Snapshot, settings: SummarySettings) -> tuple[Edit | None, Decision]:
    """The one edit that puts the section where it belongs, or why there is none."""
    page = snapshot.pages[settings.page]
    if page.exists and (page.text is None or page.redirect is not None or page.model != "wikitext"):
        return None, _said("held back", "the page is hidden, a redirect, or not wikitext", "a page of its own")
    text = page.text or ""
    spans = find_section(text, snapshot.board.title)
    change: Change
    if len(spans) > 1:
        return None, _said(
            "held back", "more than one pair of markers on the page", "one pair; please remove the others"
        )
    if spans:
        (start, end) = spans[0]
        if text[start:end] == section:
            return None, _said("stay", "the list says just this already", "something new to list")
        change = Splices((Splice(start, end, section),))
    elif snapshot.memory.facts.get((_PAGE_KNOWN, "")) == settings.page and page.exists:
        return None, _said(
            "held back", "the markers are gone from the page", "both markers, where the list shall stand"
        )
    elif page.exists:
        change = WholeText(f"{text.rstrip()}\n\n{section}")
    else:
        change = WholeText(f"__NOINDEX__\n{section}")
    edit = Edit(
        task="summary",
        kind="summary",
        page=page.title,
        base=page.revision,
        change=change,
        summary=snapshot.messages.say("summary-own", link(snapshot.board.title), count),
    )
    return edit, _said("list", f"{count} waiting", "a list that differs from the one that stands")


def _said(verdict: str, found: str, wanted: str) -> Decision:
    return Decision("summary", "", verdict, found, wanted)


def _every(settings: SummarySettings) -> timedelta:
    return settings.every or timedelta(hours=1)


TASK: Task[SummarySettings] = Task(
    name="summary",
    settings=SummarySettings,
    plan=plan,
    every=_every,
    needs_words=("summary-own", "summary-intro", "summary-none", "summary-total", "summary-thread"),
)
"""The task as the runner and the settings page know it."""
