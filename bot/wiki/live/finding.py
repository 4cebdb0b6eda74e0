"""Finds a wiki by any address that a person would copy out of a browser."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from requests import RequestException

from bot.errors import OperatorProblem
from bot.wiki.live.defaults import Patience, QuestionAskedError, load, set_right
from bot.wiki.port import Unreachable

_SITE = re.compile(r"[a-z0-9_-]+:[a-z0-9_-]+")


def find_wiki(address: str, folder: Path) -> tuple[str, str]:
    """Gives ``site`` and ``api`` of clerk.yaml for an address, one of them empty.

    Taken are a Pywikibot family and code (``wikipedia:en``), the address of an api.php, and the address of any page of
    a wiki: a wiki that Pywikibot knows becomes its family and code, another one tells in its pages where its API is
    (``rel="EditURI"``). Raises OperatorProblem where there is no wiki, Unreachable where nothing answers.
    """
    address = address.strip()
    if _SITE.fullmatch(address):
        return address, ""
    address = address if "://" in address else f"https://{address}"
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise OperatorProblem(f"{address} is no address of a wiki; copy one of its pages' from the browser.")
    pywikibot = load(folder)
    set_right(pywikibot, Patience(retries=1, wait=1.0, answer=30.0))
    known = _known(pywikibot, parts.netloc)
    if known:
        return known, ""
    if parts.path.endswith("/api.php"):
        return "", f"{parts.scheme}://{parts.netloc}{parts.path}"
    return "", _told_by_its_pages(pywikibot, address)


def is_family(name: str) -> bool:
    """Whether Pywikibot has a family of this name, which a wiki that goes by its address cannot bear."""
    config: Any = importlib.import_module("pywikibot.config")
    return not str(config.family_files.get(name, "http")).startswith("http")


def _known(pywikibot: ModuleType, host: str) -> str:
    family_module: Any = importlib.import_module("pywikibot.family")
    files: dict[str, str] = pywikibot.config.family_files
    for name, where in files.items():
        # Families that somebody defined by an address in user-config.py are asked for over the network: none of ours.
        if where.startswith("http"):
            continue
        family = family_module.Family.load(name)
        for code, domain in family.langs.items():
            if domain == host:
                return f"{name}:{code}"
    return ""


def _told_by_its_pages(pywikibot: ModuleType, address: str) -> str:
    detect: Any = importlib.import_module("pywikibot.site_detect")
    try:
        return str(detect.MWSite(address).api)
    except QuestionAskedError:
        raise OperatorProblem(
            f"The wiki at {address} lets nobody read without login; give the address of its api.php, such as "
            "https://wiki.example/w/api.php."
        ) from None
    except (pywikibot.exceptions.FatalServerError, ConnectionError, RequestException) as error:
        raise Unreachable(f"Nothing answers at {address}: check the address and the network.") from error
    except (pywikibot.exceptions.Error, RuntimeError, AssertionError, ValueError, TypeError) as error:
        raise OperatorProblem(
            f"At {address} is no MediaWiki that could be recognised; copy the address of one of its pages from the "
            "browser, or give that of its api.php."
        ) from error
