"""E-mails that others wrote, read against values taken from them by hand."""

from __future__ import annotations

import tarfile

import pytest

from promesa.exchange import formats


@pytest.fixture
def read(shared_data):
    def _read(name):
        path = shared_data / "email" / name
        if path.is_file():
            return formats.read(path.read_bytes(), filename=name)
        with tarfile.open(shared_data / "extra_documents.tar.gz") as archive:
            return formats.read(archive.extractfile(f"extra/email/{name}").read(), filename=name)

    return _read


def mail(documents):
    (document,) = documents
    assert (document.format, document.kind) == ("e-mail", "e_mail")
    return document.as_json()


def said(document):
    return [one["code"] for one in document["faults"]]


@pytest.mark.parametrize(
    ("name", "nature", "new"),
    [
        ("talon_gmail.eml", "reply", "Hello"),
        ("talon_outlook.eml", "reply", "Hello"),
        ("talon_thunderbird.eml", "reply", "Hello"),
        ("talon_html_gmail.html", "reply", "Hi. I am fine.\n\nThanks,\nAlex"),
        ("talon_html_ms_outlook_2003.html", "reply", "Hi. I am fine.\n\nThanks,\n\nAlex"),
        ("erp_email_1_3.txt", "reply", "Oh thanks.\n\nHaving the function would be great."),
        ("erp_email_2_1.txt", "reply", "Outlook with a reply"),
        ("erp_correct_sig.txt", "new", "this is an email with a correct -- signature."),
        (
            "es_wrap.txt", "reply",
            (
                "Hola Anna,\n\nGracias por escribirme. Las condiciones me parecen razonables, puedo hablar\n"
                "mañana por la mañana.\n\nSaludos\nB"
            ),
        ),
        ("chatwoot_multiple_in_reply_to.eml", "reply", "Let's talk about these images"),
        ("discourse_auto_reply.eml", "auto_reply", "Test reply to Discourse email digest"),
    ],
)  # fmt: skip
def test_what_is_new_is_told_from_what_is_quoted(read, name, nature, new):
    document = mail(read(name))
    assert (document["nature"], document["text_new"]) == (nature, new)
    assert document["orders_mentioned"] == []


def test_a_spanish_business_mail_about_an_order_is_a_reply_and_no_bounce(read):
    document = mail(read("flufl_groupwise_03.eml"))
    assert document["nature"] == "reply"
    assert document["orders_mentioned"] == ["PO28169"]
    assert document["from"] == {"name": "Ivette", "address": "reservas@yyyyy.cu"}
    assert document["in_reply_to"] == ["1456018944.242038011550903.872471708902354@mercurio"]
    assert document["date"] == "2016-02-23T13:26:01-05:00"
    assert document["subject"] == "RE: Vuille - (PO28169) - IND"
    assert document["text_new"].split() == [
        "Solicitudes",
        "de",
        "Reservas",
        "a:",
        "<mailto:reservas@yyyyy.cu>",
        "reservas@yyyyy.cu",
    ]
    assert [(one["name"], one["media_type"], one["size"]) for one in document["attachments"]] == [
        ("Hotel Raquel (19).jpg", "image/jpeg", 0), ("pratt nc 34050.RTF", "application/msword", 0),
    ]  # fmt: skip
    assert said(document) == ["attachment_damaged", "attachment_damaged"]


def test_a_report_of_failure_names_whom_it_did_not_reach_and_the_message(read):
    document = mail(read("flufl_dsn_01.eml"))
    assert document["nature"] == "bounce"
    assert document["report"] == {
        "recipients": [
            {
                "address": "userx@sims-ms-daemon", "original_address": "userx@example.com", "action": "failed", "status": "5.0.0",
                "reason": "recipient reached disk quota",
            }
        ],
        "message_id": "F1218V8zDv60gxapzha000001ae@hotmail.com",
    }  # fmt: skip


def test_bounces_of_postfix_and_exim_are_told_without_the_standard_part(read):
    postfix, exim = mail(read("flufl_postfix_01.eml")), mail(read("flufl_exim_01.eml"))
    assert (postfix["nature"], exim["nature"]) == ("bounce", "bounce")
    assert [(one["address"], one["status"]) for one in postfix["report"]["recipients"]] == [("xxxxx@local.ie", "5.1.1")]
    assert [(one["address"], one["status"]) for one in exim["report"]["recipients"]] == [
        ("userx@its.example.nl", "5.1.1")
    ]
    assert exim["report"]["message_id"] == "19990920022322.A19735@stereo.rotzorg.org"
    assert exim["text_new"].endswith("userx@its.example.nl")


def test_a_warning_of_delay_is_no_failure(read):
    document = mail(read("flufl_simple_21.eml"))
    assert document["nature"] == "delay"
    assert document["report"] == {"recipients": [{"address": "userx@example.com", "action": "delayed"}]}


def test_two_answered_messages_and_parts_never_closed(read):
    document = mail(read("chatwoot_multiple_in_reply_to.eml"))
    assert document["in_reply_to"] == [
        "4e6e35f5a38b4_479f13bb90078171@small-app-01.mail", "4e6e35f5a38b4_479f13bb90078131@small-app-01.mail",
    ]  # fmt: skip
    assert document["references"] == ["4e6e35f5a38b4_479f13bb90078178@small-app-01.mail"]
    assert said(document) == ["mime_not_closed"]


def test_names_with_commas_and_encoded_words_are_whole(read):
    document = mail(read("mailparser_mail_test_18.eml"))
    assert document["from"] == {"name": "LastßlName, FirstName", "address": "comma.name@example.com"}
    assert document["to"] == [{"name": "tony.stark@example.com", "address": "tony.stark@example.com"}]
    assert document["cc"] == [
        {"address": "simple@example.net"}, {"name": 'John "Johnny" Doe', "address": "john.doe@example.com"},
    ]  # fmt: skip


def test_bodies_without_headers_say_that_the_headers_are_missing(read):
    for name in ("es_wrap.txt", "erp_email_1_3.txt", "talon_html_gmail.html"):
        assert said(mail(read(name))) == ["mail_headers_missing"]
