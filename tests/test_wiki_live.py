"""The live adapter on a real MediaWiki: nothing is written twice, and every refusal becomes the port's own error."""

from __future__ import annotations

import itertools
import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import OperatorProblem
from bot.reading.facts import wiki_info
from bot.settings.schema import read_settings
from bot.wiki.live import LiveWiki, Patience, open_wiki
from bot.wiki.live.answers import edit_error
from bot.wiki.live.session import ApiError
from bot.wiki.port import Barred, Busy, Conflict, Doubtful, Missing, Refused, Saved, Unreachable, WikiError, Write
from tasks import ALL
from tests.conftest import HURRY, WikiMaker, pywikibot_folder
from tests.faultproxy import Fault, FaultProxy, Request, edits
from tests.mediawiki import server
from tests.mediawiki.people import People
from tests.mediawiki.server import Options, Server

pytestmark = pytest.mark.wiki

_numbers = itertools.count(1)


def some_title(word: str = "Live") -> str:
    return f"Project:{word} {next(_numbers)}"


@pytest.fixture
def proxy(mediawiki: Server) -> Iterator[FaultProxy]:
    with FaultProxy(mediawiki.port) as running:
        yield running


@pytest.fixture
def people(mediawiki: Server) -> People:
    return People(mediawiki)


@pytest.fixture
def wiki(proxy: FaultProxy, login_folder: Path) -> Iterator[LiveWiki]:
    """The bot on the session's wiki, behind the proxy, whose list of requests is empty when the test begins."""
    opened = open_wiki("proxied", api=proxy.api, account=server.BOT, folder=login_folder, patience=HURRY)
    assert opened.account().name == server.BOT
    proxy.forget()
    yield opened
    opened.close()


def a_write(title: str, base: int = 0, text: str = "text") -> Write:
    return Write(title, base, "summary", text=text)


@contextmanager
def nobody_at(port: int) -> Iterator[None]:
    """Holds a port without listening: connections are refused, and no other test's server gets it meanwhile."""
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", port))
        yield


def revisions_of(people: People, title: str) -> int:
    answer = people.admin.call(action="query", prop="revisions", titles=title, rvlimit="max", rvprop="ids")
    return len(answer["query"]["pages"][0].get("revisions", ()))


# -- a write is never sent twice ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "saved"),
    [
        (Fault.CUT_BEFORE, 0),
        (Fault.CUT_AFTER, 1),
        (Fault.CUT_WITHIN, 1),
        (Fault.ERROR_BEFORE, 0),
        (Fault.ERROR_AFTER, 1),
        (Fault.TIMEOUT_AFTER, 1),
        (Fault.GARBLED, 1),
    ],
)
@pytest.mark.parametrize("section", [False, True])
def test_a_write_without_clear_answer_is_doubtful_and_not_sent_again(
    wiki: LiveWiki, proxy: FaultProxy, people: People, fault: Fault, saved: int, section: bool
) -> None:
    title = some_title()
    base = people.admin.edit(title, "before") if section else 0
    write = Write(title, base, "s", section="new", section_heading="H") if section else a_write(title)
    proxy.fail(edits, fault)

    with pytest.raises(Doubtful):
        wiki.save(write)

    assert len(proxy.edits) == 1
    assert revisions_of(people, title) == saved + int(section)


def test_a_write_that_is_never_answered_is_doubtful_after_the_patience_and_not_sent_again(
    mediawiki: Server, login_folder: Path, people: People
) -> None:
    title = some_title()
    with FaultProxy(mediawiki.port) as proxy:
        hasty = replace(HURRY, answer=2.0)
        wiki = open_wiki("hanging", api=proxy.api, account=server.BOT, folder=login_folder, patience=hasty)
        proxy.fail(edits, Fault.HANG_AFTER, times=None)

        with pytest.raises(Doubtful):
            wiki.save(a_write(title))

        assert len(proxy.edits) == 1
    assert revisions_of(people, title) == 1


@pytest.mark.parametrize("code", ["readonly", "ratelimited", "actionthrottledtext"])
def test_a_wiki_that_takes_nothing_now_is_busy_and_not_asked_again(
    wiki: LiveWiki, proxy: FaultProxy, people: People, code: str
) -> None:
    title = some_title()
    proxy.answer(edits, json.dumps({"error": {"code": code, "info": "secret"}}).encode(), times=None)

    with pytest.raises(Busy) as caught:
        wiki.save(a_write(title))

    assert len(proxy.edits) == 1
    assert "secret" not in str(caught.value)
    assert revisions_of(people, title) == 0


