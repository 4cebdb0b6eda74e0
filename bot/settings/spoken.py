"""Says a problem of the settings page in another language: its English sentence, found again among the messages.

Problems are made in English, where they are found, for the terminal; the talk page is in the community's language. The
English sentences stand in ``bot/i18n/en.json`` as well (``problem-…``), so that each can be recognised with what was
filled in, and said with the same in any language, as gettext does with whole sentences. What stands nowhere among them
stays English. A test holds every sentence of the corpus of bad pages to be found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from bot.messages import Messages, shipped

_PREFIX = "problem-"
# Which of what is filled in is a sentence itself: the end of "found X, wanted …", say. All else is the page's own.
_SENTENCES: dict[str, tuple[int, ...]] = {
    "found": (1, 2),
    **dict.fromkeys(("wanted", "after-colon", "between-quotes", "no-board"), (1,)),
    **dict.fromkeys(("either", "or"), (1, 2)),
    **dict.fromkeys(("misplaced", "missing-wanted"), (2,)),
    "did-you-mean-elsewhere": (3,),
    **dict.fromkeys(("duration-two-ways", "duration-units", "ten-years"), (1,)),
    **dict.fromkeys(("title-character", "title-name", "title-long", "title-field", "template-character"), (1,)),
}
# Whatever begins like one of these is one, however much of another sentence stands in it.
_FRAMES = ("found", "wanted", "after-colon", "between-quotes", "missing-wanted", "no-board")
# Only within other sentences: as a whole they would take any text with such a word in it for theirs.
_INNER = ("either", "or", "text", "a-list", "number")


@dataclass(frozen=True, slots=True)
class _Form:
    """One English sentence: its key, what it looks like filled in, the order of its parameters, its own length."""

    key: str
    pattern: re.Pattern[str]
    order: tuple[int, ...]
    length: int


def spoken(sentence: str, messages: Messages) -> str:
    """Say an English sentence about the settings page in the language of these messages."""
    return _said(sentence, messages, whole=True) or sentence


def _said(sentence: str, messages: Messages, *, whole: bool) -> str:
    found = _form_of(sentence, whole=whole)
    if found is None:
        return ""
    form, filled = found
    parameters = [""] * len(filled)
    for number, text in zip(form.order, filled, strict=True):
        inner = number in _SENTENCES.get(form.key, ())
        parameters[number - 1] = (_said(text, messages, whole=False) if inner else "") or text
    return messages.say(_PREFIX + form.key, *parameters)


def _form_of(sentence: str, *, whole: bool) -> tuple[_Form, tuple[str, ...]] | None:
    """Find the sentence that says most of its own words, and what is filled in."""
    for form in _forms():
        if form.key in (_INNER if whole else _FRAMES):
            continue
        if found := form.pattern.fullmatch(sentence):
            return form, found.groups()
    return None


@cache
def _forms() -> tuple[_Form, ...]:
    forms = [_form(key.removeprefix(_PREFIX), text) for key, text in shipped("en").items() if key.startswith(_PREFIX)]
    # of two things that would fit each may be a sentence with an "or" of its own
    return tuple(sorted(forms, key=lambda form: (form.key not in _FRAMES, form.key != "either", -form.length)))


def _form(key: str, text: str) -> _Form:
    parts = re.split(r"(\$\d)", text)
    order = tuple(int(part[1]) for part in parts[1::2])
    pattern = ""
    for place, part in enumerate(parts):
        if place % 2 == 0:
            pattern += re.escape(part)
        elif parts[place - 1].endswith('"') and key != "found":
            pattern += '([^"]*)'
        else:
            pattern += "(.+?)"
    return _Form(key, re.compile(pattern, re.DOTALL), order, sum(len(part) for part in parts[::2]))
