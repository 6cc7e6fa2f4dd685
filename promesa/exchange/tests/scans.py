"""Scans made of PDFs: at 200 dots an inch, turned by a degree and with noise, as a fax machine leaves them."""

from __future__ import annotations

import io

import numpy
from PIL import Image

from promesa.exchange.formats.pdf import apart


def scanned(
    content: bytes, *, degrees: float = 1.0, noise: float = 12.0, quarters: int = 0, format_: str = "PNG"
) -> bytes:
    """The first page of a PDF as a picture."""
    return saved(shades(content, degrees=degrees, noise=noise, quarters=quarters), format_)


def shades(
    content: bytes, *, degrees: float = 1.0, noise: float = 12.0, quarters: int = 0, page: int = 1
) -> Image.Image:
    said = apart.pixels_of(content, page, None)
    picture = Image.frombytes("RGB", (said["width"], said["height"]), said["data"]).convert("L")
    turned = picture.rotate(degrees, fillcolor=255, resample=Image.Resampling.BICUBIC).rotate(
        90 * quarters, expand=True
    )
    grains = numpy.asarray(turned).astype(float) + numpy.random.default_rng(7).normal(0, noise, turned.size[::-1])
    return Image.fromarray(grains.clip(0, 255).astype("uint8"))


def saved(picture: Image.Image, format_: str, **said: object) -> bytes:
    whole = io.BytesIO()
    picture.save(whole, format_, **said)
    return whole.getvalue()
