"""What is stored as code and parameters, read as a sentence."""

import pytest

from promesa.core import masters, words

words.register({
    "test_price": ("Pone {theirs_price}, suman {net_amount}.", "Writes {theirs_price}, sums to {net_amount}."),
    "test_name": ("No conocemos a {customer}. Créelo.", "We do not know {customer}. Create it."),
    "test_count": ("{lines:línea|líneas}", "{lines:line|lines}"),
})  # fmt: skip


def test_a_price_keeps_its_decimals_and_has_at_least_two() -> None:
    assert words.say("test_price", {"theirs_price": "9.5", "net_amount": "22"}, "es") == "Pone 9,50, suman 22,00."
    assert words.say("test_price", {"theirs_price": "0.1234", "net_amount": "1418.55"}, "en") == (
        "Writes 0.1234, sums to 1,418.55."
    )


def test_a_name_that_ends_in_a_full_stop_ends_the_sentence_too() -> None:
    assert words.say("test_name", {"customer": "Ría de Vigo, S.L."}, "es") == "No conocemos a Ría de Vigo, S.L. Créelo."
    assert words.say("test_name", {"customer": "etc..."}, "en") == "We do not know etc.... Create it."


@pytest.mark.parametrize(("lines", "words_of_it"), [(1, "1 línea"), (2, "2 líneas"), (0, "0 líneas")])
def test_a_number_takes_the_word_that_fits_it(lines: int, words_of_it: str) -> None:
    assert words.say("test_count", {"lines": lines}, "es") == words_of_it


def test_what_is_not_there_is_named_in_the_language_of_the_reader() -> None:
    assert masters.words is words
    params = {"what": "warehouse", "received": "CENTRAL"}
    assert words.say("reference_unknown", params, "es").startswith("No existe el almacén CENTRAL. ")
    assert words.say("reference_unknown", params, "en").startswith("There is no warehouse CENTRAL. ")
    assert words.say("reference_unknown", {"what": "work item 7", "received": "x"}, "es").startswith(
        "No existe la tarea 7 x."
    )
    assert words.say("reference_unknown", {"what": "P-2026-000001", "received": "x"}, "es").startswith(
        "No existe P-2026-000001 x"
    )
