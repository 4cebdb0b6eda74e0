"""The kinds of problem the bot tells people about, each with what, where and what to do."""

from __future__ import annotations


class Problem(Exception):
    """Something a person can mend. The message is one clear sentence: what, where, what to do."""


class CommunityProblem(Problem):
    """A mistake on the wiki (settings page, board, run page): told there, the next board goes on."""


class OperatorProblem(Problem):
    """A mistake in the operator's realm (clerk.yaml, login, database): told in the terminal, the run ends."""
