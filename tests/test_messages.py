"""The sentences that the bot can say: complete, gentle, and harmless whatever goes into them."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import Gender, Messages, link, plain, stamp

I18N = Path(__file__).resolve().parent.parent / "bot" / "i18n"
LANGUAGES = sorted(path.stem for path in I18N.glob("*.json") if path.stem != "qqq")
# Words that take a side, frighten, or make more of a mention than it is; in any form, in every language that ships.
NEVER = {
    "en": (
        r"\b(reported|accus\w*|complain\w*|victim\w*|against you|about you|urgent\w*|offen[cs]e\w*|offend\w*"
        r"|suspect\w*|alleg\w*|guilt\w*|culprit\w*|perpetrat\w*|violat\w*|misconduct|harass\w*|abus\w*|warn\w*)\b"
    ),
    "de": (
        r"\b(gemeldet\w*|beschuldig\w*|beschwer\w*|opfer\w*|(gegen|über) dich|dringend\w*|verdächt\w*|anklag\w*"
        r"|angeklagt\w*|vorwurf\w*|vorwürf\w*|vorgeworfen\w*|täter\w*|schuld\w*|verstoß\w*|verstöß\w*|belästig\w*"
        r"|missbrauch\w*|verwarn\w*|eilig\w*)\b"
    ),
    "fr": (
        r"\b(signalé\w*|dénonc\w*|accus\w*|plainte\w*|victime\w*|contre vous|à votre sujet|urgent\w*|suspect\w*"
        r"|mise? en cause|coupab\w*|infraction\w*|faute\w*|reproch\w*|harc[eè]l\w*|abus\w*|averti\w*)\b"
    ),
    "es": (
        r"\b(denunci\w*|acus\w*|quejas?|víctima\w*|contra (ti|usted)|sobre (ti|usted)|urgente\w*|sospech\w*"
        r"|culpa\w*|infrac\w*|infring\w*|acos\w*|abus\w*|agres\w*|advert\w*)\b"
    ),
    "ar": r"(اتهام|متهم|شكوى|شكاوى|ضحي|ضحايا|ضدك|عاجل|بلاغ|عنك|مشتبه|مذنب|جان[يٍ]|مخالف|تحرش|إساءة|ادعاء|تحذير)",
    "zh-hans": r"(举报|检举|投诉|指控|控告|被告|受害|加害|针对你|针对您|关于你|关于您|紧急|嫌疑|违规|骚扰|过错|警告)",
    "zh-hant": r"(舉報|檢舉|投訴|指控|控告|被告|受害|加害|針對你|針對您|關於你|關於您|緊急|嫌疑|違規|騷擾|過錯|警告)",
}
SAID_TO_PEOPLE = ("notify-", "subject-notice", "overdue-", "status-", "summary-", "backlog-", "archive-", "index-")
"""What people read on talk pages, boards, lists and in edit summaries; the report and the settings are apart."""


def texts(language: str) -> dict[str, str]:
    loaded: dict[str, str] = json.loads((I18N / f"{language}.json").read_text(encoding="utf-8"))
    return {key: text for key, text in loaded.items() if not key.startswith("@")}


@pytest.mark.parametrize("language", [*LANGUAGES, "qqq"])
def test_every_language_has_the_same_sentences(language: str) -> None:
    assert sorted(texts(language)) == sorted(texts("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_uses_the_same_parameters(language: str) -> None:
    for key, text in texts(language).items():
        # Who reads it matters only in languages that have forms for that.
        shown = re.sub(r"\{\{GENDER:\$\d\|", "", text)
        assert set(re.findall(r"\$\d", shown)) == set(re.findall(r"\$\d", texts("en")[key])), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_gender_has_a_form_for_those_who_have_not_said(language: str) -> None:
    for key, text in texts(language).items():
        for forms in re.findall(r"\{\{GENDER:\$\d\|([^{}]*)\}\}", text):
            assert len(forms.split("|")) == 3, key


@pytest.mark.parametrize(
    ("gender", "said"), [(Gender.MALE, "ضع"), (Gender.FEMALE, "ضعي"), (Gender.UNKNOWN, "وضع")], ids=list(Gender)
)
def test_who_reads_a_notice_is_spoken_to_as_they_want(gender: Gender, said: str) -> None:
    assert Messages("ar").say("notify-stop", "X", gender).split()[0] == said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("{{GENDER:$1|he|she|they}}", ("he", "she", "they")),
        ("{{GENDER:$1|he|she}}", ("he", "she", "he")),
        ("{{GENDER:$1|one}}", ("one", "one", "one")),
        ("{{GENDER:$7|he|she|they}}", ("they", "they", "they")),
    ],
    ids=("three", "two", "one", "a slip"),
)
def test_own_words_may_have_forms_for_the_reader(words: str, said: tuple[str, str, str]) -> None:
    own = Messages("en", own={"notify-tail": words})

    assert tuple(own.say("notify-tail", gender) for gender in Gender) == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_notice_takes_a_side_or_frightens(language: str) -> None:
    assert language in NEVER, "a new language needs its list of words that are never said"
    for key, text in texts(language).items():
        if key.startswith(SAID_TO_PEOPLE):
            assert not re.search(NEVER[language], text, re.I), key


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "You were reported."),
        ("en", "a complaint against you"),
        ("de", "Du wurdest gemeldet."),
        ("de", "Der Vorwurf lautet"),
        ("fr", "Vous êtes averti."),
        ("es", "Una denuncia contra ti"),
        ("ar", "قُدّم بلاغ ضدك"),
        ("zh-hans", "有人举报了您"),
        ("zh-hant", "有人檢舉了您"),
    ],
)
def test_the_words_that_are_never_said_would_be_found(language: str, words: str) -> None:
    assert re.search(NEVER[language], words, re.I)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_plural_has_as_many_forms_as_the_language_needs_at_most(language: str) -> None:
    # MediaWiki takes the forms in CLDR's order; more than the language has would never be said.
    most = {"ar": 6, "zh-hans": 1, "zh-hant": 1}.get(language, 2)
    for key, text in texts(language).items():
        for forms in re.findall(r"\{\{PLURAL:\$\d\|([^{}]*)\}\}", text):
            assert len(forms.split("|")) == most, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_holds_markup_or_a_parameter_left_open(language: str) -> None:
    said = Messages(language)
    for key, text in texts(language).items():
        count = len(set(re.findall(r"\$\d", text)))
        for number in (0, 1, 2, 5, 11, 100):
            filled = said.say(key, *([number] * count))
            assert "$" not in filled, key
            assert not re.search(r"[{}\[\]<>|~]|\n|  ", filled), key


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "لا موضوع"), (1, "موضوع واحد"), (2, "موضوعان"), (5, "5 مواضيع"), (11, "11 موضوعًا"), (100, "100 موضوع")],
)
def test_arabic_has_six_forms(number: int, said: str) -> None:
    assert Messages("ar").say("summary-total", number) == f"في الانتظار: {said}."


@pytest.mark.parametrize("code", ["zh-cn", "zh-sg", "zh"])
def test_chinese_is_found_along_the_wikis_own_chain(code: str) -> None:
    # As MediaWiki's siteinfo gives the chains of these languages.
    assert Messages(code, ("zh-hans", "en")).say("summary-none") == Messages("zh-hans").say("summary-none")
    assert Messages("zh-tw", ("zh-hant", "zh-hans", "en")).say("age-band-4") == "1至4週"


def test_a_title_or_date_in_a_sentence_from_the_right_is_isolated() -> None:
    said = Messages("ar").say("summary-thread", "2026-11-22 12:00")

    assert said == "موضوع بتاريخ \u20682026-11-22 12:00\u2069"


def test_a_title_from_the_right_is_isolated_in_any_language() -> None:
    assert "\u2068[[:مشروع:بلاغ]]\u2069" in Messages("en").say("notify-own", link("مشروع:بلاغ"))
    assert "\u2068" not in Messages("en").say("notify-own", link("Project:Incidents"))


def test_a_sentence_takes_its_parameters_and_its_plural() -> None:
    english = Messages("en")

    assert english.say("summary-total", 1) == "Waiting: one thread."
    assert english.say("summary-total", 3) == "Waiting: 3 threads."


def test_a_language_falls_back_along_the_wikis_own_chain() -> None:
    assert Messages("bar", ("de",)).say("summary-none") == Messages("de").say("summary-none")
    assert Messages("xx").say("summary-none") == Messages("en").say("summary-none")


def test_english_does_not_pass_for_another_wikis_own_words() -> None:
    assert Messages("de").has("subject-notice")
    assert Messages("bar", ("de",)).has("subject-notice")
    assert Messages("en-gb", ("en",)).has("subject-notice")
    assert not Messages("xx", ("en",)).has("subject-notice")
    assert Messages("xx", own={"subject-notice": "words"}).has("subject-notice")


def test_the_communitys_own_words_win() -> None:
    assert Messages("de", own={"summary-none": "Alles ruhig."}).say("summary-none") == "Alles ruhig."


@pytest.mark.parametrize("words", ["$9 and $0", "{{PLURAL:$1|one|many}}", "{{PLURAL:$7|one|many}}", "100 $", ""])
def test_own_words_with_slips_do_no_harm(words: str) -> None:
    said = Messages("en", own={"summary-own": words}).say("summary-own", "[[:X]]", 3)

    assert said == {"{{PLURAL:$1|one|many}}": "many", "{{PLURAL:$7|one|many}}": "many"}.get(words, words)


def test_a_key_that_nobody_wrote_is_a_mistake_in_the_program() -> None:
    with pytest.raises(KeyError):
        Messages("en").say("no-such-key")


@pytest.mark.parametrize(
    "hostile",
    [
        "[[User:X]]",
        "{{evil}}",
        "a|b",
        "~~~~",
        "<ref>",
        "'''x'''",
        "== h ==\n",
        "{{subst:x}}",
        "http://x.example",
        "&lt;",
        "$1",
    ],
)
def test_text_from_a_page_is_shown_and_never_expanded(hostile: str) -> None:
    shown = plain(hostile)

    assert not re.search(r"[\[\]{}|<>~'=\n]|&(?!#\d+;)|://", shown)
    assert re.sub(r"&#(\d+);", lambda match: chr(int(match[1])), shown) == hostile


@given(st.text())
def test_any_text_survives_being_made_harmless(text: str) -> None:
    assert re.sub(r"&#(\d+);", lambda match: chr(int(match[1])), plain(text)) == text


def test_links_never_embed_or_categorise() -> None:
    assert link("File:X.png") == "[[:File:X.png]]"
    assert link("Category:X", "here") == "[[:Category:X|here]]"


def test_instants_stand_in_lists_as_utc() -> None:
    summer = timezone(timedelta(hours=2))

    assert stamp(datetime(2026, 7, 1, 14, 5, tzinfo=summer)) == "2026-07-01 12:05"
    assert stamp(datetime(2026, 7, 1, 14, 5, tzinfo=UTC)) == "2026-07-01 14:05"
