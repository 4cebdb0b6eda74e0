"""What a community can set about the summary."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from bot.settings.base import TaskSettings
from bot.settings.values import Duration, PageTitle, at_least


class SummarySettings(TaskSettings):
    """Where the list of waiting threads stands and how much it shows."""

    page: PageTitle
    """The page that holds the list, for instance ``Project:Incidents/Waiting``. Several boards may share one."""

    stale_after: Annotated[Duration, at_least("1 h")] = timedelta(hours=48)
    """A thread in which nobody has written for this long [48 h] is shown as stale."""

    headings: Literal["hide_names", "show"] = "hide_names"
    """``hide_names`` [default]: threads are labelled by the time they were opened, since a heading may name somebody in
    ways that no program sees; ``show``: by their headings."""
