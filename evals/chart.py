"""A chart of lines on logarithmic axes, as SVG: a file that any browser shows."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 860, 480, 70, 220, 20, 50
_COLOURS = ("#1f6feb", "#8250df", "#bf3989", "#bc4c00", "#1a7f37", "#0a7ea4", "#6e7781")


@dataclass(frozen=True, slots=True)
class Series:
    """A line: its name, and its points (x, y), all above 0."""

    name: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where values from `low` to `high` stand between two places."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        share = math.log10(value / self.low) / math.log10(self.high / self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def decades(self) -> Iterator[float]:
        first, last = round(math.log10(self.low)), round(math.log10(self.high))
        yield from (10.0**power for power in range(first, last + 1))


def chart(series: Sequence[Series], x_name: str) -> str:
    """The lines with their names beside their ends, over decades of both axes."""
    points = [point for one in series for point in one.points]
    across = _scale([x for x, _ in points], _LEFT, _WIDTH - _RIGHT)
    up = _scale([y for _, y in points], _HEIGHT - _BOTTOM, _TOP)
    lines = [*_grid(across, up, x_name), *_lines(series, across, up)]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
        ' font-family="system-ui, sans-serif" font-size="12">'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>'
    )
    return "\n".join([head, *lines, "</svg>"]) + "\n"


def _scale(values: Sequence[float], start: float, end: float) -> _Scale:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return _Scale(10.0**low, 10.0 ** max(high, low + 1), start, end)


def _grid(across: _Scale, up: _Scale, x_name: str) -> Iterator[str]:
    for value in across.decades():
        x = across.at(value)
        yield f'<path d="M{x} {up.start}V{up.end}" stroke="#d8dee4"/>'
        yield f'<text x="{x}" y="{up.start + 18}" text-anchor="middle">{value:,.0f}</text>'
    for value in up.decades():
        y = up.at(value)
        yield f'<path d="M{across.start} {y}H{across.end}" stroke="#d8dee4"/>'
        yield f'<text x="{across.start - 8}" y="{y + 4}" text-anchor="end">{value:,g}</text>'
    middle = (across.start + across.end) / 2
    yield f'<text x="{middle}" y="{up.start + 38}" text-anchor="middle">{escape(x_name)}</text>'


def _lines(series: Sequence[Series], across: _Scale, up: _Scale) -> Iterator[str]:
    # Names stand at their lines' ends, but never on one another.
    free = _HEIGHT + 0.0
    for colour, one in sorted(
        zip(_COLOURS, series, strict=False), key=lambda pair: pair[1].points[-1][1]
    ):
        path = " ".join(f"{across.at(x)},{up.at(y)}" for x, y in one.points)
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
        end = up.at(one.points[-1][1])
        free = min(end, free - 15)
        name = escape(one.name)
        yield f'<text x="{across.end + 8}" y="{free + 4}" fill="{colour}">{name}</text>'