LAG = b'{"error": {"code": "maxlag", "info": "Waiting for db1: 9 seconds lagged", "lag": 9}}'


def test_a_lagging_wiki_did_nothing_and_is_asked_again(wiki: LiveWiki, proxy: FaultProxy, people: People) -> None:
    title = some_title()
    proxy.answer(edits, LAG, times=1)

    saved = wiki.save(a_write(title))

    assert saved.previous == 0
    assert len(proxy.edits) == 2
    assert revisions_of(people, title) == 1


def test_a_wiki_that_lags_on_is_busy_after_the_patience(wiki: LiveWiki, proxy: FaultProxy) -> None:
    proxy.answer(edits, LAG, times=None)

    with pytest.raises(Busy):
        wiki.save(a_write(some_title()))

    assert len(proxy.edits) == HURRY.retries + 1


def test_an_outdated_token_is_got_anew_once(wiki: LiveWiki, proxy: FaultProxy, people: People) -> None:
    title = some_title()
    proxy.answer(edits, b'{"error": {"code": "badtoken"}}', times=1)

    wiki.save(a_write(title))

    assert len(proxy.edits) == 2
    assert revisions_of(people, title) == 1


def test_a_token_that_stays_outdated_bars_the_bot(wiki: LiveWiki, proxy: FaultProxy) -> None:
    proxy.answer(edits, b'{"error": {"code": "badtoken"}}', times=None)

    with pytest.raises(Barred):
        wiki.save(a_write(some_title()))

    assert len(proxy.edits) == 2


def test_a_session_that_ran_out_is_opened_again_by_itself(wiki: LiveWiki, proxy: FaultProxy, people: People) -> None:
    title = some_title()
    proxy.answer(edits, b'{"error": {"code": "assertuserfailed"}}', times=1)

    wiki.save(a_write(title))

    assert any(request.action in ("login", "clientlogin") for request in proxy.requests)
    assert wiki.read([title]).pages[title].editor == server.BOT


def test_a_wiki_that_cannot_be_reached_saved_nothing(make_wiki: WikiMaker, login_folder: Path) -> None:
    lost = make_wiki(Options())
    wiki = open_wiki("lost", api=lost.api, account=server.BOT, folder=login_folder, patience=HURRY)
    wiki.read(["Project:Any"])
    lost.stop()

    with nobody_at(lost.port):
        with pytest.raises(Busy):
            wiki.save(a_write("Project:Any"))
        with pytest.raises(Unreachable):
            wiki.read(["Project:Any"])


# -- a read is patient ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [Fault.CUT_BEFORE, Fault.CUT_AFTER, Fault.ERROR_AFTER, Fault.TIMEOUT_AFTER])
def test_a_read_is_repeated_where_no_answer_came(wiki: LiveWiki, proxy: FaultProxy, fault: Fault) -> None:
    proxy.fail(lambda request: True, fault, times=1)

    reading = wiki.read(["Main Page"])

    assert reading.pages["Main Page"].exists
    assert len(proxy.requests) == 2


def test_a_read_gives_up_after_the_patience(wiki: LiveWiki, proxy: FaultProxy) -> None:
    proxy.fail(lambda request: True, Fault.ERROR_BEFORE, times=None)

    with pytest.raises(Unreachable):
        wiki.read(["Main Page"])

    assert len(proxy.requests) == HURRY.retries + 1


def test_a_page_where_the_api_should_be_is_told_at_once(wiki: LiveWiki, proxy: FaultProxy) -> None:
    proxy.fail(lambda request: True, Fault.GARBLED, times=None)

    with pytest.raises(Unreachable, match=r"answers no MediaWiki API"):
        wiki.read(["Main Page"])

    assert len(proxy.requests) == 1


