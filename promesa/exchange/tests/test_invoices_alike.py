"""The same invoice in UBL, in CII and in UN/EDIFACT is the same neutral document.

The published examples aren't quite the same invoice: what differs between them is listed here, value by value, with why.
"""

import tarfile

import pytest

from promesa.exchange import formats
from promesa.exchange.tests.invoices import differences, values

# What a message of UN/EDIFACT for EN 16931 can't hold, or says otherwise than XML.
NOT_IN_EDIFACT = {
    "profile.process": "FTX+DOC says a process (P1) in every example; the XML ones name none",
}


@pytest.fixture
def same(shared_data):
    """The invoice of a number in the three syntaxes: UBL, CII, EDIFACT."""

    def _same(number):
        names = (f"ubl-tc434-example{number}.xml", f"CII_example{number}.xml", f"EDIFACT_EXAMPLE{number}.TXT")
        found = []
        with tarfile.open(shared_data / "extra_documents.tar.gz") as archive:
            for name in names:
                path = shared_data / "en16931" / name
                content = path.read_bytes() if path.exists() else archive.extractfile(f"extra/en16931/{name}").read()
                (document,) = formats.read(content, filename=name)
                found.append(document)
        return found

    return _same


def but(found, *prefixes):
    """The differences without those that begin with one of these paths."""
    return {path: pair for path, pair in found.items() if not path.startswith(prefixes)}


def units(one, other):
    return {(a.unit_code, b.unit_code) for a, b in zip(one.lines, other.lines, strict=True)}


def test_twenty_lines_are_the_same_in_ubl_and_cii(same):
    ubl, cii, _ = same(1)
    found = differences(ubl, cii)
    assert units(ubl, cii) == {("EA", "H87")}  # the examples count in different units
    # The UBL one has a longer note with no subject, two misspelt items and a second account (the first twice in CII).
    assert set(but(found, *(f"lines[{place}].unit_code" for place in range(20)))) == {
        "lines[1].text", "lines[12].text", "note_codes[0]", "notes[0]",
        "payments[1].account", "payments[1].code", "payments[1].quote",
    }  # fmt: skip
    assert found["lines[1].text"] == ("PKAAS 50PL. JONG BEL. 1KG", "KAAS 50PL. JONG BEL. 1KG")
    assert found["lines[12].text"] == ("PK CHOCOLADEMEL", "PK CHOCOLADEMELK")
    assert found["payments[1].account"] == ("NL03 INGB 0004489902", None)
    assert len(dict(values(cii))) > 150


def test_three_items_are_the_same_in_ubl_and_cii(same):
    ubl, cii, _ = same(4)
    found = differences(ubl, cii)
    assert units(ubl, cii) == {("EA", "C62")}
    assert but(found, "lines[0].unit_code", "lines[1].unit_code", "lines[2].unit_code") == {
        "parties.seller.email": ("antonio@SubscriptionsSeller.dk", "Anthon@SellerCompany.dk")
    }


def test_a_licence_is_the_same_in_ubl_and_cii(same):
    ubl, cii, _ = same(9)
    found = differences(ubl, cii)
    # CII is due a day later, tells the period on the line (and ends it where it begins), and its basis is 49 by mistake.
    assert set(found) == {
        "due_on", "lines[0].period.from_", "lines[0].period.to", "lines[0].price_basis", "period.from_", "period.to",
    }  # fmt: skip


@pytest.mark.parametrize("number", [1, 4, 9])
def test_edifact_says_what_cii_says(same, number):
    _, cii, edifact = same(number)
    found = but(differences(cii, edifact), *NOT_IN_EDIFACT)
    expected = {
        1: set(),
        4: set(),
        # The period ends where it should, and the basis is 1.
        9: {"lines[0].period.to", "lines[0].price_basis"},
    }
    assert set(found) == expected[number]


@pytest.mark.parametrize("number", [1, 4, 9])
def test_numbers_days_sums_and_quantities_are_the_same_in_all_three(same, number):
    ubl, cii, edifact = same(number)
    for other in (cii, edifact):
        assert (other.kind, other.number, other.issued_on) == (ubl.kind, ubl.number, ubl.issued_on)
        assert (other.currency, other.type_code) == (ubl.currency, ubl.type_code)
        assert other.totals == ubl.totals
        assert other.taxes == ubl.taxes
        assert [(line.quantity, line.price, line.amount, line.tax_rate, line.tax_category) for line in other.lines] == [
            (line.quantity, line.price, line.amount, line.tax_rate, line.tax_category) for line in ubl.lines
        ]
        assert [line.seller_code for line in other.lines] == [line.seller_code for line in ubl.lines]
        for role in ("buyer", "seller"):
            assert (other.party(role).name, other.party(role).tax_id) == (ubl.party(role).name, ubl.party(role).tax_id)
            assert other.party(role).gln == ubl.party(role).gln


def test_a_hybrid_invoice_is_the_same_in_cii_and_ubl(shared_data):
    def from_(name):
        with tarfile.open(shared_data / "extra_documents.tar.gz") as archive:
            (document,) = formats.read(archive.extractfile(f"extra/facturx-zugferd/{name}").read())
        return document

    (cii,) = formats.read((shared_data / "facturx-zugferd/EN16931_Einfach.cii.xml").read_bytes())
    found = but(differences(from_("EN16931_Einfach.ubl.xml"), cii), "profile.")
    # The seller's own number was left out of the UBL.
    assert found == {"parties.seller.codes.other": (None, "549910")}
    name = "EN16931_Innergemeinschaftliche_Lieferungen"
    assert but(differences(from_(f"{name}.ubl.xml"), from_(f"{name}.cii.xml")), "profile.") == {}
