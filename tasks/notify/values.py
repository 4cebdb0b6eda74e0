"""What the gates answer: why somebody is not told, and what is known of who told them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Knows = Literal["bot", "people", "beyond", ""]
"""From whom somebody knows of a thread, for the coverage: the bot, people (or themselves), nobody as far as is seen; or
``beyond``: somebody who cannot or does not want to be told."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nobody is told: what was found, held against what was wanted. Names nobody.

    ``knows`` says who told them already; ``held`` is true where a limit stands in the way and another run goes on.
    """

    found: str
    wanted: str
    knows: Knows = ""
    held: bool = False
