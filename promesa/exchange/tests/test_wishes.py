"""The day that running text wants goods on."""

from __future__ import annotations

from datetime import date
from time import process_time

import pytest

from promesa.exchange.formats.mail import order_text
from promesa.exchange.formats.wishes import wish_in

MONDAY = date(2026, 11, 23)  # when the texts below were written


def day(text, written_on=MONDAY):
    wish = wish_in(text, written_on=written_on)
    if wish is None:
        return None
    if wish.window is None:
        return "unclear"
    first, last = wish.window.first_day, wish.window.last_day
    return f"{first:%m-%d}" if first == last else f"{first:%m-%d}/{last:%m-%d}"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Lo necesitamos para el jueves 3 de diciembre, gracias", "12-03"),
        ("para el\njueves 3\nde diciembre", "12-03"),
        ("entrega lunes 14/12", "12-14"),
        ("for delivery on Friday 4 December", "12-04"),
        ("Please deliver by Fri 4/12", "12-04"),
        ("needed by Dec 4th", "12-04"),
        ("Please deliver no later than December 4, 2026", "12-04"),
        ("Entrega: 25/11/2026", "11-25"),
        ("para entregar antes del 2026-12-04", "12-04"),
        ("Entregar del 1 al 3 de diciembre", "12-01/12-03"),
        ("deliver between 1 and 3 December", "12-01/12-03"),
        ("entregar el 1 de diciembre o el 2 de diciembre", "12-01/12-02"),
        ("para el viernes", "11-27"),
        ("para mañana por la mañana", "11-24"),
        ("a recibir el lunes 30", "11-30"),
        ("para el día 3", "12-03"),
        ("Pedido 12/11, entrega 3/12", "12-03"),
        ("Entrega el 8 de enero", "01-08"),
    ],
)
def test_a_day_that_is_wanted_is_the_next_such_day_after_the_text_was_written(text, wanted):
    assert day(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "para el martes 3 de diciembre",  # a Thursday
        "Please deliver by 4/12",  # 4 December or 12 April
        "Entrega el 5 de octubre",  # past, or eleven months ahead
        "entrega el 3 de diciembre. Mejor: entrega el 9 de diciembre",
    ],
)
def test_what_can_be_read_in_two_ways_is_said_and_not_taken(text):
    assert day(text) == "unclear"


@pytest.mark.parametrize(
    "text",
    [
        "Os paso el pedido del 12/11/2026 para la tienda",
        "Según su oferta del 3 de diciembre, necesitamos 4 cajas",
        "lo entregado el 3 de noviembre no llegó bien",
        "La entrega del 3/11/2026 llegó mal",
        "por la mañana necesitamos 3 cajas",
        "entrega en Mercamadrid, nave 3-4, a Pepe",
        "10 cajas de AC 5-12 para reposición",
        "para 12/24 unidades",
        "hablamos el jueves",
        "We talked on Monday",
        "llegada prevista: semana 49",
    ],
)
def test_a_day_that_nothing_is_wanted_on_is_left_alone(text):
    assert day(text) is None


def test_a_text_full_of_days_takes_no_longer_than_its_letters():
    began = process_time()
    wish_in("para el 1/12 y el 2/12, entrega lunes " * 3_000, written_on=MONDAY)
    assert process_time() - began < 2


def test_without_a_day_of_writing_only_whole_days_are_read():
    assert day("entrega 14/12", None) is None
    assert day("para el viernes", None) is None
    assert day("entrega el 14 de diciembre de 2026", None) == "12-14"


def test_an_order_in_a_mail_says_what_day_was_read_of_its_words():
    text = "Buenos días:\n12 cajas de 8437002000202 para el jueves 3 de diciembre.\nGracias"
    document = order_text.order_in(text, issued_on=MONDAY)
    assert document.requested.first_day == date(2026, 12, 3)
    (note,) = [one for one in document.faults if one.code == "wanted_day_reckoned"]
    assert (note.received, note.right, note.severity) == ("jueves 3 de diciembre", "2026-12-03", "note")
    text = text.replace("jueves", "martes")
    document = order_text.order_in(text, issued_on=MONDAY)
    assert document.requested is None
    assert "wanted_day_unclear" in [one.code for one in document.faults if one.severity == "warning"]


def test_the_subject_of_a_mail_may_say_the_day():
    document = order_text.order_in("12 cajas de 8437002000202", issued_on=MONDAY, subject="Pedido para el lunes 30/11")
    assert document.requested.last_day == date(2026, 11, 30)
