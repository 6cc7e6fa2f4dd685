"""Pictures to pages of words: sizes are checked before anything is decoded, turned pages are set straight."""

from __future__ import annotations

import importlib
import io
import math
import statistics
import struct
import warnings
import zlib
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from promesa.exchange.formats.neutral import Fault, fault
from promesa.exchange.formats.pdf.page import Page, Word
from promesa.exchange.formats.scan import engine
from promesa.exchange.formats.scan.engine import Seen

MAX_PIXELS = 50_000_000
MAX_FRAMES = 12
MAX_SIDE = 2600
MIN_SIDE = 32
_ASKEW = 3.0  # degrees: from here on the picture itself is turned and read again
_BLANK = 1.5  # how little the shades of an empty page differ
_GOOD = 0.93  # upright text is surer than this
_POOR = 0.88  # upside down it is about 0.75
_TURNED = 0.3  # degrees worth a note


def frames_of(content: bytes) -> tuple[list[Any], list[Fault]]:
    """The pictures of a PNG, JPEG or TIFF file as arrays, and what hinders. Never raises."""
    image = importlib.import_module("PIL.Image")
    operations = importlib.import_module("PIL.ImageOps")
    numpy = importlib.import_module("numpy")
    found: list[Any] = []
    faults: list[Fault] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            opened = image.open(io.BytesIO(content), formats=("PNG", "JPEG", "TIFF"))
            frames = min(int(getattr(opened, "n_frames", 1)), MAX_FRAMES + 1)
            for place in range(frames):
                if place >= MAX_FRAMES:
                    faults.append(fault("too_many_pages", received=int(opened.n_frames), right=MAX_FRAMES))
                    break
                opened.seek(place)
                width, height = opened.size
                if width * height > MAX_PIXELS:
                    faults.append(fault("picture_too_large", received=f"{width} × {height}", right=MAX_PIXELS))
                    continue
                if min(width, height) < MIN_SIDE:
                    faults.append(fault("nothing_on_page"))
                    continue
                opened.draft("RGB", (MAX_SIDE, MAX_SIDE))
                upright = operations.exif_transpose(_flat(opened, image))
                upright.thumbnail((MAX_SIDE, MAX_SIDE))
                found.append(numpy.asarray(upright.convert("RGB")))
    except image.DecompressionBombError:
        faults.append(fault("picture_too_large", received="?", right=MAX_PIXELS))
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, OverflowError, TypeError, KeyError, IndexError, AttributeError,
            ArithmeticError, RuntimeError, struct.error, zlib.error):  # fmt: skip
        faults.append(fault("picture_damaged"))
    return found, faults


def _flat(opened: Any, image: Any) -> Any:
    """A picture with transparency on white."""
    if opened.mode in ("RGBA", "LA", "PA") or "transparency" in opened.info:
        over = opened.convert("RGBA")
        white = image.new("RGBA", over.size, (255, 255, 255, 255))
        white.alpha_composite(over)
        return white.convert("RGB")
    if opened.mode.startswith(("I", "F")):
        return (
            opened.point(lambda value: value / 256).convert("L")
            if opened.mode.startswith("I;16")
            else opened.convert("L")
        )
    return opened.convert("RGB")


def page_of(pixels: Any, number: int) -> Page:
    """A picture as a page of words, set straight. `turn` and `quarters` of the page say what was undone."""
    lines = engine.lines_seen(pixels) if float(pixels[::4, ::4].std()) > _BLANK else []
    quarters = 0
    if lines and _stands(lines):
        quarters, lines = 1, engine.lines_seen(_quarter(pixels, 1))
        if _score(lines) < _GOOD:
            other = engine.lines_seen(_quarter(pixels, 3))
            quarters, lines = max(((1, lines), (3, other)), key=lambda one: _score(one[1]))
        pixels = _quarter(pixels, quarters)
    elif lines and _score(lines) < _POOR:
        other = engine.lines_seen(_quarter(pixels, 2))
        if _score(other) > _score(lines) + 0.05:
            quarters, lines, pixels = 2, other, _quarter(pixels, 2)
    angle = slant(lines)
    if abs(angle) > _ASKEW:
        pixels = _straightened(pixels, angle)
        lines = engine.lines_seen(pixels)
        rest = slant(lines)
    else:
        rest, angle = angle, 0.0
    height, width = pixels.shape[:2]
    rest = aligned(lines, rest)
    words = [_word(one, number, rest, width, height) for line in lines for one in line]
    return Page(
        number=number, ratio=width / height, words=[word for word in words if word.x1 > word.x0 and word.y1 > word.y0], scanned=True,
        turn=angle + rest, quarters=quarters,
    )  # fmt: skip


