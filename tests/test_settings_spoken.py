"""Problems of the settings page in the community's language: every sentence, with what it was filled with."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import Messages
from bot.reading.facts import english
from bot.settings.parsererrors import _WORDS as PARSER_WORDS
from bot.settings.schema import read_settings
from bot.settings.spoken import spoken
from tasks import ALL
from tests.settings_examples import TASKS
from tests.world import PAGE, SETTINGS, SETTINGS_TALK, world

CORPUS = sorted((Path(__file__).parent / "corpus" / "settings").glob("*.txt"))
OTHERS = ("de", "fr", "es", "ar", "zh-hans", "zh-hant")
FOUND = sorted(
    {
        problem.message
        for path in CORPUS
        for tasks in (ALL, TASKS)
        for problem in read_settings(path.read_bytes().decode("utf-8"), english(), tasks).problems
    }
)


@pytest.mark.parametrize("sentence", [*FOUND, *(words for _, _, words in PARSER_WORDS)])
def test_every_sentence_can_be_said_in_every_language(sentence: str) -> None:
    assert spoken(sentence, Messages("en")) == sentence
    said = {language: spoken(sentence, Messages(language)) for language in OTHERS}
    assert sentence not in said.values()
    for text in said.values():
        assert "$" not in text
        # keys, numbers and examples stay what they are
        for kept in re.findall(r"U\+[0-9A-F]{4}|[a-z]+_[a-z_]+|\d+", sentence):
            assert kept in text


def test_sentences_within_sentences_are_said_in_the_same_language() -> None:
    german = Messages("de")

    assert (
        spoken('found "x", wanted a whole number such as 4', german) == "„x“ gefunden, gewünscht: eine ganze Zahl wie 4"
    )
    said = spoken('found "2", wanted a duration such as "24 h", "15 min" or "3 days", or "never"', german)
    assert said == '„2“ gefunden, gewünscht: eine Dauer wie "24 h", "15 min" oder "3 days", oder "never"'
    said = spoken('x cannot stand here; it belongs under "a:" or a board\'s title under "boards:"', german)
    assert said == 'x kann hier nicht stehen, sondern unter "a:" oder dem Titel einer Seite unter „boards:“'


@given(st.text(max_size=60))
def test_what_stands_on_the_page_is_never_translated(text: str) -> None:
    assert text in spoken(f'found "{text}", wanted text', Messages("zh-hans")) or text in ("", "a list")


@given(st.text(alphabet="xyz 19", max_size=200))
def test_a_sentence_that_nobody_knows_stays_as_it_is(text: str) -> None:
    assert spoken(text, Messages("de")) == text


@pytest.mark.parametrize(
    ("language", "said"), [("de", "„few“ gefunden, gewünscht: eine ganze Zahl wie 4"), ("fr", "« few » trouvé")]
)
def test_the_talk_page_tells_mistakes_in_the_language_of_the_page(language: str, said: str) -> None:
    made = world()
    page = PAGE.replace("keep_threads: 1", "keep_threads: few").replace(
        "version: 1", f"version: 1\nlanguage: {language}"
    )
    made.says("Root", SETTINGS, page)
    report = made.run()

    told = re.sub(r"&#(\d+);", lambda mark: chr(int(mark[1])), made.text(SETTINGS_TALK))
    assert said in told
    assert "wanted" not in told
    # the operator's terminal keeps to English
    assert any('found "few", wanted a whole number such as 4' in problem for problem in report.settings_problems)
