"""A buyer is known by a tax number however it is written; a paper whose buyer nobody knows says so once it is confirmed."""

import pytest

from promesa.exchange import operations
from promesa.exchange.operations.outcomes import order_channel
from promesa.exchange.queries import documents_of_file
from promesa.exchange.queries.buyers import names_known
from promesa.exchange.rules import Named
from promesa.exchange.tests.company import AT, BY, add_customer, codes, open_shop, receive
from promesa.exchange.tests.test_checking import paper
from promesa.work.models import WorkItem

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("ours", "theirs"), [("ESB12345674", "B12345674"), ("B-12345674", "ESB12345674"), ("ES B12345674", "ESB12345674")]
)
def test_a_tax_number_is_the_same_with_and_without_the_letters_of_its_country(ours, theirs):
    customer = add_customer("C-1", tax_id=ours, country="ES")
    add_customer("C-2", tax_id="PT123456789", country="PT")
    named = Named(tax_id=theirs)
    buyer = names_known(named=[named]).buyer(named)
    assert buyer is not None
    assert buyer.customer_id == customer


def test_letters_of_another_country_are_another_number():
    add_customer("C-1", tax_id="ESB12345674", country="ES")
    named = Named(tax_id="PTB12345674")
    assert names_known(named=[named]).buyer(named) is None


def test_a_mail_order_that_is_confirmed_and_whose_buyer_nobody_knows_says_so():
    open_shop()
    file = receive(paper("P-9"), "pedido.pdf", channel="mail")
    assert operations.read_file(file_id=file.pk, by=BY, at=AT)
    (document,) = documents_of_file(file_id=file.pk)
    assert codes(document) == ["mail_sender_unproven"]
    done = operations.confirm_document(document_id=document.pk, by=BY, at=AT)
    assert (done.documents, codes(document)) == (0, ["unknown_buyer"])
    item = WorkItem.objects.get(state="open")
    assert (item.key, item.title["code"]) == (f"document:{document.pk}", "work_document_buyer")
    operations.rerun(document_ids=[document.pk], by=BY, at=AT)
    assert codes(document) == ["unknown_buyer"]
    add_customer("C-1", tax_id="ESB12345674")
    operations.rerun(document_ids=[document.pk], by=BY, at=AT)
    assert codes(document) == ["unknown_item", "unknown_item"]


def test_an_order_that_came_by_mail_has_that_channel():
    assert order_channel("mail", "csv") == "email"
    assert order_channel("edi", "ubl-order") == "edi"
    assert order_channel("command", "edifact-d96a-orders") == "edi"