def test_an_answer_that_the_wiki_cut_is_asked_on(make_wiki: WikiMaker, login_folder: Path) -> None:
    small = make_wiki(Options(php="$wgAPIMaxResultSize = 40000;"))
    people = People(small)
    texts = {f"Project:Large {number}": f"{number}" * 15_000 for number in range(5)}
    for title, text in texts.items():
        people.admin.edit(title, text)
    wiki = open_wiki("cut", api=small.api, account=server.BOT, folder=login_folder, patience=HURRY)
    assert wiki.account().name == server.BOT
    before = wiki.requests

    reading = wiki.read([*texts, "Project:None"])

    assert {title: page.text for title, page in reading.pages.items() if page.exists} == texts
    assert wiki.requests - before == 3
    known = {page.revision: page.text for page in reading.pages.values() if page.exists}
    assert {id_: page.text for id_, page in wiki.revisions(known).items()} == known


# -- what it costs --------------------------------------------------------------------------------------------------


def test_opening_with_a_kept_login_takes_no_request_and_the_first_read_tells_who_the_bot_is(
    wiki: LiveWiki, proxy: FaultProxy, login_folder: Path
) -> None:
    again = open_wiki("proxied", api=proxy.api, account=server.BOT, folder=login_folder, patience=HURRY)
    again.read([some_title()])
    assert len(proxy.requests) == 1

    again.read([f"Project:Many {number}" for number in range(200)])
    again.save(a_write(some_title()))

    assert again.account() == wiki.account()
    assert len(proxy.requests) == again.requests == 3


def test_a_first_read_that_must_name_many_pages_asks_first_how_many_it_may(
    wiki: LiveWiki, proxy: FaultProxy, login_folder: Path
) -> None:
    again = open_wiki("proxied", api=proxy.api, account=server.BOT, folder=login_folder, patience=HURRY)
    again.read([f"Project:Many {number}" for number in range(200)])

    assert len(proxy.requests) == again.requests == 2


def test_a_kept_login_that_ran_out_is_mended_by_the_first_read(
    wiki: LiveWiki, proxy: FaultProxy, login_folder: Path
) -> None:
    again = open_wiki("proxied", api=proxy.api, account=server.BOT, folder=login_folder, patience=HURRY)
    proxy.answer(lambda request: request.number == 1, b'{"error": {"code": "assertuserfailed", "info": "no"}}')

    assert again.read(["Main Page"]).pages["Main Page"].exists
    assert again.account().name == server.BOT


def test_reading_and_saving_take_one_request_each(wiki: LiveWiki, proxy: FaultProxy) -> None:
    title = some_title()
    wiki.read([title])
    wiki.save(a_write(title))

    assert [request.action for request in proxy.requests] == ["query", "edit"]


def test_facts_take_two_requests_and_can_be_read(wiki: LiveWiki) -> None:
    before = wiki.requests

    info = wiki_info(wiki.facts())

    assert wiki.requests - before == 2
    assert info.language == "en"
    assert info.months[4] == ("May",)


def test_facts_are_in_the_wikis_own_language(make_wiki: WikiMaker, login_folder: Path) -> None:
    german = make_wiki(Options(language="de", time_zone="Europe/Berlin"))
    wiki = open_wiki("german", api=german.api, account=None, folder=login_folder, patience=HURRY)

    info = wiki_info(wiki.facts())

    assert info.months[2][0] == "März"
    shown = {key: name for key, name in info.messages.items() if key.startswith("group-")}
    assert shown["group-sysop"] == "Administratoren"
    assert shown["group-sysop-member"] == "Administrator"
    assert shown["group-interface-admin"] == "Oberflächenadministratoren"
    assert "group-extendedconfirmed" not in shown, "a group that nobody named is no name"
    page = 'version: 1\nboards:\n  "Project:Board":\n    responders: {groups: [Administratoren, Bürokrat]}\n'
    reading = read_settings(f"{page}    archive: {{keep_threads: 0}}\n", info, ALL)
    assert reading.settings is not None, reading.problems
    (board,) = reading.settings.boards.values()
    assert board.title == "Testwiki:Board"
    assert board.rules.responders.groups == {"sysop", "bureaucrat"}
    assert info.time_zone == "Europe/Berlin"
    assert info.sample.text.endswith(("(CET)", "(CEST)"))


# -- how a save is sent ---------------------------------------------------------------------------------------------


def sent_edit(proxy: FaultProxy) -> dict[str, str]:
    (request,) = proxy.edits
    return request.parameters


