"""Splices carried over the bot's own earlier edit of the same page. Pure; other people's edits mean a new plan."""

from __future__ import annotations

from bot.plan import Change, NewSection, Splice, Splices, WholeText


def rebase(change: Change, earlier: Change) -> Change | None:
    """Move a change planned on a page over an edit of the same page saved since, or None where they touch.

    A new section goes to the end of whatever stands there. A whole text knows nothing of the edit before it.
    """
    match change, earlier:
        case NewSection(), _:
            return change
        case Splices(), NewSection():
            return change
        case Splices(parts), Splices(before):
            return _over(parts, before)
        case WholeText(), _:
            return None
    return None


def _over(parts: tuple[Splice, ...], before: tuple[Splice, ...]) -> Splices | None:
    moved: list[Splice] = []
    for part in parts:
        shift = 0
        for old in before:
            if old.end < part.start:
                shift += len(old.text) - (old.end - old.start)
            elif old.start <= part.end:
                # Even edits that only meet may depend on each other's order: the task decides again.
                return None
        moved.append(Splice(part.start + shift, part.end + shift, part.text))
    return Splices(tuple(moved))


def applied(change: Change, text: str) -> str:
    """Make the page's text after a change, as far as it is known before MediaWiki's pre-save transform."""
    match change:
        case Splices():
            return change.apply(text)
        case WholeText(new):
            return new
        case NewSection(heading, body):
            # The form of EditPage: two line breaks, the heading, two more.
            section = f"== {heading} ==\n\n{body}" if heading else body
            return f"{text.rstrip()}\n\n{section}" if text.strip() else section
