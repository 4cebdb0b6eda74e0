"""What the account may do: right by right, with the grant of a bot password or OAuth consumer that gives it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.cli.doctor.finding import Finding
from bot.model import Account, WikiInfo
from bot.operatorfile import WikiEntry
from bot.wiki.port import Wiki


@dataclass(frozen=True, slots=True)
class Right:
    """A right, what is missing without it, and the grant with it, by its name on Special:BotPasswords."""

    name: str
    without: str
    grant: str


# https://www.mediawiki.org/wiki/Manual:$wgGrantPermissions
NEEDED = (
    Right("read", "it cannot read", "basic rights"),
    Right("edit", "it cannot edit", "edit existing pages"),
    Right("createpage", "it cannot make archive pages", "create, edit, and move pages"),
    Right("createtalk", "it cannot make talk pages", "create, edit, and move pages"),
)
WANTED = (
    Right("bot", "its edits stand among people's in recent changes", "high-volume (bot) access"),
    Right("apihighlimits", "it asks for fewer pages at once", "high-volume (bot) access"),
)
# The extension that refuses an archive where a listed address stands in what is moved (T313107).
_SPAM_LIST = Right("sboverride", "threads with listed addresses cannot be archived", "edit protected pages")


def account(wiki: Wiki, entry: WikiEntry, info: WikiInfo) -> Iterator[Finding]:
    """Everything about the account: rights, flag, block."""
    known = wiki.account()
    yield from rights(entry.name, known, spam_list="SpamBlacklist" in info.extensions)
    block = wiki.users([known.name])[known.name].block
    if block is not None:
        extent = "from some pages " if block.partial else ""
        advice = f"the account is blocked {extent}here; the block log says why: talk to whoever blocked it"
        yield Finding(entry.name, "block", well=block.partial, advice=advice)


def rights(where: str, known: Account, *, spam_list: bool = False) -> Iterator[Finding]:
    """The rights one by one; what is only wanted is a note."""
    for right in NEEDED:
        has = right.name in known.rights
        advice = f'{right.without}; tick the grant "{right.grant}" of its bot password or OAuth consumer'
        yield Finding(where, f"right: {right.name}", has, "" if has else advice)
    flagged = "bot" in known.groups
    advice = "it is not in the group bot: ask the wiki's bureaucrats once it is approved"
    yield Finding(where, "bot flag", well=True, advice="" if flagged else advice)
    for right in (*WANTED, _SPAM_LIST) if spam_list else WANTED:
        # What the flag brings is not asked for before there is one.
        if right.name in known.rights or flagged:
            has = right.name in known.rights
            advice = f'{right.without}; tick the grant "{right.grant}"'
            yield Finding(where, f"right: {right.name}", well=True, advice="" if has else advice)
