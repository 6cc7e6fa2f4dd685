"""E-mails: their nature, what is new in them, what is attached, and what they order."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest

from promesa.exchange.formats.mail.headers import addresses, body_text, header_text, identifiers, moment_of, parameters
from promesa.exchange.formats.mail.html_text import html_text
from promesa.exchange.formats.mail.mentions import orders_mentioned
from promesa.exchange.formats.mail.quotes import divided
from promesa.exchange.tests.mails import (
    CSV,
    EDI,
    GTIN,
    HEAD,
    OTHER,
    attachment,
    mail_of,
    mixed,
    read,
    report,
    said,
    zipped,
)
from promesa.exchange.tests.test_tabular import workbook

# --- Headers ------------------------------------------------------------------------------------------------------


def test_a_mail_says_who_wrote_what_to_whom_and_when():
    (document,) = mail_of("Buenos días")
    assert (document.format, document.kind, document.issued_on) == ("e-mail", "e_mail", date(2026, 3, 2))
    shown = document.as_json()
    assert shown["from"] == {"name": "Ana Ruiz", "address": "ana@buyer.example"}
    assert shown["to"] == [{"address": "orders@seller.example"}]
    assert (shown["message_id"], shown["date"]) == ("1@buyer.example", "2026-03-02T09:30:00+01:00")
    assert (shown["nature"], shown["text_new"], shown["orders_mentioned"]) == ("new", "Buenos días", ["4501"])
    assert (shown["attachments"], shown["in_reply_to"], shown["faults"]) == ([], [], [])


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"=?utf-8?q?Pedido_n=C2=BA_5?=", "Pedido nº 5"),
        (b"=?iso-8859-1?Q?Espa=F1a?= =?iso-8859-1?Q?_y_m=E1s?=", "España y más"),
        (b"=?utf-8?b?w4E=?= y =?utf-8?b?w4k=?=", "Á y É"),
        (b"=?UTF-8?B?w?= a", "=?UTF-8?B?w?= a"),
        (b"=?utf-8?q?=C3?= =?utf-8?q?=B1?=", "ñ"),
        (b"Espa\xf1a", "España"),
        ("España".encode(), "España"),
        (b"=?nope?q?a?= b", "=?nope?q?a?= b"),
        (b"a\x00b\x07c \xe2\x80\xaed", "a b c d"),
    ],
)
def test_words_of_headers_are_decoded_or_left_as_they_came(raw, text):
    assert header_text(raw)[0] == text


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (b'"Ruiz, Ana" <a@b.example>, c@d.example', [("Ruiz, Ana", "a@b.example"), ("", "c@d.example")]),
        (b"MAILER-DAEMON@x.example (Mail Delivery)", [("Mail Delivery", "MAILER-DAEMON@x.example")]),
        (b"=?iso-8859-1?Q?Last=DFName=2C_First?= <a@b.example>", [("LastßName, First", "a@b.example")]),
        (b"Compras: a@b.example, c@d.example;", [("", "a@b.example"), ("", "c@d.example")]),
        (b"undisclosed-recipients:;", []),
        (b"Ana", [("Ana", "")]),
        (b"<a@b.example", [("", "a@b.example")]),
        (b"", []),
    ],
)
def test_names_and_addresses_are_told_apart(raw, found):
    assert [(one.get("name", ""), one.get("address", "")) for one in addresses(raw)] == found


def test_identifiers_parameters_and_dates_of_every_kind_are_read():
    assert identifiers(b"<a@b> <c@d>\t<a@b>") == ["a@b", "c@d"]
    assert identifiers(b"a@b") == ["a@b"]
    assert parameters("x; filename*0*=utf-8''pedido%20n; filename*1*=%C2%BA; filename*2=5.csv") == {
        "filename": "pedido nº5.csv"
    }
    assert parameters('x; name="=?utf-8?q?a=C3=B1o?=.csv"; a=b') == {"name": "año.csv", "a": "b"}
    assert moment_of(b"Mon, 2 Mar 2026 09:30:00 +0100").isoformat() == "2026-03-02T09:30:00+01:00"
    assert [moment_of(one) for one in (b"", b"ayer", b"Mon, 99 Mar 99999 09:30:00 +9999", b"\xff")] == [None] * 4


@pytest.mark.parametrize(
    ("content", "declared", "text"),
    [
        (b"Espa\xf1a", "iso-8859-1", "España"), (b"5 \x80", "iso-8859-1", "5 €"), (b"5 \x80", "windows-1252", "5 €"),
        ("España".encode(), "us-ascii", "España"), (b"Espa\xf1a", "utf-8", "España"), (b"Espa\xf1a", "x-nope", "España"),
        (b"Espa\xf1a", "", "España"), ("España".encode(), "", "España"), (b"abc", "zip", "abc"), (b"abc", "punycode", "abc"),
        ("España".encode("utf-16"), "utf-16", "España"),
    ],
)  # fmt: skip
def test_wrong_and_unknown_character_sets_still_give_text(content, declared, text):
    assert body_text(content, declared)[0] == text


def test_a_character_set_that_does_not_exist_is_named():
    (document,) = read(HEAD + b"Content-Type: text/plain; charset=x-nope\r\n\r\nEspa\xf1a")
    assert (document.mail["text_new"], said(document)) == ("España", ["charset_unknown"])


# --- What kind of mail --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "nature"),
    [
        ("Subject: Hola\r\n", "new"),
        ("Subject: RE: Hola\r\n", "reply"), ("Subject: Re[2]: Hola\r\n", "reply"), ("Subject: Hola\r\nIn-Reply-To: <a@b>\r\n", "reply"),
        ("Subject: RV: Hola\r\n", "forward"),
        ("Subject: Fwd: Hola\r\nIn-Reply-To: <a@b>\r\n", "forward"), ("Subject: Re: Fwd: Hola\r\n", "reply"),
        ("Subject: Hola\r\nAuto-Submitted: auto-replied\r\n", "auto_reply"),
        ("Subject: Hola\r\nAuto-Submitted: auto-generated (rfc)\r\n", "auto_reply"),
        ("Subject: Hola\r\nAuto-Submitted: no\r\n", "new"), ("Subject: Hola\r\nX-Autoreply: yes\r\n", "auto_reply"),
        ("Subject: Hola\r\nPrecedence: auto_reply\r\n", "auto_reply"), ("Subject: Re: Hola\r\nPrecedence: bulk\r\n", "auto_reply"),
        ("Subject: Hola\r\nPrecedence: bulk\r\nList-Id: <a.b>\r\n", "new"),
        ("Subject: Respuesta automática: Pedido\r\n", "auto_reply"), ("Subject: Fuera de la oficina\r\n", "auto_reply"),
        ("Subject: Out of Office: Order\r\n", "auto_reply"), ("Subject: Automatic reply: Order\r\n", "auto_reply"),
        ("Subject: =?utf-8?q?Respuesta_autom=C3=A1tica?=\r\n", "auto_reply"), ("Subject: Ausencia de stock en tienda 5\r\n", "auto_reply"),
        ("Subject: Order for out of town\r\n", "new"),
    ],
)  # fmt: skip
def test_the_nature_of_a_mail_is_told_by_its_headers(headers, nature):
    (document,) = read(f"From: a@b.example\r\nTo: c@d.example\r\n{headers}\r\nHola".encode())
    assert document.mail["nature"] == nature


@pytest.mark.parametrize(
    ("action", "status", "nature"),
    [("failed", "5.1.1", "bounce"), ("delayed", "4.4.1", "delay"), ("delivered", "2.0.0", "auto_reply")],
)
def test_a_report_of_delivery_says_of_whom_and_of_which_message(action, status, nature):
    (document,) = read(report(action, status))
    assert document.mail["nature"] == nature
    if nature != "auto_reply":
        assert document.mail["report"] == {
            "recipients": [{"address": "ana@buyer.example", "action": action, "status": status, "reason": "550 no such user"}],
            "message_id": "ours@seller.example",
        }  # fmt: skip


@pytest.mark.parametrize(
    ("sender", "subject", "body", "nature"),
    [
        ("MAILER-DAEMON@x.example", "failure notice", "Hi. This is the qmail-send program.\n<ana@b.example>:\n550 no such user", "bounce"),
        ("Postmaster@x.example", "Message status - undeliverable",
         "The message that you sent was undeliverable to the following:\n\tana@b.example (user not found)", "bounce"),
        ("postmaster@x.example", "No se puede entregar: Pedido", "No se pudo entregar el mensaje a ana@b.example", "bounce"),
        ("Mailer-Daemon@x.example", "Warning: message 1-2 delayed 24 hours",
         "has not yet been delivered. ana@b.example\nNo action is required", "delay"),
        ("postmaster@x.example", "Entrega demorada", "El mensaje a ana@b.example aún no se ha entregado. Se seguirá intentando.", "delay"),
        ("ana@b.example", "Undeliverable pallets", "The pallets could not be delivered to your store. 550 boxes.", "new"),
    ],
)  # fmt: skip
def test_reports_without_the_standard_part_are_told_by_who_sends_them(sender, subject, body, nature):
    (document,) = read(f"From: {sender}\r\nTo: us@seller.example\r\nSubject: {subject}\r\n\r\n{body}\r\n".encode())
    assert document.mail["nature"] == nature
    if nature in ("bounce", "delay"):
        assert document.mail["report"]["recipients"][0]["address"] == "ana@b.example"


# --- What is new --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("Vale.\n\nEl lun, 2 mar 2026 a las 9:30, Ana <a@b.example> escribió:\n> Hola", "Vale."),
        (
            "Vale.\n\nEl lun, 2 mar 2026 a las 9:30, Ana Ruiz de la Compañía\n<a@b.example> escribió:\n\n> Hola\n> adiós",
            "Vale.",
        ),
        ("OK\n\nOn Mon, Mar 2, 2026 at 9:30 AM Ana <a@b.example> wrote:\n\n> Hi", "OK"),
        (
            "OK\n\nDe: Ana <a@b.example>\nEnviado el: lunes, 2 de marzo de 2026 9:30\nPara: Pedidos\nAsunto: Pedido 1\n\nHola",
            "OK",
        ),
        ("OK\n\n________________________________\nFrom: Ana\nSent: Monday\nTo: Us\nSubject: Order\n\nHi", "OK"),
        ("OK\n\n-----Mensaje original-----\nDe: Ana", "OK"),
        ("OK\n-----Original Message-----\nFrom: Ana", "OK"),
        ("OK\n\n-- \nAna Ruiz\nCompras", "OK"),
        ("OK\n\nEnviado desde mi iPhone", "OK"),
        ("OK\n\nSent from my Galaxy\n\nEl 2/3/2026, Ana escribió:\n> x", "OK"),
        ("Enviadlo ya.\n\nUn saludo,\nAna Ruiz\nCompras\nTel. 954 123 456\nwww.buyer.example", "Enviadlo ya."),
        ("Enviadlo ya.\n\nUn saludo,\nAna", "Enviadlo ya.\n\nUn saludo,\nAna"),
        ("> ¿Cuántas?\nDoce\n> ¿Cuándo?\nEl lunes", "Doce\nEl lunes"),
        ("On 04/02/2026 06:26 PM, Ana wrote:\n> Hi\nHello", "Hello"),
        ("OK\n\nAVISO LEGAL: este mensaje es confidencial.", "OK"),
        ("De: 12 cajas\nA: Sevilla", "De: 12 cajas\nA: Sevilla"),
        ("El cliente escribió:\nfaltan dos", "El cliente escribió:\nfaltan dos"),
        ("Line one\n--\nnot two dashes alone only", "Line one"),
    ],
)
def test_quotes_and_signatures_are_cut_and_the_rest_stays(text, new):
    assert divided(text).new == new


def test_html_gives_the_text_that_a_person_sees():
    html = (
        "<html><head><title>t</title><style>p{}</style></head><body><!-- c --><p>Hola <b>Ana</b>,&nbsp;</p><script>alert(1)</script>"
        "<div style='display:none'>oculto</div><span hidden>nada</span><p>Uno<br>Dos &lt;3&gt;</p>"
        "<table><tr><th>C&oacute;digo</th><th>Cantidad</th></tr><tr><td><p>A-1</p></td><td>12</td></tr></table>"
        "<blockquote>citado<blockquote>antes</blockquote></blockquote><img src='http://x.example/p.png'></body></html>"
    )
    assert html_text(html) == (
        "Hola Ana,\n\nUno\nDos <3>\n\nCódigo\tCantidad\nA-1\t12\n\n> citado\n> > antes\n"
    ).rstrip("\n")


def test_a_mail_of_html_only_gives_text():
    (document,) = mail_of("<p>Hola</p><p>Adi&oacute;s</p><blockquote>antes</blockquote>", type_="text/html")
    assert document.mail["text_new"] == "Hola\n\nAdiós"


def test_lines_that_flow_are_joined():
    (document,) = mail_of("Una línea \r\nque sigue\r\n-- \r\nAna", type_="text/plain; format=flowed")
    assert document.mail["text_new"] == "Una línea que sigue"


# --- Orders mentioned ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("RE: Vuille  - (PO28169) - IND", ["PO28169"]),
        ("¿Y nuestro pedido P-2026-000123?", ["P-2026-000123"]),
        ("pedido nº 4501, pedido núm. 4502", ["4501", "4502"]),
        ("los pedidos 4501, 4502 y 4503", ["4501", "4502", "4503"]),
        ("PO 4500012345 / purchase order no. AB-77123", ["4500012345", "AB-77123"]),
        ("order #10045", ["10045"]), ("orden de compra OC-2026/17", ["OC-2026/17"]),
        ("un pedido de 120 cajas", []), ("el pedido de 2025", []), ("pedido del 12/03/2026", []), ("pedido 8437002000202", []),
        ("in order to send 1234", []), ("Pedido", []), ("Pedido número MX-77.", ["MX-77"]), ("pedido nº 34", ["34"]),
        ("pedido 34", []), ("pedido nº 12 cajas", []), ("order no. 12 boxes", []),
    ],
)  # fmt: skip
def test_numbers_of_orders_are_found_and_counts_dates_and_items_are_not(text, numbers):
    assert orders_mentioned([text]) == numbers


# --- Attachments --------------------------------------------------------------------------------------------------


def test_what_is_attached_is_read_after_the_mail():
    mail, order, edi = read(
        mixed(
            "Content-Type: text/plain\r\n\r\nAdjunto.", attachment("p.csv", CSV, "text/csv"), attachment("o.edi", EDI)
        )
    )
    assert (mail.kind, order.kind, edi.kind) == ("e_mail", "order", "order")
    assert (order.number, edi.format) == ("4501", "edifact-d96a-orders")
    assert mail.mail["attachments"] == [
        {"name": "p.csv", "media_type": "text/csv", "size": len(CSV), "kind": "order"},
        {"name": "o.edi", "media_type": "application/octet-stream", "size": len(EDI), "kind": "order"},
    ]
    assert mail.mail["text_new"] == "Adjunto."


def test_an_interchange_that_is_the_body_is_read_too():
    mail, edi = read(HEAD + b"Content-Type: text/plain\r\n\r\n" + EDI)
    assert (mail.kind, mail.mail["text_new"], edi.kind, edi.number) == ("e_mail", "", "order", "4501")


def test_a_forwarded_mail_is_read_with_what_is_in_it():
    inner = mixed(attachment("p.csv", CSV, "text/csv"))
    documents = read(mixed("Content-Type: text/plain\r\n\r\nVa.", b"Content-Type: message/rfc822\r\n\r\n" + inner))
    assert [one.kind for one in documents] == ["e_mail", "e_mail", "order"]
    assert documents[0].mail["attachments"][0]["kind"] == "e_mail"


def test_files_in_a_zip_are_read_and_a_bomb_is_named():
    mail, order = read(mixed(attachment("p.zip", zipped({"a/p.csv": CSV, "__MACOSX/x": b"x"}), "application/zip")))
    assert (order.kind, mail.mail["attachments"][0]["kind"], said(mail)) == ("order", "order", [])
    (mail,) = read(mixed(attachment("p.zip", zipped({"p.csv": b"0" * 60_000_000}), "application/zip")))
    assert said(mail) == ["archive_bomb"]
    (mail,) = read(mixed(attachment("p.zip", zipped({"p.csv": CSV})[:40], "application/zip")))
    assert said(mail) == ["archive_damaged"]
    (mail,) = read(mixed(attachment("p.zip", zipped({"q.zip": zipped({"p.csv": CSV})}), "application/zip")))
    assert said(mail) == ["attachment_not_read"]


@pytest.mark.parametrize(
    ("part", "code"),
    [
        (attachment("winmail.dat", b"\x78\x9f\x3e\x22abc", "application/ms-tnef"), "winmail_dat"),
        (attachment("x.bin", b"\x78\x9f\x3e\x22abc"), "winmail_dat"),
        (attachment("smime.p7m", b"abc", "application/pkcs7-mime; smime-type=enveloped-data"), "mail_encrypted"),
        (attachment("nota.docx", b"PK\x03\x04" + b"[Content_Types].xml" + b"x" * 50), "attachment_not_read"),
        (attachment("vacio.csv", b"", "text/csv"), "attachment_empty"),
        (b'Content-Type: application/pdf; name="p.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n[Removed part]', "attachment_damaged"),
        (b"Content-Type: message/external-body; access-type=URL; url=\"http://x.example/p.pdf\"\r\n\r\n", "attachment_elsewhere"),
        (b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: x-nope\r\n\r\nabc", "mime_encoding_unknown"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_on_the_mail_and_stops_nothing(part, code):
    mail, *others = read(mixed("Content-Type: text/plain\r\n\r\nHola", part, attachment("p.csv", CSV, "text/csv")))
    assert code in said(mail)
    assert (mail.kind, [one.number for one in others if one.kind == "order"]) == ("e_mail", ["4501"])
    for fault in mail.faults:
        assert fault.sentence("es") != fault.sentence("en")


def test_a_zip_that_holds_a_workbook_as_it_is_is_a_zip_and_no_workbook():
    book = workbook([["Pedido", "Cliente", "SKU", "Cantidad"], ["4502", "C-1", "AC5", 3]])
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.csv", CSV)
        archive.writestr("b.xlsx", book)
    _, *orders = read(mixed(attachment("todo.zip", stream.getvalue(), "application/zip")))
    assert [(one.kind, one.format, one.number) for one in orders] == [
        ("order", "csv", "4501"),
        ("order", "xlsx", "4502"),
    ]


def test_the_mail_that_a_report_returns_is_not_taken_for_an_order():
    assert [one.kind for one in read(report("failed", "5.1.1"))] == ["e_mail"]


# --- An order in the text -----------------------------------------------------------------------------------------


def order_in(text: str, **said_):
    documents = mail_of(text, **said_)
    return documents[1] if len(documents) > 1 else None


def lines(document) -> list[tuple]:
    return [(one.gtin or one.seller_code, str(one.quantity), one.unit_code) for one in document.lines]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Por favor enviadnos 12 cajas de {GTIN} y 5 de {OTHER}.", [(GTIN, "12", "CS"), (OTHER, "5", "CS")]),
        (
            f"{GTIN} 12 cajas\n{OTHER}: 5\nACE-005 x 3 uds",
            [(GTIN, "12", "CS"), (OTHER, "5", "None"), ("ACE-005", "3", "C62")],
        ),
        (f"{GTIN} Aceite 5 L - 12 cajas", [(GTIN, "12", "CS")]),
        (
            "Please send us 20 boxes of ACE-005 and 3 pallets of VIN-1001",
            [("ACE-005", "20", "BX"), ("VIN-1001", "3", "PX")],
        ),
        ("12 x ACE-005\n6 x VIN-001", [("ACE-005", "12", "None"), ("VIN-001", "6", "None")]),
        (
            "SKU\tDescripción\tCantidad\nACE-005\tAceite\t12\nVIN-001\tVinagre\t6",
            [("ACE-005", "12", "None"), ("VIN-001", "6", "None")],
        ),
        ("| SKU | Qty |\n|-----|-----|\n| ACE-005 | 12 |", [("ACE-005", "12", "None")]),
        (f"Necesito una docena de {GTIN}", [(GTIN, "1", "DZN")]),
    ],
)
def test_an_order_in_the_text_is_read_and_waits_for_a_person(text, expected):
    document = order_in(text)
    assert [(code, quantity, str(unit)) for code, quantity, unit in lines(document)] == expected
    assert (document.kind, document.format, document.number) == ("order", "e-mail-order", "4501")
    assert [one.code for one in document.faults if one.blocking] == ["order_in_text"]
    assert document.party("buyer").email == "ana@buyer.example"


def test_short_codes_beside_quantities_and_pallets_are_read_in_the_order_of_the_text():
    text = f"AC5 x 12\n5 x AC5 (urgente)\n- 3 palés {GTIN}\n- 6 cajas de aceite suave\n24 uds de atún (ref. AT80)"
    document = order_in(text)
    assert [(*line, document.lines[place].text) for place, line in enumerate(lines(document))] == [
        ("AC5", "12", None, None),
        ("AC5", "5", None, None),
        (GTIN, "3", "PX", None),
        (None, "6", "CS", "aceite suave"),
        ("AT80", "24", "C62", None),
    ]
    doubts = [one.line for one in document.faults if one.code == "order_text_doubtful"]
    assert doubts == ["1", "2", "4"]  # three letters and figures may be anything, words are no code
    assert order_in("¿Tenéis el AC5 a 18,20? Quería pedir 12 cajas si es así.") is None


def test_an_order_in_an_html_table_is_read():
    html = (
        "<p>Pedido:</p><table><tr><td>EAN</td><td>Cantidad</td></tr><tr><td>8437002000202</td><td>12</td></tr></table>"
    )
    assert lines(order_in(html, type_="text/html")) == [(GTIN, "12", None)]


def test_what_is_in_doubt_is_said_and_keeps_its_place():
    document = order_in(f"Hola\nEnviadnos 12 cajas de {GTIN} y 5 de {OTHER} el 24/11/2026\nRef. 4711: 1.200 unidades")
    doubts = [(one.where, one.line) for one in document.faults if one.code == "order_text_doubtful"]
    assert doubts == [("line 2", "2"), ("line 3", "3")]
    assert document.lines[2].quantity is None
    assert document.requested.first_day == date(2026, 11, 24)
    assert document.places["lines.1"]["row"] == 2
    assert document.lines[0].quantity == Decimal(12)


@pytest.mark.parametrize(
    "text",
    [
        "¿Cuándo llega el pedido P-2026-000123?", f"Nos han llegado 3 cajas de {GTIN} rotas", "Gracias por todo. Llamadme al 954 123 456.",
        "La reunión es el 24/11/2026 a las 12:30, CIF B12345678", f"La ref {GTIN} ¿la tenéis?", "We received 3 boxes of ACE-005 damaged.",
    ],
)  # fmt: skip
def test_a_question_or_a_complaint_is_no_order(text):
    assert order_in(text) is None


def test_an_order_that_is_quoted_is_not_ordered_again():
    assert order_in(f"Gracias\n\nEl lun, 2 mar 2026, Ana <a@b.example> escribió:\n> Enviad 12 cajas de {GTIN}") is None


def test_the_text_is_not_read_for_orders_when_an_order_is_attached():
    documents = read(
        mixed(f"Content-Type: text/plain\r\n\r\nEnviadnos 12 cajas de {GTIN}", attachment("p.csv", CSV, "text/csv"))
    )
    assert [(one.kind, one.number) for one in documents] == [("e_mail", None), ("order", "4501")]
    assert documents[1].lines[0].seller_code == "A-1"
