"""The CUFE of documents that a partner sends, checked with the keys that the partner gave."""

import pytest

from promesa.exchange import operations
from promesa.exchange.operations import AnswerUnusable
from promesa.exchange.tests.company import AT, BY, take_in
from promesa.exchange.tests.test_dian import KEY, invoice


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
