"""`{% load desk %}`: sentences by their code, who has the ball."""

from collections.abc import Mapping
from typing import Any

from django import template

from promesa.core import words
from promesa.core.ui.speech import current_language
from promesa.desk import labels

register = template.Library()


@register.simple_tag
def say(code: str, params: Mapping[str, Any] | None = None) -> str:
    """`{% say finding.code finding.params %}`: the sentence in the reader's language."""
    return words.say(code, params, current_language())


@register.simple_tag
def hands(role: str) -> str:
    """`{% hands hold.role %}` -> Finance"""
    return labels.hands_word(role, current_language())


@register.simple_tag
def cause(code: str) -> str:
    """`{% cause despatch.cause %}` -> out of stock"""
    return words.say(f"cause_{code}", {}, current_language())


@register.simple_tag
def outcome(code: str, reason: str = "") -> str:
    """`{% outcome part.outcome part.reason %}` -> Refused: short shelf life"""
    said = words.say(f"outcome_{code}", {}, current_language())
    return f"{said}: {words.say(f'reason_{reason}', {}, current_language())}" if reason else said