def turned_fault(page: Page) -> Fault | None:
    """The note on a page that was set straight."""
    degrees = page.turn + 90 * page.quarters
    if abs(page.turn) < _TURNED and not page.quarters:
        return None
    return fault("scan_turned", received=f"{degrees:.1f}", where=f"p. {page.number}")


def slant(lines: Sequence[Sequence[Seen]]) -> float:
    """The angle of the lines of text in degrees, clockwise positive: the median of the long ones."""
    angles = []
    for line in lines:
        (ax, ay), (bx, by) = line[0].corners[0], line[-1].corners[1]
        (dx, dy), (cx, cy) = line[0].corners[3], line[-1].corners[2]
        if bx - ax > 4 * (dy - ay) > 0:
            angles += [math.degrees(math.atan2(by - ay, bx - ax)), math.degrees(math.atan2(cy - dy, cx - dx))]
    return statistics.median(angles) if len(angles) >= 6 else 0.0


def aligned(lines: Sequence[Sequence[Seen]], angle: float) -> float:
    """The angle near the given one at which most words stand in rows: boxes of short lines tell it only roughly."""
    middles = []
    heights = []
    for line in lines:
        for one in line:
            (ax, ay), (bx, by), (cx, cy), (dx, dy) = one.corners
            middles.append(((ax + bx + cx + dx) / 4, (ay + by + cy + dy) / 4))
            heights.append(math.hypot(dx - ax, dy - ay))
    if len(middles) < 12:
        return angle
    within = max(statistics.median(heights) * 0.15, 1.0)

    def order(degrees: float) -> float:
        sine, cosine = math.sin(math.radians(-degrees)), math.cos(math.radians(-degrees))
        downs = sorted(x * sine + y * cosine for x, y in middles)
        return sum(math.exp(-(((b - a) / within) ** 2)) for a, b in pairwise(downs))

    tries = [angle + step * 0.05 for step in range(-16, 17)]
    return max(tries, key=lambda one: order(one) - 0.02 * abs(one - angle))


def _stands(lines: Sequence[Sequence[Seen]]) -> bool:
    """Whether most lines run up or down: the page lies on its side."""
    tall = 0
    for line in lines:
        xs = [x for one in line for x, _ in one.corners]
        ys = [y for one in line for _, y in one.corners]
        tall += (max(ys) - min(ys)) > 1.5 * (max(xs) - min(xs))
    return tall * 2 > len(lines)


def _score(lines: Sequence[Sequence[Seen]]) -> float:
    letters = [(one.confidence, len(one.text)) for line in lines for one in line]
    weight = sum(length for _, length in letters)
    return sum(score * length for score, length in letters) / weight if weight else 0.0


def _quarter(pixels: Any, turns: int) -> Any:
    numpy = importlib.import_module("numpy")
    return numpy.ascontiguousarray(numpy.rot90(pixels, turns))


def _straightened(pixels: Any, angle: float) -> Any:
    cv2 = importlib.import_module("cv2")
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    return cv2.warpAffine(pixels, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255))


def _word(seen: Seen, number: int, angle: float, width: int, height: int) -> Word:
    """A word on the straight page: its middle is turned back, its sides stay as long."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = seen.corners
    middle_x, middle_y = (ax + bx + cx + dx) / 4, (ay + by + cy + dy) / 4
    long = math.hypot(bx - ax, by - ay)
    high = math.hypot(dx - ax, dy - ay)
    turned = math.radians(-angle)
    off_x, off_y = middle_x - width / 2, middle_y - height / 2
    x = width / 2 + off_x * math.cos(turned) - off_y * math.sin(turned)
    y = height / 2 + off_x * math.sin(turned) + off_y * math.cos(turned)
    return Word(
        seen.text,
        number,
        (x - long / 2) / width,
        (y - high / 2) / height,
        (x + long / 2) / width,
        (y + high / 2) / height,
        seen.confidence,
    )
