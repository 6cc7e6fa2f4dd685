"""What is wrong with a value of a request, in Spanish and English: the sentences of the faults that the schemas find.

The library that reads the bodies names each fault by a type and explains it in English only; here each type has both.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from promesa.core import words

# type of the fault -> Spanish, English; the names in braces are the fault's own context
_KINDS: dict[str, tuple[str, str]] = {
    "missing": ("Falta este campo.", "This field is missing."),
    "extra_forbidden": (
        "No hay ningún campo con ese nombre. Quítelo o corrija el nombre.",
        "There is no field of that name. Leave it out or correct the name.",
    ),
    "greater_than": ("Tiene que ser mayor que {gt}.", "It must be greater than {gt}."),
    "greater_than_equal": ("Tiene que ser {ge} o más.", "It must be {ge} or more."),
    "less_than": ("Tiene que ser menor que {lt}.", "It must be less than {lt}."),
    "less_than_equal": ("Tiene que ser {le} o menos.", "It must be {le} or less."),
    "decimal_max_places": (
        "Admite hasta {decimal_places:decimal|decimales}.",
        "Takes at most {decimal_places:decimal|decimals}.",
    ),
    "decimal_max_digits": ("Admite hasta {max_digits:cifra|cifras}.", "Takes at most {max_digits:figure|figures}."),
    "decimal_whole_digits": (
        "Admite hasta {whole_digits:cifra entera|cifras enteras}.",
        "Takes at most {whole_digits:whole figure|whole figures}.",
    ),
    "string_too_short": (
        "Hace falta al menos {min_length:carácter|caracteres}.",
        "It needs at least {min_length:character|characters}.",
    ),
    "string_too_long": (
        "Admite hasta {max_length:carácter|caracteres}.",
        "Takes at most {max_length:character|characters}.",
    ),
    "string_pattern_mismatch": ("No está escrito como hace falta: {pattern}.", "It is not written as needed: {pattern}."),
    "string_type": ("Tiene que ser un texto.", "It must be a text."),
    "string_unicode": ("No es un texto Unicode que se pueda guardar.", "It is no Unicode text that can be kept."),
    "too_short": (
        "La lista necesita al menos {min_length:elemento|elementos}.",
        "The list needs at least {min_length:element|elements}.",
    ),
    "too_long": (
        "La lista admite hasta {max_length:elemento|elementos}; reparta el resto en otra petición.",
        "The list takes at most {max_length:element|elements}; send the rest in another request.",
    ),
    "list_type": ("Tiene que ser una lista.", "It must be a list."),
    "literal_error": ("Tiene que ser uno de estos: {expected}.", "It must be one of these: {expected}."),
}  # fmt: skip
_ALIKE = {
    "enum": "literal_error",
    **dict.fromkeys(("model_type", "model_attributes_type", "dict_type"), "object_type"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "int_parsing_size"), "whole_type"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "yes_no_type"),
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"), "day_type"
    ),
    **dict.fromkeys(
        (
            "datetime_type",
            "datetime_parsing",
            "datetime_from_date_parsing",
            "datetime_object_invalid",
            "timezone_aware",
        ),
        "moment_type",
    ),
    **dict.fromkeys(("decimal_type", "decimal_parsing", "finite_number"), "number_type"),
}
_KINDS |= {
    "object_type": ("Tiene que ser un objeto JSON con sus campos.", "It must be a JSON object with its fields."),
    "whole_type": ("Tiene que ser un número entero.", "It must be a whole number."),
    "yes_no_type": ("Tiene que ser true o false.", "It must be true or false."),
    "number_type": ('Tiene que ser un número decimal, como "12.5".', 'It must be a decimal number, such as "12.5".'),
    "day_type": ("Tiene que ser un día, como 2026-03-02.", "It must be a day, such as 2026-03-02."),
    "moment_type": (
        "Tiene que ser un momento con su zona, como 2026-03-02T09:00:00+01:00.",
        "It must be a moment with its zone, such as 2026-03-02T09:00:00+01:00.",
    ),
    "any": ("No sirve tal como está escrito.", "It does not serve as it is written."),
}

# What the schemas themselves refuse, by its English words.
_OWN: dict[str, str] = {
    "a day as YYYY-MM-DD is wanted": "hace falta un día, como AAAA-MM-DD",
    "a day as YYYY-MM-DD, or a moment with zone, is wanted": "hace falta un día, como AAAA-MM-DD, o un momento con su zona",
    "a decimal number is wanted, such as \"12.5\"": "hace falta un número decimal, como \"12.5\"",
    "a moment as ISO 8601 with zone is wanted": "hace falta un momento ISO 8601 con su zona",
    "the moment needs its zone, such as 2026-03-02T09:00:00+01:00": (
        "al momento le falta su zona, como en 2026-03-02T09:00:00+01:00"
    ),
    "a year from 1970 to 2199 is wanted": "hace falta un año de 1970 a 2199",
    "control characters are not allowed": "no admite caracteres de control",
    "either quantity or amount is wanted": "hace falta quantity o amount, y no los dos",
    "either counted or change is wanted": "hace falta counted o change, y no los dos",
    "anything but 0 is wanted": "sirve cualquier valor menos 0",
    "item, gtin or buyer_code is wanted": "hace falta item, gtin o buyer_code",
}  # fmt: skip
_ONCE = "each {name} may come once"

words.register({f"unusable_{kind}": pair for kind, pair in _KINDS.items()})
words.register(
    {
        "unusable_value": ("No sirve: {reason}.", "It does not serve: {reason}."),
        "unusable_once": ("Cada {name} puede venir una sola vez.", "Each {name} may come once only."),
    }
)


def sentence(one: Mapping[str, Any], lang: str) -> str:
    """What is wrong, and what would be right, of one fault as the library tells it (`type`, `msg`, `ctx`)."""
    kind = str(one.get("type", ""))
    if kind == "value_error":
        return _own(str(one.get("msg", "")).removeprefix("Value error, ")[:200], lang)
    kind = _ALIKE.get(kind, kind)
    params = {name: _shown(value) for name, value in (one.get("ctx") or {}).items()}
    if kind == "literal_error":
        params["expected"] = str(params.get("expected", "")).replace(" or ", ", ")
    return words.say(f"unusable_{kind if kind in _KINDS else 'any'}", params, lang)


def _shown(value: Any) -> Any:
    """Limits are numbers; the library hands some of them over as text."""
    return value if isinstance(value, int | Decimal) else str(value)


def _own(reason: str, lang: str) -> str:
    before, after = _ONCE.split("{name}")
    if reason.startswith(before) and reason.endswith(after):
        return words.say("unusable_once", {"name": reason.removeprefix(before).removesuffix(after)}, lang)
    if lang.startswith("es"):
        spanish = _OWN.get(reason)
        return (
            words.say("unusable_value", {"reason": spanish}, lang) if spanish else words.say("unusable_any", {}, lang)
        )
    return words.say("unusable_value", {"reason": reason}, lang)
