"""Asks a person, or takes what the command line answered; what is wrong is told at once and asked again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import typer

from bot.cli.console import complain, messages
from bot.errors import OperatorProblem, Problem
from bot.wiki.port import WikiError

T = TypeVar("T")


def as_it_is(text: str) -> str:
    """The check of a question that takes any text."""
    return text


@dataclass(frozen=True, slots=True)
class Ask:
    """Puts questions where ``interactive``; else what is given and the defaults are the answers."""

    interactive: bool

    def text(
        self,
        question: str,
        option: str,
        given: str,
        check: Callable[[str], T],
        *,
        default: str = "",
        hidden: bool = False,
    ) -> T:
        """One answer, as ``check`` gives it back. ``check`` raises Problem or WikiError for a bad one.

        Raises OperatorProblem where nobody can be asked and there is no answer, and what ``check`` raised there.
        """
        answer = given or ("" if self.interactive else default)
        while True:
            if not answer:
                if not self.interactive:
                    raise OperatorProblem(f"{question}: give it with {option}")
                answer = str(
                    typer.prompt(
                        question, default=default or None, hide_input=hidden, show_default=not hidden, err=True
                    )
                ).strip()
                continue
            try:
                return check(answer)
            except (Problem, WikiError) as problem:
                if not self.interactive:
                    raise
                complain(str(problem))
                answer = ""

    def choice(self, question: str, option: str, given: str, choices: Sequence[str]) -> str:
        """One of several words, the first one by default."""
        words = ", ".join(choices)

        def check(answer: str) -> str:
            found = [one for one in choices if one.startswith(answer.lower())]
            if answer.lower() in choices:
                return answer.lower()
            if len(found) != 1:
                raise OperatorProblem(f'"{answer}" is none of: {words}')
            return found[0]

        return self.text(f"{question} ({words})", option, given, check, default=choices[0])

    def yes(self, question: str, *, otherwise: bool) -> bool:
        """Whether a person says yes; ``otherwise`` where nobody can be asked."""
        return bool(typer.confirm(question, default=otherwise, err=True)) if self.interactive else otherwise

    def say(self, line: str = "") -> None:
        """Tells a person something; nothing of it is a result."""
        messages().print(line, markup=False)
