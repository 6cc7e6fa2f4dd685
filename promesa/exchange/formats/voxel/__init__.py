"""Voxel Bavel (Spain): the XML "Transaction" of its platform, of which orders (`Pedido`) are read."""

from __future__ import annotations

from promesa.exchange.formats.voxel.read import read_root, recognises

__all__ = ["read_root", "recognises"]
