"""A letter to a customer, in their language: what of their orders they get, when, and where they say what becomes of the rest."""

from __future__ import annotations

from decimal import Decimal

from promesa.allocation.queries.letters import LetterLine, LetterTold
from promesa.core import words
from promesa.core.ui.format import format_long_date, format_number, format_quantity


def text_of(letter: LetterTold, *, company: str, address: str) -> str:
    """The whole letter; `address` is where the customer sees and answers the notice."""
    lang = letter.language
    said = [
        words.say("letter_hello", {"customer": letter.customer}, lang),
        words.say("letter_why", {}, lang),
        "\n".join(_line(one, lang) for one in letter.lines),
    ]
    if letter.asks:
        said.append(words.say("letter_ask", {}, lang))
    until = format_long_date(letter.answer_by, lang) if letter.answer_by else ""
    where = (
        words.say("letter_until", {"answer_by": until}, lang)
        if letter.asks and until
        else words.say("letter_look", {}, lang)
    )
    said += [f"{where}\n{address}", words.say("letter_no_account", {}, lang)]
    return "\n\n".join([*said, f"{words.say('letter_bye', {}, lang)}\n{company}"]) + "\n"


def sentence_of(
    *, order: str, item: str, share: Decimal, open_quantity: Decimal, unit_code: str = "", lang: str
) -> str:
    """What becomes of one line: all of it, a part, or nothing for now."""
    code = "letter_all" if share >= open_quantity else "letter_part" if share else "letter_nothing"
    whole = format_quantity(open_quantity, unit_code, lang) if unit_code else open_quantity
    params = {"order": order, "item": item, "share_quantity": format_number(share, lang), "open_quantity": whole}
    return words.say(code, params, lang)


def _line(one: LetterLine, lang: str) -> str:
    """A line with the days on which it arrives, and what may be chosen for the rest."""
    said = [
        sentence_of(
            order=one.po_number or one.order, item=one.item, share=one.share, open_quantity=one.open, unit_code=one.unit_code,
            lang=lang,
        )
    ]  # fmt: skip
    said += [
        words.say(
            "letter_arrives",
            {"quantity": format_quantity(quantity, one.unit_code, lang), "arrives_on": format_long_date(day, lang)},
            lang,
        )
        for day, quantity in one.arrives
    ]
    if one.choices:
        choices = "; ".join(words.say(f"choice_{choice}", {}, lang) for choice in one.choices)
        said.append(words.say("letter_choices", {"choices": choices}, lang))
    return "- " + " ".join(said)