def test_a_save_names_its_base_revision_and_never_a_base_time(
    wiki: LiveWiki, proxy: FaultProxy, people: People
) -> None:
    title = some_title()
    base = people.admin.edit(title, "a")

    wiki.save(a_write(title, base, "b"))

    sent = sent_edit(proxy)
    assert sent["baserevid"] == str(base)
    assert "basetimestamp" not in sent
    assert "nocreate" in sent
    assert {"recreate", "minor", "createonly"}.isdisjoint(sent)
    assert sent["notminor"] == sent["bot"] == "1"
    assert sent["assertuser"] == server.BOT


def test_the_accounts_own_newer_edit_is_not_overwritten(wiki: LiveWiki, people: People) -> None:
    title = some_title()
    base = people.admin.edit(title, "one\n")
    wiki.save(a_write(title, base, "two\n"))

    with pytest.raises(Conflict):
        wiki.save(a_write(title, base, "three\n"))

    assert wiki.read([title]).pages[title].text == "two"


def test_a_reader_cannot_write(proxy: FaultProxy, login_folder: Path) -> None:
    nobody = open_wiki("nobody", api=proxy.api, account=None, folder=login_folder, patience=HURRY)
    reader = open_wiki("r", api=proxy.api, account=server.BOT, folder=login_folder, patience=HURRY, read_only=True)

    for wiki in (nobody, reader):
        with pytest.raises(Barred):
            wiki.save(a_write(some_title()))

    assert nobody.account().name == ""
    assert nobody.account().batch == 50
    assert proxy.edits == []


# -- refusals -------------------------------------------------------------------------------------------------------


def refusal(wiki: LiveWiki, write: Write) -> str:
    """The kind of the refusal, after it was seen that its message gives nothing away."""
    with pytest.raises(Refused) as caught:
        wiki.save(write)
    message = str(caught.value)
    assert "http" not in message
    assert not write.title or write.title not in message
    return caught.value.kind


def test_protection_of_every_sort_is_told_apart(wiki: LiveWiki, people: People) -> None:
    page, below, never = some_title("Shut"), some_title("Below"), some_title("Never")
    base = people.admin.edit(page, "a")
    people.protect(page, "sysop")
    under = people.admin.edit(below, "a")
    above = some_title("Above")
    people.admin.edit(above, f"{{{{{below}}}}}")
    people.protect_cascading(above)
    people.protect(never, "sysop")

    assert refusal(wiki, a_write(page, base)) == "protected"
    assert refusal(wiki, a_write(below, under, "b")) == "cascade"
    assert refusal(wiki, a_write(never)) == "protected"


def test_titles_that_cannot_be_are_refused(wiki: LiveWiki) -> None:
    assert refusal(wiki, a_write("A[b")) == "title"
    assert refusal(wiki, a_write("")) == "title"
    assert refusal(wiki, a_write("Special:Version")) == "title"


def test_a_page_larger_than_the_wiki_allows_is_refused(make_wiki: WikiMaker, login_folder: Path) -> None:
    tiny = make_wiki(Options(max_page_kib=2))
    wiki = open_wiki("tiny", api=tiny.api, account=server.BOT, folder=login_folder, patience=HURRY)

    assert refusal(wiki, a_write("Project:Large", text="x" * 3000)) == "size"


def test_what_is_no_wikitext_is_refused(wiki: LiveWiki, people: People) -> None:
    base = people.admin.edit("User:Admin/data.json", "{}")

    assert refusal(wiki, a_write("User:Admin/data.json", base, "{")) in ("rights", "model", "protected")


@pytest.fixture(scope="module")
def guarded(make_wiki: WikiMaker) -> tuple[Server, People]:
    """A wiki with the extensions that refuse edits for what they say."""
    extensions = ("SpamBlacklist", "TitleBlacklist", "AbuseFilter")
    # Since 2023 the bot group may pass the spam list; a login without that grant may not.
    one = make_wiki(Options(extensions=extensions, php="$wgRevokePermissions['bot']['sboverride'] = true;"))
    people = People(one)
    people.admin.edit("MediaWiki:Spam-blacklist", r"bad\.example")
    people.admin.edit("MediaWiki:Titleblacklist", ".*Forbidden.* <noedit>")
    return one, people


