"""Published rules are run without any way out: no file, no network, no entity; and told with their names and places."""

import pytest

from promesa.exchange.formats.schematron.compiling import NoSchematron, stylesheet_of
from promesa.exchange.formats.schematron.running import NotRun, Rules

SCHEMATRON = b"""<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2">
 <ns prefix="o" uri="urn:order"/>
 <let name="limit" value="/o:order/@limit"/>
 <pattern>
  <rule context="o:line[@free]"><assert id="R-FREE" test="not(@price)" flag="warning">Free lines have no price.</assert></rule>
  <rule context="o:line">
   <let name="price" value="xs:decimal(@price)"/>
   <assert id="R-PRICE" test="$price &lt;= xs:decimal($limit)" flag="fatal">Not above the limit.</assert>
   <report id="R-ZERO" test="$price = 0" flag="warning">Nothing is asked.</report>
  </rule>
 </pattern>
 <pattern><rule context="o:order"><assert id="R-LINES" test="o:line" flag="fatal">Has lines.</assert></rule></pattern>
</schema>""".replace(b'queryBinding="xslt2"', b'queryBinding="xslt2" xmlns:xs="http://www.w3.org/2001/XMLSchema"')


def broken(document):
    return [(one.rule, one.flag) for one in Rules(stylesheet_of(SCHEMATRON)).breaches(document)]


def test_a_schematron_tells_each_rule_that_a_document_breaks():
    order = b'<order xmlns="urn:order" limit="10"><line price="9"/><line price="11"/><line price="0"/></order>'
    assert broken(order) == [("R-PRICE", "fatal"), ("R-ZERO", "warning")]
    assert broken(b'<order xmlns="urn:order" limit="10"/>') == [("R-LINES", "fatal")]


def test_only_the_first_rule_of_a_pattern_that_fits_a_node_is_asked():
    order = b'<order xmlns="urn:order" limit="10"><line free="1" price="11"/></order>'
    assert broken(order) == [("R-FREE", "warning")]


def test_a_breach_tells_its_place_and_its_words():
    order = b'<order xmlns="urn:order" limit="10"><line price="9"/><line price="11"/></order>'
    (one,) = Rules(stylesheet_of(SCHEMATRON)).breaches(order)
    assert one.where.endswith("line[2]")
    assert one.text == "Not above the limit."


def test_what_is_no_schematron_is_refused():
    with pytest.raises(NoSchematron):
        stylesheet_of(b"<order/>")
    with pytest.raises(NoSchematron):
        stylesheet_of(b"<!DOCTYPE schema><schema/>")


def sheet(select):
    return (
        '<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" '
        'xmlns:svrl="http://purl.oclc.org/dsdl/svrl"><xsl:template match="/"><svrl:schematron-output>'
        f'<svrl:failed-assert id="{{{select}}}"/></svrl:schematron-output></xsl:template></xsl:stylesheet>'
    ).encode()


@pytest.mark.parametrize(
    "select",
    [
        "unparsed-text('file://{path}')",
        "doc('file://{path}')",
        "document('file://{path}')",
        "unparsed-text-lines('file://{path}')[1]",
        "string-join(collection('file://{folder}'))",
        "unparsed-text('{path}')",
    ],
)
def test_a_stylesheet_reads_no_file(tmp_path, select):
    canary = tmp_path / "canary.xml"
    canary.write_text("<secret>canary-7261</secret>")
    said = select.replace("{path}", str(canary)).replace("{folder}", str(tmp_path))
    with pytest.raises(NotRun) as refused:
        Rules(sheet(said)).breaches(b"<a/>")
    assert "canary-7261" not in str(refused.value)


def test_a_stylesheet_includes_no_file(tmp_path):
    other = tmp_path / "other.xsl"
    other.write_bytes(sheet("'canary-7261'"))
    including = (
        '<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
        f'<xsl:import href="file://{other}"/></xsl:stylesheet>'
    ).encode()
    with pytest.raises(NotRun):
        Rules(including)


@pytest.mark.parametrize(
    "document",
    [
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>',
        b'<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;&x;">]><a>&z;</a>',
        b"<a>",
        b"not XML",
    ],
)
def test_a_document_that_is_no_safe_xml_is_not_run(document):
    with pytest.raises(NotRun):
        Rules(sheet("'R'")).breaches(document)


def test_rules_are_compiled_once_and_run_as_often_as_wanted():
    rules = Rules(stylesheet_of(SCHEMATRON))
    order = b'<order xmlns="urn:order" limit="10"><line price="11"/></order>'
    assert [len(rules.breaches(order)) for _ in range(3)] == [1, 1, 1]
