"""The frozen values everything else speaks in: a wiki's facts, pages, users, comments, threads, boards."""

from __future__ import annotations

from bot.model.board import Board, Comment, Heading, Mark, Outcome, Pin, Status, Thread
from bot.model.pages import Contribution, Page, PageAction, Revision
from bot.model.people import Account, Block, User
from bot.model.wiki import CATEGORY, TEMPLATE, USER, USER_TALK, Namespace, Sample, WikiInfo

__all__ = [
    "CATEGORY",
    "TEMPLATE",
    "USER",
    "USER_TALK",
    "Account",
    "Block",
    "Board",
    "Comment",
    "Contribution",
    "Heading",
    "Mark",
    "Namespace",
    "Outcome",
    "Page",
    "PageAction",
    "Pin",
    "Revision",
    "Sample",
    "Status",
    "Thread",
    "User",
    "WikiInfo",
]
