"""Whether a page keeps bots away."""

from __future__ import annotations

import pytest

from bot.reading.exclusion import excluded


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("", False),
        ("{{nobots}}", True),
        ("{{ Nobots }}", True),
        ("{{Template:nobots}}", True),
        ("{{bots}}", False),
        ("{{bots|deny=all}}", True),
        ("{{bots|deny=none}}", False),
        ("{{bots|deny=Other Bot,Boardclerk}}", True),
        ("{{bots|deny=other bot, board_clerk}}", False),
        ("{{bots|deny=boardclerk}}", True),
        ("{{bots|allow=none}}", True),
        ("{{bots|allow=all}}", False),
        ("{{bots|allow=Boardclerk}}", False),
        ("{{bots|allow=Other Bot}}", True),
        ("{{bots|optout=all}}", True),
        ("{{bots|optout=boardclerk}}", True),
        ("{{bots|optout=nosource}}", False),
        ("{{nobots|Other Bot}}", False),
        ("{{nobots|Boardclerk}}", True),
        ("<!-- {{nobots}} -->", False),
        ("<nowiki>{{nobots}}</nowiki>", False),
        ("<!-- {{nobots}}", False),
        ("text {{bots|deny=a}} more {{bots|deny=Boardclerk}}", True),
        ("robots are fine", False),
    ],
)
def test_a_page_turns_the_bot_away_exactly_when_its_templates_say_so(text: str, answer: bool) -> None:
    assert excluded(text, "Boardclerk") is answer
