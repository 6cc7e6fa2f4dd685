"""A refusal in a form: each fault beside the field that it is about, the rest on top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from promesa.core.errors import Refused
from promesa.core.ui.speech import current_language


def show(form: forms.Form, refused: Refused, *, field: str = "", names: Mapping[str, str] | None = None) -> None:
    """Put what was refused into the form. `field`: where a refusal without faults belongs; `names`: fields by other names."""
    lang = current_language()
    faults: Sequence[Mapping[str, Any]] = getattr(refused, "errors", ())
    for one in faults:
        said = one.get("sentence", {})
        sentence = said.get(lang) if isinstance(said, Mapping) else str(said)
        place = str(one.get("field", ""))
        place = (names or {}).get(place, place)
        if place not in form.fields:
            place = place.rpartition(".")[2]
        form.add_error(place if place in form.fields else None, sentence or refused.sentence(lang))
    if not faults:
        form.add_error(field if field in form.fields else None, refused.sentence(lang))
