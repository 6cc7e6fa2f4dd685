"""The CUFE of documents that a partner sends, checked with the keys that the partner gave."""

import pytest

from promesa.exchange import formats, operations
from promesa.exchange.formats.dian.cufe import composition, cufe
from promesa.exchange.operations import AnswerUnusable
from promesa.exchange.tests.company import AT, BY, take_in
from promesa.exchange.tests.test_dian import ANNEX, ANNEX_CUFE, KEY, invoice


def found_in(document):
    return sorted(document.findings.filter(code__startswith="cufe").values_list("code", flat=True))


@pytest.mark.django_db
def test_a_partners_documents_are_checked_with_its_keys_when_they_are_taken_in(settings, tmp_path, monkeypatch):
    settings.HOME = tmp_path
    content = invoice()
    (unchecked,) = take_in(content, "fe.xml")
    operations.put_partner(code="DIAN", keys="env:PROMESA_PARTNER_DIAN file:dian-pin", by=BY, at=AT)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "dian-pin").write_text("75315\n")
    monkeypatch.setenv("PROMESA_PARTNER_DIAN", KEY)
    (right,) = take_in(content + b"\n", "fe.xml", partner_code="DIAN")
    (wrong,) = take_in(content.replace(b"1785000.00", b"1785000.10"), "fe.xml", partner_code="DIAN")
    monkeypatch.delenv("PROMESA_PARTNER_DIAN")
    (lost,) = take_in(content + b"\n\n", "fe.xml", partner_code="DIAN")
    assert [found_in(one) for one in (unchecked, right, wrong, lost)] == [
        ["cufe_not_checked"], [], ["cufe_wrong"], ["cufe_not_checked"],
    ]  # fmt: skip
    with pytest.raises(AnswerUnusable):
        operations.put_partner(code="DIAN", keys=KEY, by=BY, at=AT)


def test_of_several_keys_the_one_that_a_document_of_its_kind_is_made_with_is_told():
    pin, wrong = "75315", "0" * 96
    keys = [{"technical_key": [pin, KEY]}, {"software_pin": [pin]}]
    (bill,) = formats.read(invoice(uuid=wrong), templates=keys)
    (support,) = formats.read(invoice(uuid=wrong, scheme="CUDE-SHA384"), templates=keys)
    by_pin = cufe(ANNEX | {"ClTec": pin})
    for document, right in ((bill, ANNEX_CUFE), (support, by_pin)):
        assert [(one.code, one.right) for one in document.faults if one.code.startswith("cufe")] == [
            ("cufe_wrong", right)
        ]


def test_a_wrong_cufe_whose_note_and_values_agree_is_told_once():
    note = f"<cbc:Note>{composition(ANNEX)}</cbc:Note>"
    (right,) = formats.read(invoice(note=note))
    (wrong,) = formats.read(invoice(note=note, uuid=("1" if ANNEX_CUFE[0] != "1" else "2") + ANNEX_CUFE[1:]))
    assert [one.code for one in right.faults if one.code.startswith("cufe")] == []
    assert [(one.code, one.right) for one in wrong.faults if one.code.startswith("cufe")] == [
        ("cufe_wrong", ANNEX_CUFE)
    ]
