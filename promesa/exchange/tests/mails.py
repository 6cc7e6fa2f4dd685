"""Small e-mails for tests: their headers, parts and attachments."""

from __future__ import annotations

import base64
import io
import zipfile

from promesa.exchange import formats

HEAD = (
    b"From: Ana Ruiz <ana@buyer.example>\r\nTo: orders@seller.example\r\nSubject: Pedido 4501\r\nMessage-ID: <1@buyer.example>\r\n"
    b"Date: Mon, 2 Mar 2026 09:30:00 +0100\r\n"
)
GTIN, OTHER = "8437002000202", "8437002000219"


def read(content: bytes):
    return formats.read(content, filename="m.eml")


def mail_of(body: str = "Hola", *, head: bytes = HEAD, extra: str = "", type_: str = "text/plain; charset=utf-8"):
    return read(head + f"{extra}Content-Type: {type_}\r\n\r\n{body}".encode())


def mixed(*parts: str | bytes, head: bytes = HEAD) -> bytes:
    pieces = [one.encode() if isinstance(one, str) else one for one in parts]
    return (
        head
        + b'Content-Type: multipart/mixed; boundary="=_b"\r\n\r\n'
        + b"".join(b"--=_b\r\n" + one + b"\r\n" for one in pieces)
        + b"--=_b--\r\n"
    )


def attachment(name: str, content: bytes, type_: str = "application/octet-stream") -> bytes:
    coded = base64.encodebytes(content)
    return (
        f'Content-Type: {type_}; name="{name}"\r\nContent-Disposition: attachment; filename="{name}"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n".encode()
        + coded
    )


def said(document) -> list[str]:
    return sorted({one.code for one in document.faults})


CSV = b"pedido;cliente;referencia;cantidad\n4501;C-1;A-1;12\n"
EDI = (
    b"UNB+UNOC:3+8412345000013:14+8437002000003:14+260302:0930+1'UNH+1+ORDERS:D:96A:UN:EAN008'BGM+220+4501+9'"
    b"DTM+137:20260302:102'NAD+BY+8412345000013::9'LIN+1++8437002000202:EN'QTY+21:12'UNS+S'UNT+8+1'UNZ+1+1'"
)


def report(action: str, status: str) -> bytes:
    return (
        "From: postmaster@mx.example\r\nTo: us@seller.example\r\nSubject: Delivery Status\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=r\r\n\r\n--r\r\n\r\nText.\r\n--r\r\n"
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; ana@buyer.example\r\nAction: {action}\r\nStatus: "
        f"{status}\r\nDiagnostic-Code: smtp; 550 no\r\n such user\r\n"
        "--r\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <ours@seller.example>\r\nSubject: "
        "P-2026-000001\r\n\r\nPor favor, enviad 3 cajas de 8437002000202\r\n--r--\r\n"
    ).encode()


def zipped(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()