def set_filter(people: People, rule: str, *actions: str) -> None:
    """Writes an abuse filter through its own form: it has no API."""
    import re

    address = people.admin._api.replace("api.php", "index.php?title=Special:AbuseFilter/new")
    form = people.admin._session.get(address, timeout=60).text
    token = re.search(r'name="wpEditToken"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="wpEditToken"', form)
    assert token is not None
    fields = {
        "wpEditToken": (token[1] or token[2]).replace("&#92;", "\\"),
        "wpFilterDescription": rule,
        "wpFilterRules": rule,
        "wpFilterEnabled": "1",
        "wpFilterActionsWarn": "1",
        **{f"wpFilterAction{action}": "1" for action in actions},
        "wpFilterWarnMessage": "abusefilter-warning",
        "wpFilterDisallowMessage": "abusefilter-disallowed",
    }
    if "Warn" not in actions:
        del fields["wpFilterActionsWarn"]
    done = people.admin._session.post(address, data=fields, timeout=60)
    assert done.url.partition("result=")[2].startswith("success"), done.text[-2000:]


def test_spam_lists_title_lists_and_filters_are_told_apart(guarded: tuple[Server, People], login_folder: Path) -> None:
    one, people = guarded
    wiki = open_wiki("guarded", api=one.api, account=server.BOT, folder=login_folder, patience=HURRY)
    set_filter(people, 'new_wikitext contains "shouting"', "Disallow")
    set_filter(people, 'new_wikitext contains "whisper"', "Warn")

    assert refusal(wiki, a_write("Project:Links", text="http://bad.example/x")) == "spam"
    assert refusal(wiki, a_write("Project:Forbidden")) == "title"
    assert refusal(wiki, a_write("Project:Loud", text="shouting")) == "filter"
    # A warning is a refusal, not a question to be answered with a second, unthinking attempt.
    assert refusal(wiki, a_write("Project:Low", text="whisper")) == "filter"
    assert not any(page.exists for page in wiki.read(["Project:Links", "Project:Loud", "Project:Low"]).pages.values())


def test_a_block_bars_the_bot_and_a_partial_block_refuses_one_page(make_wiki: WikiMaker, login_folder: Path) -> None:
    one = make_wiki(Options())
    people = People(one)
    wiki = open_wiki("blocking", api=one.api, account=server.BOT, folder=login_folder, patience=HURRY)
    first, second = (people.admin.edit(title, "a") for title in ("Project:First", "Project:Second"))

    people.block(server.BOT, pages=["Project:First"])
    assert refusal(wiki, a_write("Project:First", first, "b")) == "rights"
    assert wiki.save(a_write("Project:Second", second, "b")).changed

    people.block(server.BOT)
    with pytest.raises(Barred):
        wiki.save(a_write("Project:Second", second, "c"))


def test_a_wiki_in_read_only_mode_is_busy(make_wiki: WikiMaker, login_folder: Path) -> None:
    one = make_wiki(Options())
    wiki = open_wiki("frozen", api=one.api, account=server.BOT, folder=login_folder, patience=HURRY)
    assert "edit" in wiki.account().rights
    settings = one.folder / "LocalSettings.php"
    settings.write_text(settings.read_text(encoding="utf-8") + "\n$wgReadOnly = 'Moving house';\n", encoding="utf-8")
    one.stop()
    one.start()

    with pytest.raises(Busy):
        wiki.save(a_write("Project:Cold"))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("editconflict", Conflict),
        ("articleexists", Conflict),
        ("pagedeleted", Conflict),
        ("missingtitle", Missing),
        ("blocked", Barred),
        ("autoblocked", Barred),
        ("globalblocking-blockedtext-user", Barred),
        ("assertnameduserfailed", Barred),
        ("mwoauth-invalid-authorization", Barred),
        ("internal_api_error_DBQueryError", Doubtful),
        ("cascadeprotected", Refused),
        ("hookaborted", Refused),
        ("some-code-of-a-new-extension", Refused),
    ],
)
def test_an_error_code_becomes_the_ports_error(code: str, expected: type[WikiError]) -> None:
    error = edit_error(ApiError(code, {"code": code, "info": "text of https://bad.example by Alba"}))

    assert type(error) is expected
    assert "Alba" not in str(error)
    assert code in str(error)


# -- opening --------------------------------------------------------------------------------------------------------

