"""Wires the real parts together: the operator's file, the wikis that it names, the journal."""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.cli.look import Source, choose_board, settings_of
from bot.errors import OperatorProblem
from bot.guard import normal_title
from bot.journal import Journal, WikiJournal
from bot.model import Board, WikiInfo
from bot.operatorfile import Operator, WikiEntry, read_operator_file
from bot.reading.board import Reader
from bot.reading.facts import wiki_info
from bot.reading.rules import Rules
from bot.settings.schema import SettingsReading, read_settings
from bot.wiki.live import open_wiki
from bot.wiki.port import Wiki
from tasks import ALL, PROGRAMME, WIKI


def operator(config: Path) -> Operator:
    """The operator's file. Raises OperatorProblem with all that is wrong in it."""
    return read_operator_file(config, os.environ, task_names())


def task_names() -> list[str]:
    """Every task that there is."""
    return [*(task.name for task in ALL), *(task.name for task in WIKI), PROGRAMME.name]


def entries(given: Operator, wiki: str) -> tuple[WikiEntry, ...]:
    """The wiki named, or all. Raises OperatorProblem for a name that the file does not hold."""
    if not wiki:
        return tuple(given.wikis.values())
    if wiki not in given.wikis:
        names = ", ".join(given.wikis) or "none"
        raise OperatorProblem(f'{given.path} holds no wiki "{wiki}"; it holds: {names}')
    return (given.wikis[wiki],)


def journal(given: Operator) -> Journal:
    """The journal, migrated where it must be. Raises OperatorProblem where it cannot be reached."""
    return Journal(given.database, os.environ.get("CLERK_KEY", ""))


def owner() -> str:
    """The name under which this process takes leases."""
    return f"{_host()}:{os.getpid()}"


def _host() -> str:
    # A pod's name may take all of the 64 characters that the journal keeps of host and process number.
    return socket.gethostname()[:50]


def free_from_the_dead(given: WikiJournal) -> bool:
    """Gives back a lease whose process died on this host (kill -9, power): nobody need wait for it to run out."""
    lease = given.lease()
    if lease is None or not died(lease[0]):
        return False
    given.release_lease(lease[0])
    return True


def died(owner: str) -> bool:
    """Whether the process of this name is gone.

    One of another host, or one whose number is in use again, is taken for alive until its lease runs out.
    """
    host, _, process = owner.rpartition(":")
    if host != _host() or not process.isdigit() or int(process) == os.getpid():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return False


@contextmanager
def opened(entry: WikiEntry, folder: Path, *, read_only: bool = False) -> Iterator[Wiki]:
    """A wiki, logged in unless it is only read."""
    account = None if read_only else ""
    wiki = open_wiki(entry.name, site=entry.site, api=entry.api, account=account, folder=folder, read_only=read_only)
    collect_from_now()
    try:
        yield wiki
    finally:
        wiki.close()


def collect_from_now() -> None:
    """Let Python's collector work on what comes from now on: all modules are loaded, and stay (see ``bot.cli``)."""
    if not gc.get_freeze_count():
        gc.freeze()
        gc.set_threshold(50_000)


@contextmanager
def looked_at(source: Source) -> Iterator[tuple[Wiki, WikiEntry]]:
    """The wiki that a looking command means, read without login.

    ``--wiki`` names one of the operator's file; a family and code (``wikipedia:en``) or the address of an API needs no
    such file at all.
    """
    if ":" in source.wiki:
        entry = _unlisted(source.wiki)
    else:
        found = entries(operator(source.config), source.wiki)
        if len(found) != 1:
            names = ", ".join(one.name for one in found)
            raise OperatorProblem(f"{source.config} holds several wikis; name one of these with --wiki: {names}")
        (entry,) = found
    with opened(entry, source.config.absolute().parent, read_only=True) as wiki:
        yield wiki, entry


def _unlisted(address: str) -> WikiEntry:
    is_api = address.startswith(("http://", "https://"))
    name = address.replace(":", "").replace("/", "") if is_api else address
    return WikiEntry(
        name=name,
        site="" if is_api else address,
        api=address if is_api else "",
        settings="",
        run_page="",
        trusted=frozenset(),
    )


def settings_on(wiki: Wiki, entry: WikiEntry, info: WikiInfo) -> SettingsReading:
    """The settings page as it stands on the wiki. Raises OperatorProblem where there is none."""
    page = wiki.read([entry.settings]).pages[entry.settings] if entry.settings else None
    if page is None or page.text is None:
        where = f"The settings page {entry.settings}" if entry.settings else "A settings page"
        raise OperatorProblem(f"{where} does not exist on {entry.name}; make it, or give a file with --settings")
    return read_settings(page.text, info, ALL)


def read_board(source: Source) -> tuple[Board, Rules]:
    """A board on a wiki, read by the settings that hold for it, or plainly where it has none."""
    with looked_at(source) as (wiki, entry):
        info = wiki_info(wiki.facts())
        rules, title = Rules(), normal_title(info, source.page)
        if source.settings is not None:
            rules = choose_board(settings_of(source.settings, info), title, str(source.settings), info).rules
        elif entry.settings:
            reading = settings_on(wiki, entry, info)
            boards = reading.settings.boards if reading.settings is not None else {}
            rules = boards[title].rules if title in boards else rules
        page = wiki.read([source.page]).pages[source.page]
        if page.text is None:
            raise OperatorProblem(f'{entry.name} has no page "{source.page}" that can be read; check the title')
        return Reader(info).board(page.title, page.revision, page.text, rules), rules
