"""Reads page histories from MediaWiki's XML export (Help:Export, dumpBackup.php), as it comes or compressed."""

from __future__ import annotations

import bz2
import gzip
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

from bot.errors import OperatorProblem
from bot.model import Page


def revisions_in(path: Path, title: str) -> Iterator[Page]:
    """The revisions of one page in an export, in the file's order (oldest first), one at a time.

    A hidden text has none here either. Raises OperatorProblem where the file cannot be read, is no export, or does not
    hold the page.
    """
    try:
        with _opened(path) as file:
            yield from _pages(file, title)
    except (OSError, EOFError, ElementTree.ParseError) as error:
        raise OperatorProblem(
            f"{path} cannot be read as a MediaWiki export ({error}); fetch it anew, with the full history"
        ) from error


def _opened(path: Path) -> IO[bytes] | gzip.GzipFile | bz2.BZ2File:
    if path.suffix == ".gz":
        return gzip.GzipFile(path)
    return bz2.BZ2File(path) if path.suffix == ".bz2" else path.open("rb")


def _pages(file: IO[bytes] | gzip.GzipFile | bz2.BZ2File, title: str) -> Iterator[Page]:
    here, found, model = "", False, "wikitext"
    root: ElementTree.Element | None = None
    for event, element in ElementTree.iterparse(file, ("start", "end")):  # noqa: S314 - as above
        root = element if root is None else root
        name = element.tag.rpartition("}")[2]
        if event == "start":
            continue
        if name == "title":
            here = (element.text or "").strip()
            found = found or here == title
        elif name == "revision":
            if here == title:
                yield _revision(element, title, model)
            element.clear()
        elif name == "page":
            # What was read is let go of: exports are larger than memory.
            root.clear()
    if not found:
        raise OperatorProblem(f"the export does not hold the page {title}")


def _revision(element: ElementTree.Element, title: str, model: str) -> Page:
    fields: dict[str, ElementTree.Element] = {child.tag.rpartition("}")[2]: child for child in element}
    text = fields.get("text")
    hidden = text is not None and "deleted" in text.attrib
    stub = text is not None and text.text is None and int(text.attrib.get("bytes", "0") or 0) > 0
    words = None if text is None or hidden or stub else text.text or ""
    stamp = _text(fields, "timestamp")
    return Page(
        title,
        int(_text(fields, "id") or 0),
        words,
        datetime.fromisoformat(stamp) if stamp else None,
        hidden=hidden,
        model=_text(fields, "model") or model,
    )


def _text(fields: dict[str, ElementTree.Element], name: str) -> str:
    found = fields.get(name)
    return (found.text or "").strip() if found is not None else ""