Spoil = Callable[[Path], object]


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda folder: (folder / "user-config.py").unlink(), "There is no password for Boardclerk"),
        (lambda folder: (folder / "user-password.py").unlink(), "password file cannot be read"),
        (lambda folder: (folder / "user-config.py").write_text("password_file = \n"), "SyntaxError"),
        (
            lambda folder: (folder / "user-password.py").write_text("('Boardclerk', 'wrong wrong wrong')\n"),
            "did not let Boardclerk log in",
        ),
        (lambda folder: (folder / "user-password.py").write_text("('Boardclerk', \n"), "password file cannot be read"),
        (lambda folder: (folder / "user-config.py").write_text("simulate = True\n"), "sets simulate"),
    ],
)
def test_a_login_that_cannot_work_is_told_in_one_sentence_without_asking(
    mediawiki: Server, tmp_path: Path, spoil: Spoil, told: str
) -> None:
    folder = pywikibot_folder(tmp_path / "login")
    spoil(folder)

    with pytest.raises(OperatorProblem, match=told) as caught:
        open_wiki("spoiled", api=mediawiki.api, account=server.BOT, folder=folder, patience=HURRY)

    assert "\n" not in str(caught.value)
    assert server.PASSWORD not in str(caught.value)


def test_an_account_that_does_not_exist_is_told(mediawiki: Server, tmp_path: Path) -> None:
    folder = pywikibot_folder(tmp_path / "login")
    (folder / "user-password.py").write_text("('Nobody', 'a password long enough')\n")

    with pytest.raises(OperatorProblem, match="did not let Nobody log in"):
        open_wiki("nobodys", api=mediawiki.api, account="Nobody", folder=folder, patience=HURRY)


def test_the_account_can_come_from_pywikibots_own_file(mediawiki: Server, tmp_path: Path) -> None:
    folder = pywikibot_folder(tmp_path / "login")
    with (folder / "user-config.py").open("a") as config:
        config.write("usernames['mine']['mine'] = 'Boardclerk'\n")

    assert open_wiki("mine", api=mediawiki.api, account="", folder=folder, patience=HURRY).account().name == server.BOT
    with pytest.raises(OperatorProblem, match="No account is named for the wiki other"):
        open_wiki("other", api=mediawiki.api, account="", folder=folder, patience=HURRY)


def test_a_wrong_address_is_told_at_once(mediawiki: Server, login_folder: Path) -> None:
    elsewhere = mediawiki.api.replace("api.php", "wiki/api.php")
    port = server.free_port()

    with nobody_at(port):
        for api in (elsewhere, f"http://127.0.0.1:{port}/api.php"):
            with pytest.raises(Unreachable, match=r"[Tt]he wiki wrong "):
                open_wiki("wrong", api=api, account=None, folder=login_folder, patience=HURRY)


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ({}, "needs either site"),
        ({"site": "wikipedia:en", "api": "http://127.0.0.1/api.php"}, "needs either site"),
        ({"api": "127.0.0.1/api.php"}, "must be an address"),
        ({"api": "http://127.0.0.1/index.php"}, "must be an address"),
        ({"site": "nosuchfamily:en"}, "knows no wiki 'nosuchfamily:en'"),
        ({"site": "wikipedia:nosuchcode"}, "knows no wiki 'wikipedia:nosuchcode'"),
    ],
)
def test_a_place_that_is_no_wiki_is_the_operators_problem(login_folder: Path, place: dict[str, str], told: str) -> None:
    with pytest.raises(OperatorProblem, match=told):
        open_wiki(
            "nowhere",
            site=place.get("site", ""),
            api=place.get("api", ""),
            account=None,
            folder=login_folder,
            patience=HURRY,
        )


def test_a_wiki_may_not_be_called_like_one_of_pywikibots_families(login_folder: Path) -> None:
    with pytest.raises(OperatorProblem, match="call the wiki something else"):
        open_wiki("wikipedia", api="https://wiki.example/api.php", account=None, folder=login_folder, patience=HURRY)


def test_a_folder_that_is_not_there_is_the_operators_problem(tmp_path: Path) -> None:
    with pytest.raises(OperatorProblem, match="is missing or cannot be written"):
        open_wiki("w", api="http://127.0.0.1/api.php", account=None, folder=tmp_path / "none", patience=Patience())


