"""XML made to do harm, at every door where XML comes in: no file is opened, nobody is called, and all end by name in time."""

from __future__ import annotations

import ctypes
import os
import resource
import socket
import time
import zipfile
from io import BytesIO

import pytest

from promesa.exchange import formats
from promesa.exchange.tests import mails
from promesa.exchange.tests.test_dian import container
from promesa.exchange.tests.test_facturx import carrying
from promesa.exchange.tests.ubl_documents import SPACES

SECRET = "canary-7731"
LAUGHS = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10))
CONTROLS = "http://www.w3.org/2001/XInclude"
XSLT = "http://www.w3.org/1999/XSL/Transform"


def order(inside="", *, before="", root=""):
    """A UBL order with something in it, before it, or in its first tag."""
    return (
        f'<?xml version="1.0"?>{before}<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2" {SPACES} {root}>'
        f"<cbc:ID>1</cbc:ID><cbc:Note>{inside}</cbc:Note></Order>"
    )


def attacks(canary, web):
    """Each by its name; those that end in `!` declare a type of document or an entity and must be refused for it."""
    doctype = order("&x;", before="<!DOCTYPE Order [<!ENTITY x SYSTEM '{}'>]>")
    file_entity, web_entity = doctype.format(canary), doctype.format(web)
    said = {
        "laughs!": order("&l9;", before=f"<!DOCTYPE Order [<!ENTITY l0 'lol'>{LAUGHS}]>"),
        "quadratic!": order("&a;" * 50_000, before=f"<!DOCTYPE Order [<!ENTITY a '{'a' * 100_000}'>]>"),
        "laughs in an attribute!": order(before=f"<!DOCTYPE Order [<!ENTITY l0 'lol'>{LAUGHS}]>", root="a='&l9;'"),
        "default of an attribute!": order(before=f"<!DOCTYPE Order [<!ATTLIST Order a CDATA '{'a' * 100_000}'>]>"),
        "entity of itself!": order("&a;", before="<!DOCTYPE Order [<!ENTITY a '&b;'><!ENTITY b '&a;'>]>"),
        "file!": file_entity,
        "public!": order("&x;", before=f"<!DOCTYPE Order [<!ENTITY x PUBLIC 'p' '{canary}'>]>"),
        "parameter!": order("&x;", before=f"<!DOCTYPE Order [<!ENTITY % d SYSTEM '{canary}'> %d;]>"),
        "parameter of the web!": order("&x;", before=f"<!DOCTYPE Order [<!ENTITY % d SYSTEM '{web}'> %d;]>"),
        "type of a file!": order(before=f"<!DOCTYPE Order SYSTEM '{canary}'>"),
        "type of the web!": order(before=f"<!DOCTYPE Order PUBLIC '-//x' '{web}'>"),
        "web!": web_entity,
        "notation!": order(before=f"<!DOCTYPE Order [<!NOTATION n SYSTEM '{canary}'><!ENTITY x SYSTEM '{canary}' NDATA n>]>"),
        "after a comment!": order("&x;", before=f"<!-- c --><?p i?>\n<!DOCTYPE Order [<!ENTITY x SYSTEM '{canary}'>]>"),
        "wrapper!": doctype.format("php://filter/resource=" + canary),
        "undeclared!": order("&x;"),
        "utf-16 with a mark!": file_entity.encode("utf-16"),
        "utf-16-be!": file_entity.encode("utf-16-be"),
        "utf-32": file_entity.encode("utf-32"),
        "utf-7": file_entity.replace('"1.0"', '"1.0" encoding="UTF-7"', 1).replace("<!", "+ADwAIQ-", 1).encode(),
        "ebcdic": file_entity.encode("cp037"),
        "declared as ebcdic": file_entity.replace('"1.0"', '"1.0" encoding="cp037"', 1).encode(),
        "lower case": order("x", before=f"<!doctype Order SYSTEM '{canary}'>"),
        "nothing between": file_entity.replace("<!", "<\0!", 1).encode(),
        "include": order(f"<x:include xmlns:x='{CONTROLS}' parse='text' href='{canary}'/>"),
        "include or else": order(f"<x:include xmlns:x='{CONTROLS}' href='{web}'><x:fallback>{'f' * 100}</x:fallback></x:include>"),
        "style": order(before=f"<?xml-stylesheet type='text/xsl' href='{canary}'?>"),
        "sheet that reads": f"<t:stylesheet version='3.0' xmlns:t='{XSLT}'><t:template match='/'>"
        f"<t:value-of select=\"unparsed-text('{canary}')\"/></t:template></t:stylesheet>",
        "sheet that includes": f"<t:stylesheet version='1.0' xmlns:t='{XSLT}'><t:include href='{canary}'/></t:stylesheet>",
        "place of a schema": order(
            root=f"xmlns:i='http://www.w3.org/2001/XMLSchema-instance' i:schemaLocation='urn:x {canary}'"
        ),
        "base": order(root=f"xml:base='{canary}'"),
        "attribute of 10 MB": order(root="a='" + "y" * 10_000_000 + "'"),
        "text of 10 MB": order("y" * 10_500_000),
        "deep": order("<a>" * 60_000 + "</a>" * 60_000),
        "deep without an end": order("<a>" * 60_000),
        "attributes": order(root=" ".join(f"a{count}=''" for count in range(60_000))),
        "spaces of names": order(root=" ".join(f"xmlns:n{count}='urn:{count}'" for count in range(20_000))),
        "character beyond the last": order("&#x110000;"),
        "half of a pair": order("&#xD800;"),
        "comment without an end": order("<!--" + "-" * 1_000_000),
        "section without an end": order("<![CDATA[" + "]" * 1_000_000),
    }  # fmt: skip
    return {name: text.encode() if isinstance(text, str) else text for name, text in said.items()}


