"""The labels that a wiki's time zone is written with, and the instant that a local time with a label means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

_FIRST_YEAR = 1880
_LAST_YEAR = 2040
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Zone:
    """A wiki's time zone: ``labels`` maps each label as the wiki writes it to the zone's own abbreviation."""

    rules: tzinfo
    labels: Mapping[str, str]

    def instant(self, local: datetime, label: str) -> datetime | None:
        """Return the UTC instant of a local time written with ``label``, None where the calendar ends.

        An hour that the clocks show twice is read by its label, and as the later one where the label leaves it open.
        A label of the wrong half of the year does not move the time: DiscussionTools reads such a time by the zone's
        rules too (``CommentParser::getTimestampParser``).
        """
        if self.rules is _UTC:
            return local.replace(tzinfo=UTC)
        earlier = local.replace(tzinfo=self.rules)
        later = earlier.replace(fold=1)
        before, after = _shift(earlier), _shift(later)
        if before != after:
            # Either the clocks showed this time twice, and the offset shrank, or never.
            twice = before > after
            named = [one for one in (earlier, later) if one.tzname() == self.labels.get(label, label)]
            before = _shift(named[-1]) if named else after if twice else before
        try:
            return (local - before).replace(tzinfo=UTC)
        except OverflowError:
            return None


def zone(name: str, labels: Mapping[str, str], instant: datetime, written: str, local: datetime | None) -> Zone:
    """Make the zone of a wiki.

    ``name`` is ``$wgLocaltimezone``: an IANA name, as a rule. ``labels`` are the wiki's ``timezone-…`` messages by
    lower case abbreviation; ``written`` is the label in the sample of ``instant``. Where the system knows no such zone,
    ``local`` (the sample's local time) gives a fixed offset.
    """
    rules = _rules(name)
    if rules is None:
        rules = timezone(_offset(instant, local), written)
    known = {labels.get(abbreviation.lower(), abbreviation): abbreviation for abbreviation in _abbreviations(rules)}
    for abbreviation in tuple(known.values()):
        known.setdefault(abbreviation, abbreviation)
    known[written] = instant.astimezone(rules).tzname() or written
    return Zone(rules, known)


def local_time(name: str, instant: datetime) -> datetime | None:
    """Return the local time without zone of an instant, None where the zone's name is unknown."""
    rules = _rules(name)
    return instant.astimezone(rules).replace(tzinfo=None) if rules else None


@cache
def _rules(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _offset(instant: datetime, local: datetime | None) -> timedelta:
    if local is None:
        return timedelta(0)
    apart = local - instant.replace(tzinfo=None)
    # Offsets in use are whole quarters of an hour; the sample may be a minute off.
    return timedelta(minutes=15 * round(apart / timedelta(minutes=15)))


@cache
def _abbreviations(rules: tzinfo) -> tuple[str, ...]:
    """Every abbreviation that the zone had or will have: zoneinfo keeps no list of them, so each month is asked."""
    months: Iterable[datetime] = (
        datetime(year, month, 1, tzinfo=UTC) for year in range(_FIRST_YEAR, _LAST_YEAR) for month in range(1, 13)
    )
    names = dict.fromkeys(month.astimezone(rules).tzname() for month in months)
    return tuple(name for name in names if name and name != "LMT")


def _shift(time: datetime) -> timedelta:
    return time.utcoffset() or timedelta(0)
