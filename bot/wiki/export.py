"""Reads page histories from MediaWiki's XML export (Help:Export, dumpBackup.php), as it comes or compressed.

It is mwxml that reads; nothing else should import this before an export is at hand.
"""

from __future__ import annotations

import bz2
import gzip
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import ParseError

from mwxml import Dump, Revision
from mwxml.element_iterator import ElementIterator
from mwxml.errors import MalformedXML

from bot.errors import OperatorProblem
from bot.model import Page


def revisions_in(path: Path, title: str) -> Iterator[Page]:
    """The revisions of one page in an export, in the file's order, one at a time.

    ``title`` is as the wiki writes it (``normal_title``). A stub's revisions have no text, a hidden text is ``hidden``.
    Raises OperatorProblem where the file cannot be read, is no export, or does not hold the page.
    """
    try:
        with _opened(path) as file:
            yield from _revisions(file, path, title)
    # What a field holds that should be a number or a date ends in mwxml as ValueError, an empty one as TypeError.
    except (OSError, EOFError, zlib.error, ParseError, MalformedXML, ValueError, TypeError) as error:
        raise OperatorProblem(
            f"{path} cannot be read as a MediaWiki export ({error}); fetch it anew, with the full history"
        ) from error


def _opened(path: Path) -> IO[bytes] | gzip.GzipFile | bz2.BZ2File:
    match path.suffix:
        case ".gz":
            return gzip.GzipFile(path)
        case ".bz2":
            return bz2.BZ2File(path)
        case ".7z":
            raise OperatorProblem(f"{path} must be unpacked first: 7z x {path.name}; .gz and .bz2 are read as they are")
    return path.open("rb")


def _revisions(file: IO[bytes] | gzip.GzipFile | bz2.BZ2File, path: Path, title: str) -> Iterator[Page]:
    root = ElementIterator.from_file(file)
    if root.tag != "mediawiki":
        raise MalformedXML(f"it begins with <{root.tag}>, an export with <mediawiki>")
    found = False
    for page in Dump.from_element(root).pages:
        if page.title == title:
            found = True
            yield from (_page(revision, title) for revision in page)
    if not found:
        raise OperatorProblem(f"the export {path} does not hold the page {title}")


def _page(revision: Revision, title: str) -> Page:
    main = revision.slots.contents["main"]
    size = int(main.bytes or 0)
    # mwxml makes no difference between a text of no length and one that is left out, as it is in stubs.
    text = main.text or ("" if not size else None)
    stamp = datetime.strptime(revision.timestamp.long_format(), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    return Page(
        title,
        revision.id,
        None if main.deleted else text,
        stamp,
        # Empty where the name is hidden.
        editor=(revision.user.text or "") if revision.user is not None else "",
        hidden=bool(main.deleted),
        size=size,
        model=main.model or "wikitext",
    )
