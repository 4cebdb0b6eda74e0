"""Writes a page once a day while the bot is at work, so that anybody can see that it is, and by which settings."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.messages import link, stamp
from bot.plan import Decision, Edit, Need, Plan, WholeText
from bot.settings.overview import HeartbeatSettings
from bot.wikiplan import WikiSnapshot, WikiTask
from tasks.section import unfit

__all__ = ["TASK", "plan"]

_SUBPAGE = "Heartbeat"


def plan(snapshot: WikiSnapshot, settings: HeartbeatSettings, now: datetime) -> Plan | Need:
    """One edit a day (UTC), whatever else there is to do: the one exception to law 4.

    The day is told by the key of the edit, which is in its summary too: neither a lost journal nor somebody who edits
    the page makes it two.
    """
    title = settings.page or f"{snapshot.settings_page}/{_SUBPAGE}"
    key = snapshot.memory.hash_of("heartbeat", title, f"{now:%Y-%m-%d}")
    if key in snapshot.memory.keys:
        return Plan(decisions=(_said("stay", "written today"),))
    if title not in snapshot.pages:
        return Need(pages=frozenset({title}))
    page = snapshot.pages[title]
    trouble = unfit(page)
    if trouble:
        return Plan(decisions=(_said("held back", trouble),))
    summary = snapshot.messages.say("heartbeat-own")
    change = WholeText(_text(snapshot, now))
    edit = Edit("heartbeat", "heartbeat", page.title, page.revision, change, summary, key, minor=True)
    return Plan((edit,), (_said("write", "a new day"),))


def _text(snapshot: WikiSnapshot, now: datetime) -> str:
    say, run = snapshot.messages.say, snapshot.run
    revision = run.settings_revision
    in_force = link(f"Special:PermanentLink/{revision}", say("heartbeat-revision", str(revision)))
    rows = {
        "heartbeat-day": f"{now:%Y-%m-%d}",
        "heartbeat-run": str(run.number),
        "heartbeat-settings": in_force,
        "heartbeat-last": stamp(run.last_done) if run.last_done else "–",
    }
    lines = ["__NOINDEX__", say("heartbeat-intro"), "", '{| class="wikitable"']
    for key, value in rows.items():
        lines += ["|-", f'! scope="row" | {say(key)}', f"| {value}"]
    return "\n".join([*lines, "|}"])


def _said(verdict: str, found: str) -> Decision:
    return Decision("heartbeat", "", verdict, found, "one sign of life a day")


TASK: WikiTask[HeartbeatSettings] = WikiTask(
    name="heartbeat",
    settings=HeartbeatSettings,
    plan=plan,
    every=timedelta(days=1),
    needs_words=("heartbeat-own", "heartbeat-intro"),
)
"""The task as the runner knows it."""
