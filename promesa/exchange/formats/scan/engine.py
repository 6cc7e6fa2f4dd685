"""The reader of pictures: rapidocr with its models, loaded once a process when the first picture comes.

It is an extra: where it isn't installed, `available` says so and pictures get a fault that names what to install.
"""

from __future__ import annotations

import importlib
import importlib.util
import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

THREADS = 2
_LEAST_SCORE = 0.3
_LOCK = threading.RLock()
_NEEDED = ("rapidocr", "onnxruntime", "cv2", "numpy", "PIL")


@dataclass(frozen=True, slots=True)
class Seen:
    """A word seen in a picture: the corners of its box in pixels, clockwise from the upper left."""

    text: str
    confidence: float
    corners: tuple[tuple[float, float], ...]


def available() -> bool:
    """Whether what reads pictures is installed."""
    return all(importlib.util.find_spec(name) is not None for name in _NEEDED)


@lru_cache(maxsize=1)
def _loaded() -> Any:
    return importlib.import_module("rapidocr").RapidOCR(
        params={
            "EngineConfig.onnxruntime.intra_op_num_threads": THREADS,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Global.use_cls": False,
            "Global.log_level": "critical",
            "Global.return_word_box": True,
            "Global.text_score": _LEAST_SCORE,
        }
    )


def lines_seen(pixels: Any) -> list[list[Seen]]:
    """The words of a picture (height x width x 3), by the lines that the detector found; one picture at a time."""
    with _LOCK:
        result = _loaded()(pixels)
    if result.boxes is None or result.txts is None:
        return []
    found: list[list[Seen]] = []
    words = result.word_results or ()
    for place, (box, text, score) in enumerate(zip(result.boxes, result.txts, result.scores, strict=True)):
        corners = tuple((float(x), float(y)) for x, y in box)
        parts = words[place] if place < len(words) else ()
        found.append(_words(parts, corners) or [Seen(str(text), float(score), corners)])
    return found


def _words(parts: Any, line: tuple[tuple[float, float], ...]) -> list[Seen]:
    """The words of a line with the height of the line; across, each has its own place."""
    found = []
    for text, score, box in parts:
        if not str(text).strip() or box is None:
            continue
        corners = tuple((float(x), float(y)) for x, y in box)
        found.append(Seen(str(text).strip(), float(score), _as_high_as(corners, line)))
    return found


def _as_high_as(
    word: tuple[tuple[float, float], ...], line: tuple[tuple[float, float], ...]
) -> tuple[tuple[float, float], ...]:
    left, right = min(x for x, _ in word), max(x for x, _ in word)
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = line

    def upper(x: float) -> float:
        return ay + (by - ay) * (x - ax) / (bx - ax) if bx != ax else ay

    def lower(x: float) -> float:
        return dy + (cy - dy) * (x - dx) / (cx - dx) if cx != dx else dy

    return ((left, upper(left)), (right, upper(right)), (right, lower(right)), (left, lower(left)))
