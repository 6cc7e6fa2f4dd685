"""Scales and round steps."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Linear, from data [low, high] to the drawing [start, end]; a range of nothing lies at the start."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        if self.high == self.low:
            return self.start
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Round steps of 1, 2, 2.5 or 5 times a power of ten, at most `wanted` + 1 of them: ticks(65, 90) -> 65, 70 ... 90."""
    if high <= low:
        return [low]
    raw = (high - low) / wanted
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= raw * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    return [round((first + place) * step, 10) for place in range(int(high / step + 1e-9) - first + 1)]


def link(href: str, body: str, title: str = "") -> str:
    """A mark that leads to its rows, or only says itself when hovered; both arguments are escaped already."""
    named = f"<title>{title}</title>" if title else ""
    if not href:
        return f"<g>{named}{body}</g>" if named else body
    return f'<a href="{href}"' + (f' aria-label="{title}"' if title else "") + f">{named}{body}</a>"
