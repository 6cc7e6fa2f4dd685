"""UN/CEFACT Cross Industry Invoice (D16B and ZUGFeRD 1): recognised by its root, read by `read`, written by `write`."""

from __future__ import annotations

from promesa.exchange.formats.cii.read import read_root, recognises

__all__ = ["read_root", "recognises"]