def workbook(content):
    """A workbook whose only sheet is the XML."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(
            "[Content_Types].xml", b"<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>"
        )
        package.writestr("xl/worksheets/sheet1.xml", content)
    return stream.getvalue()


DOORS = {
    "file.xml": lambda content: content,
    "file.csv": lambda content: content,
    "attached.eml": lambda content: mails.mixed(mails.attachment("o.xml", content, "application/xml")),
    "body.eml": lambda content: mails.HEAD + b"Content-Type: text/xml\r\nContent-Transfer-Encoding: binary\r\n\r\n" + content,
    "zipped.eml": lambda content: mails.mixed(mails.attachment("o.zip", mails.zipped({"o.xml": content}), "application/zip")),
    "sheet.xlsx": workbook,
    "container.xml": lambda content: container(f"<![CDATA[{content.decode('latin-1').replace(chr(0), '')}]]>"),
    "inside.pdf": lambda content: carrying(("factur-x.xml", content)),
}  # fmt: skip


@pytest.fixture
def canary(tmp_path):
    """A file that nobody may open, and the kernel's word on whether anybody did, library or child process."""
    path = tmp_path / "canary.txt"
    path.write_text(SECRET)
    libc = ctypes.CDLL(None, use_errno=True)
    watch = libc.inotify_init1(os.O_NONBLOCK)
    assert libc.inotify_add_watch(watch, str(path).encode(), 0x21) > 0  # opened, read

    def opened():
        try:
            return len(os.read(watch, 4096)) > 0
        except BlockingIOError:
            return False

    yield path, opened
    os.close(watch)


def test_the_watch_sees_a_file_that_is_opened(canary):
    path, opened = canary
    assert not opened()
    assert path.read_text() == SECRET
    assert opened()


@pytest.mark.parametrize("door", DOORS)
def test_no_xml_reads_a_file_calls_anybody_or_takes_long(canary, door):
    path, opened = canary
    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with socket.create_server(("127.0.0.1", 0)) as web:
        web.setblocking(False)
        found = attacks(path.as_uri(), f"http://127.0.0.1:{web.getsockname()[1]}/x.dtd")
        assert len(found) >= 40
        for name, content in found.items():
            started = time.process_time()
            documents = formats.read(DOORS[door](content), filename=door)
            assert time.process_time() - started < 5, name
            text = str([one.as_json() for one in documents])
            assert SECRET not in text, name
            assert not opened(), name
            assert "order" not in {one.kind for one in documents if not one.blocked}, name
            codes = {fault.code for one in documents for fault in one.faults if fault.blocking or one.kind == "e_mail"}
            assert codes, name
            if name.endswith("!") and door == "file.xml":
                assert codes == {"xml_doctype"}, name
        with pytest.raises(BlockingIOError):
            web.accept()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - highest < 300_000  # kB; the largest file is 10 MB


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"o.csv": b"0" * 90_000_000}, "archive_bomb"),
        ({f"{count}.csv": b"" for count in range(3000)}, "archive_too_many"),
    ],
)
def test_an_archive_in_a_mail_that_swells_is_not_unpacked(files, code):
    started = time.process_time()
    documents = formats.read(mails.mixed(mails.attachment("o.zip", mails.zipped(files))), filename="m.eml")
    assert code in {fault.code for one in documents for fault in one.faults}
    assert time.process_time() - started < 5
