"""The four kinds of figure that are stored, each with one precision everywhere."""

from __future__ import annotations

from typing import Any

from django.db import models


def amount(**kwargs: Any) -> models.DecimalField[Any, Any]:
    """Money: two decimals stored; the currency says how many are used."""
    return models.DecimalField(max_digits=18, decimal_places=2, **kwargs)


def price(**kwargs: Any) -> models.DecimalField[Any, Any]:
    """A unit price, always beside its basis quantity."""
    return models.DecimalField(max_digits=18, decimal_places=6, **kwargs)


def quantity(**kwargs: Any) -> models.DecimalField[Any, Any]:
    """A quantity in the item's base unit."""
    return models.DecimalField(max_digits=18, decimal_places=6, **kwargs)


def rate(**kwargs: Any) -> models.DecimalField[Any, Any]:
    """A tax rate or tolerance in per cent."""
    return models.DecimalField(max_digits=7, decimal_places=4, **kwargs)
