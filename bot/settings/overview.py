"""What a community can set about the page that leads to all boards, and about the bot's sign of life."""

from __future__ import annotations

from bot.settings.base import WideSettings
from bot.settings.values import PageTitle


class OverviewSettings(WideSettings):
    """One table of all boards: how many threads wait on each, how many of them no responder answered yet."""

    page: PageTitle
    """The page that holds the table, for instance ``Project:Noticeboards``; only what stands between the bot's two
    markers is the bot's."""


class HeartbeatSettings(WideSettings):
    """A sign of life, written once a day even where there is nothing else to do: the run, the settings in force."""

    page: PageTitle = ""
    """The page, which belongs to the bot alone [the subpage ``Heartbeat`` of the settings page]."""
