"""Curves of growth: the exponent that fits measurements, and the page that shows them on logarithmic scales."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 640, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 20, 20, 40
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 44rem; color-scheme: light dark }
table { border-collapse: collapse } td, th { padding: .1rem 1rem .1rem 0; text-align: right }
svg { width: 100%; font-size: 12px } svg text { fill: currentColor }
.grid { stroke: currentColor; opacity: .2 } .fit { stroke: currentColor; stroke-dasharray: 6 4; opacity: .6 }
.dot { fill: #36c }
"""


def exponent(points: Sequence[tuple[int, float]]) -> float:
    """The slope of the logarithms by least squares: 1 is a straight line, 2 a square."""
    slope, _ = _fit(points)
    return slope


def _fit(points: Sequence[tuple[int, float]]) -> tuple[float, float]:
    xs, ys = [math.log(x) for x, _ in points], [math.log(y) for _, y in points]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    above = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    slope = above / sum((x - mean_x) ** 2 for x in xs)
    return slope, mean_y - slope * mean_x


@dataclass(frozen=True, slots=True)
class Curve:
    """What was measured: CPU seconds by size; ``what`` says of what, ``unit`` what the sizes count."""

    name: str
    what: str
    unit: str
    points: tuple[tuple[int, float], ...]

    @property
    def exponent(self) -> float:
        """The fitted exponent."""
        return exponent(self.points)

    @property
    def svg(self) -> str:
        """The measurements as dots and the fit as a dashed line, both scales logarithmic."""
        slope, base = _fit(self.points)
        frame = _Frame.around(self.points)
        first, last = self.points[0][0], self.points[-1][0]
        ends = [frame.at(x, math.exp(base + slope * math.log(x))) for x in (first, last)]
        fit = " ".join(f'{axis}{number}="{value:.1f}"' for number, end in enumerate(ends, 1) for axis, value in end)
        dots = (dict(frame.at(x, y)) for x, y in self.points)
        title = f"CPU seconds of {self.what}; fitted exponent {slope:.2f}"
        return "".join(
            [
                f'<svg role="img" viewBox="0 0 {_WIDTH} {_HEIGHT}" aria-label="{escape(title)}">',
                *frame.grid(self.unit),
                f'<line class="fit" {fit}/>',
                *(f'<circle class="dot" cx="{dot["x"]:.1f}" cy="{dot["y"]:.1f}" r="4"/>' for dot in dots),
                "</svg>",
            ]
        )


@dataclass(frozen=True, slots=True)
class _Frame:
    """The powers of ten around some points, and where in the picture a point stands."""

    left: int
    right: int
    bottom: int
    top: int

    @classmethod
    def around(cls, points: Sequence[tuple[int, float]]) -> _Frame:
        xs, ys = [math.log10(x) for x, _ in points], [math.log10(y) for _, y in points]
        return cls(math.floor(min(xs)), math.ceil(max(xs)), math.floor(min(ys)), math.ceil(max(ys)))

    def at(self, x: float, y: float) -> tuple[tuple[str, float], tuple[str, float]]:
        across = (math.log10(x) - self.left) / (self.right - self.left)
        up = (math.log10(y) - self.bottom) / (self.top - self.bottom)
        return (
            ("x", _LEFT + across * (_WIDTH - _LEFT - _RIGHT)),
            ("y", _HEIGHT - _BOTTOM - up * (_HEIGHT - _TOP - _BOTTOM)),
        )

    def grid(self, unit: str) -> Iterator[str]:
        for power in range(self.left, self.right + 1):
            x = dict(self.at(10.0**power, 10.0**self.bottom))["x"]
            yield f'<line class="grid" x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{_HEIGHT - _BOTTOM}"/>'
            yield f'<text x="{x:.1f}" y="{_HEIGHT - 20}" text-anchor="middle">{10**power:,}</text>'
        for power in range(self.bottom, self.top + 1):
            y = dict(self.at(10.0**self.left, 10.0**power))["y"]
            yield f'<line class="grid" x1="{_LEFT}" y1="{y:.1f}" x2="{_WIDTH - _RIGHT}" y2="{y:.1f}"/>'
            yield f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g} s</text>'
        yield f'<text x="{_WIDTH - _RIGHT}" y="{_HEIGHT - 4}" text-anchor="end">{escape(unit)}</text>'


def page(curves: Sequence[Curve]) -> str:
    """One self-contained page with every curve and its measurements as a table."""
    parts = [f"<!DOCTYPE html><html lang=en><meta charset=utf-8><title>Growth</title><style>{_STYLE}</style>"]
    parts.append("<h1>How time grows</h1><p>Both scales are logarithmic. The dashed line is the fit by least squares.")
    for curve in curves:
        rows = "".join(f"<tr><td>{x:,}<td>{y:.4f}" for x, y in curve.points)
        parts.append(f"<h2>{escape(curve.what.capitalize())}: exponent {curve.exponent:.2f}</h2>{curve.svg}")
        parts.append(f"<table><tr><th>{escape(curve.unit)}<th>CPU seconds{rows}</table>")
    return "\n".join(parts)
