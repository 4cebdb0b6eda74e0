"""Charts as inline SVG: readable without colour, without script, in light and dark, and on paper."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 720, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 12, 14, 40


@dataclass(frozen=True, slots=True)
class Series:
    """One row of values; None is a gap (not known), and a ``few`` value is kept back."""

    name: str
    values: tuple[float | None, ...]
    few: tuple[bool, ...]
    line: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its title, the labels of its spans, its series, its unit, and where settings changed."""

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""
    marks: tuple[float, ...] = ()
    mark_words: str = ""

    @property
    def svg(self) -> str:
        """The chart. What it shows stands in a table beside it too; the title names it for those who hear it."""
        return _svg(self)


def _svg(chart: Chart) -> str:
    highest = max([value for series in chart.series for value in series.values if value is not None], default=1.0)
    top = _nice(highest, _PARTS if chart.unit else _WHOLE)
    parts = [
        f'<svg class="chart" role="img" viewBox="0 0 {_WIDTH} {_HEIGHT}" aria-label="{escape(chart.title)}">',
        f"<title>{escape(chart.title)}</title>",
    ]
    for step in range(5):
        value = top * step / 4
        y = _y(value, top)
        parts.append(f'<line class="grid" x1="{_LEFT}" y1="{y:.1f}" x2="{_WIDTH - _RIGHT}" y2="{y:.1f}"/>')
        label = f"{value:g}{chart.unit}"
        parts.append(f'<text class="axis" x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{escape(label)}</text>')
    slot = (_WIDTH - _LEFT - _RIGHT) / max(len(chart.labels), 1)
    every = max(1, -(-len(chart.labels) // 7))
    for index, label in enumerate(chart.labels):
        if index % every == 0:
            x = _LEFT + slot * (index + 0.5)
            parts.append(
                f'<text class="axis" x="{x:.1f}" y="{_HEIGHT - 14}" text-anchor="middle">{escape(label)}</text>'
            )
    for place in chart.marks:
        x = _LEFT + slot * place
        bounds = f'x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{_HEIGHT - _BOTTOM}"'
        parts.append(f'<line class="mark" {bounds}><title>{escape(chart.mark_words)}</title></line>')
    bars = [series for series in chart.series if not series.line]
    for number, series in enumerate(bars):
        parts += _bars(series, number, len(bars), slot, top)
    for number, series in enumerate(series for series in chart.series if series.line):
        parts += _line(series, number, slot, top)
    return "".join([*parts, "</svg>"])


def _bars(series: Series, number: int, of: int, slot: float, top: float) -> list[str]:
    width = slot * 0.7 / of
    parts = []
    for index, (value, few) in enumerate(zip(series.values, series.few, strict=True)):
        x = _LEFT + slot * index + slot * 0.15 + width * number
        if few:
            # A value that is kept back is a hatched stub of one height for all: that there was something, not how much.
            parts.append(f'<rect class="few" x="{x:.1f}" y="{_y(0, top) - 8:.1f}" width="{width:.1f}" height="8"/>')
        elif value:
            y = _y(value, top)
            parts.append(
                f'<rect class="bar s{number}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" '
                f'height="{_y(0, top) - y:.1f}"><title>{escape(series.name)}: {value:g}</title></rect>'
            )
    return parts


def _line(series: Series, number: int, slot: float, top: float) -> list[str]:
    runs: list[list[tuple[float, float]]] = [[]]
    for index, value in enumerate(series.values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((_LEFT + slot * (index + 0.5), _y(value, top)))
    parts = []
    for run in runs:
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in run)
        if len(run) > 1:
            parts.append(f'<polyline class="line s{number}" points="{points}"/>')
        parts += [f'<circle class="dot s{number}" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>' for x, y in run]
    return parts


def _y(value: float, top: float) -> float:
    return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - value / top)


# Tops of a scale of four steps: what is counted has no halves.
_WHOLE = (4, 8, 12, 20, 40)
_PARTS = (1, 2, 4, 6, 8, 10, 20)


def _nice(highest: float, tops: tuple[int, ...]) -> float:
    """The next round number above: the top of the scale."""
    size = 1.0
    while size * tops[-1] < highest:
        size *= 10
    return next(size * top for top in tops if size * top >= highest)