def test_nothing_is_written_beside_the_folder_nor_printed_nor_asked(mediawiki: Server, tmp_path: Path) -> None:
    folder, home = pywikibot_folder(tmp_path / "login"), tmp_path / "home"
    home.mkdir()
    program = (
        "import sys; from pathlib import Path; from bot.wiki.live import open_wiki\n"
        f"w = open_wiki('mine', api={mediawiki.api!r}, account='Boardclerk', folder=Path({str(folder)!r}))\n"
        "w.read(['Main Page']); w.close()\n"
        "sys.exit(0 if w.account().name == 'Boardclerk' else 3)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "-v", "-dir:/nowhere"],
        cwd=home,
        env={"HOME": str(home), "PYTHONPATH": str(Path(__file__).parents[1])},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(home.iterdir()) == []


# -- people ---------------------------------------------------------------------------------------------------------


def test_users_tell_groups_blocks_and_who_does_not_exist(wiki: LiveWiki, people: People) -> None:
    people.add_user("Live Alba", ["sysop"])
    people.add_user("Live Bruno")
    people.block("Live Bruno", no_talk=True)

    found = wiki.users(["live_Alba", "Live Bruno", "127.0.0.9", "No Such One", "a|b", ""])

    assert found["live_Alba"].name == "Live Alba"
    assert "sysop" in found["live_Alba"].groups
    block = found["Live Bruno"].block
    assert block is not None
    assert (block.by, block.until, block.partial, block.no_talk) == ("Admin", None, False, True)
    assert not any(found[name].registered for name in ("127.0.0.9", "No Such One", "a|b", ""))


def test_a_renamed_account_is_followed(make_wiki: WikiMaker, login_folder: Path, mediawiki_root: Path) -> None:
    core = (mediawiki_root / "maintenance" / "renameUser.php").exists()
    one = make_wiki(Options(extensions=() if core else ("Renameuser",)))
    people = People(one)
    people.add_user("Old Name")
    rename_user(people, "Old Name", "New Name")
    wiki = open_wiki("renaming", api=one.api, account=server.BOT, folder=login_folder, patience=HURRY)

    found = wiki.users(["Old Name", "New Name", "Never There"])

    assert found["Old Name"].renamed_to == "New Name"
    assert found["New Name"].registered
    assert found["Never There"].renamed_to is None


def rename_user(people: People, old: str, new: str) -> None:
    """Renames through the special page: MediaWiki has no API for it."""
    import re

    address = people.admin._api.replace("api.php", "index.php?title=Special:Renameuser")
    form = people.admin._session.get(address, timeout=60).text
    token = re.search(r'value="([0-9a-f]+\+\\?[^"]*)"', form)
    assert token is not None, form[-3000:]
    fields = {
        "token": token[1].replace("&#92;", "\\"),
        "wpEditToken": token[1].replace("&#92;", "\\"),
        "oldusername": old,
        "newusername": new,
        "confirm": "1",
        "confirmaction": "1",
        "wpoldusername": old,
        "wpnewusername": new,
        "wpconfirmaction": "1",
    }
    people.admin._session.post(address, data=fields, timeout=60)


def test_a_reverted_edit_is_told_once_the_wiki_has_tagged_it(mediawiki: Server, wiki: LiveWiki, people: People) -> None:
    title = some_title("Reverted")
    base = people.admin.edit(title, "good")
    saved = wiki.save(a_write(title, base, "bad"))
    people.admin.act(action="edit", title=title, undo=saved.revision)
    people.run_jobs()

    assert [one.reverted for one in wiki.history(title)] == [False, True, False]
    assert next(iter(wiki.contributions(limit=1))).reverted


def test_saved_is_what_the_wiki_says(wiki: LiveWiki, people: People) -> None:
    title = some_title()
    first = wiki.save(a_write(title, text="a"))
    same = wiki.save(a_write(title, first.revision, "a"))

    assert first.previous == 0
    assert same == Saved(first.revision, first.revision, first.instant, changed=False)


def test_the_proxy_sees_titles_as_asked(wiki: LiveWiki, proxy: FaultProxy) -> None:
    wiki.read(["Project:One", "Project:Two"], text=False)

    (request,) = proxy.requests
    assert isinstance(request, Request)
    assert request.titles == ("Project:One", "Project:Two")
