"""Small interchanges for tests, and short ways to ask what was found in them."""

from promesa.exchange import formats

ORDER = """UNA:+.? '
UNB+UNOC:3+5412345000013:14+8437002000011:14+261120:1000+77'
UNH+1+ORDERS:D:96A:UN:EAN008'
BGM+220+PO-1001+9'
DTM+137:20261120:102'
DTM+64:20261124:102'
DTM+63:20261125:102'
FTX+DEL+++Muelle 3, antes de las 10'
RFF+CT:C-77'
NAD+BY+5412345000013::9++Mercados ?+ Más, S.A.+Calle Mayor 1:Puerta 2+Madrid++28001+ES'
RFF+VA:ESA12345674'
CTA+OC+:Ana Ruiz'
COM+ana@mercados.example:EM'
COM+910000000:TE'
NAD+SU+8437002000011::9'
NAD+DP+5412345000020::9'
CUX+2:EUR:9'
LIN+1++8437002000202:EN'
PIA+1+R100:SA::91+B200:IN::92'
IMD+F++:::Aceite de oliva:virgen 5 L'
QTY+21:12:CS'
QTY+59:4'
PRI+AAA:12.50::NTP:1:CS'
MOA+203:150.00'
LIN+2++8437002000219:EN'
QTY+21:1.5:KGM'
DTM+2:202611241030:203'
UNS+S'
MOA+79:150.00'
CNT+2:2'
UNT+29+1'
UNZ+1+77'
"""


def one(text, **said):
    documents = formats.read(text.encode("latin-1"), **said)
    assert len(documents) == 1
    return documents[0]


def codes(document, severity=None):
    return [fault.code for fault in document.faults if severity in (None, fault.severity)]


def fault_of(document, code):
    found = [fault for fault in document.faults if fault.code == code]
    assert len(found) == 1, [fault.code for fault in document.faults]
    return found[0]


def counted(body, *, head="UNH+1+ORDERS:D:96A:UN:EAN008", service="", count=None):
    """An interchange of one message whose segments are counted."""
    segments = [head, *body]
    count = len(segments) + 1 if count is None else count
    return service + "'".join(["UNB+UNOC:3+A:14+B:14+261120:1000+7", *segments, f"UNT+{count}+1", "UNZ+1+7"]) + "'"


def small(*lines, head=("BGM+220+1+9", "NAD+BY+5412345000013::9"), **said):
    return one(counted([*head, *lines], **said))
