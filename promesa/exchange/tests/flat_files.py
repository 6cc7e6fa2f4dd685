"""Orders in TRADACOMS, SAP IDoc and Ediversa's flat form for tests: by hand, and any number out of a generator."""

from random import Random

from promesa.core import identifiers
from promesa.exchange.formats.idoc import layout

TRADACOMS = (
    "STX=ANAA:1+5000000000012:BUYER LTD+5000000000029+261120:1030+R77++ORDHDR'MHD=1+ORDHDR:9'TYP=0430'SDT=5000000000029:V1'"
    "CDT=5000000000012'FIL=1+1+261120'MTR=6'MHD=2+ORDERS:9'CLO=5000000000036:S12+DEPOT+ROAD 1:TOWN:::AB1 2CD'ORD=PO1::261119'"
    "DIN=261201+261203'DNA=1++ +CALL FIRST'OLD=1+5012345678900:V9++:B9+12+80+45000++TIN OF TEA'OLD=2+5012345678917+++1+:12500:KG+12500'"
    "OTR=2'MTR=9'MHD=3+ORDTLR:9'OFT=1'MTR=3'MHD=4+RSGRSG:2'RSG=R77+5000000000029'MTR=3'END=4'"
)
EDIVERSA = (
    "ORDERS_D_93A_UN_EAN007\nORD|PO1|220|9\nDTM|20261119|20261201|20261203\nFTX|AAI||Llamar antes\nNADSU|8437002000004||Vendedor\n"
    "NADBY|5412345000013||||Cliente SA|Calle 1|Madrid|28001\nNADDP|5412345000013||Almacén|Calle 2|Getafe|28901|\nCUX|EUR|9\n"
    "LIN|8437002000202|EN|1\nPIALIN|SA|V9\nIMDLIN|F|||Té\nQTYLIN|21|12|CS\nQTYLIN|192|1\nPRILIN|AAB|3\nPRILIN|AAA|2.5\nMOARES|30||||36.3\nCNTRES|2|1\n"
)


def idoc_row(name: str, **said: str) -> str:
    """One record of a flat IDoc, each field in its place."""
    known = layout.CONTROL if name == "EDI_DC40" else layout.SEGMENTS[name.removeprefix("E2")]
    body = ""
    for field, start, end in known:
        body = body.ljust(start) + said.get(field, "")[: end - start].ljust(end - start)
    if name == "EDI_DC40":
        return ("EDI_DC40".ljust(10) + body[10:]).rstrip()
    return name.ljust(30) + "800" + "0000000000000001" + "000001" + "000000" + "01" + body.rstrip()


def idoc(*rows: str, message: str = "ORDERS", **control: str) -> str:
    return (
        "\n".join(
            [
                idoc_row(
                    "EDI_DC40", DOCNUM="0000000000000001", IDOCTYP="ORDERS05", MESTYP=message, SNDPRN="KUNDE", **control
                ),
                *rows,
            ]
        )
        + "\n"
    )


IDOC_ROWS = (
    idoc_row("E2EDK01", CURCY="EUR", BELNR="4711"),
    idoc_row("E2EDK03", IDDAT="012", DATUM="20261119"),
    idoc_row("E2EDK03", IDDAT="002", DATUM="20261201"),
    idoc_row("E2EDKA1", PARVW="AG", PARTN="1000", NAME1="Käufer AG", LAND1="DE", ILNNR="5412345000013"),
    idoc_row("E2EDKA1", PARVW="WE", PARTN="1001", NAME1="Lager", STRAS="Weg 1", ORT01="Ulm", PSTLZ="89073", LAND1="DE"),
    idoc_row("E2EDK02", QUALF="001", BELNR="PO1", DATUM="20261118"),
    idoc_row("E2EDP01", POSEX="000010", MENGE="48.000", MENEE="PCE", VPREI="12.50", PEINH="1", NETWR="600.00"),
    idoc_row("E2EDP20", WMENG="48.000", EDATU="20261202"),
    idoc_row("E2EDP19", QUALF="001", IDTNR="B9", KTEXT="Tee"),
    idoc_row("E2EDP19", QUALF="002", IDTNR="V9"),
    idoc_row("E2EDP19", QUALF="003", IDTNR="8437002000202"),
    idoc_row("E2EDS01", SUMID="002", SUMME="600.00", SUNIT="EUR"),
)


def _gtin(rng: Random) -> str:
    body = "".join(rng.choice("0123456789") for _ in range(12))
    return body + identifiers.check_digit(body)


def _name(rng: Random) -> str:
    return "".join(rng.choice("ABCDEFGHIJ KLMNOP.-") for _ in range(rng.randint(3, 20))).strip(" .-") or "X"


def generate(rng: Random, *, kind: str | None = None) -> bytes:
    """A valid file of one of the three, with a few orders."""
    kind = kind or rng.choice(("tradacoms", "idoc", "ediversa"))
    return {"tradacoms": _tradacoms, "idoc": _idoc, "ediversa": _ediversa}[kind](rng).encode()


def _tradacoms(rng: Random) -> str:
    messages = [["MHD=1+ORDHDR:9", "TYP=0430", "SDT=5000000000029:V1", "CDT=5000000000012", "FIL=1+1+261120"]]
    orders = rng.randint(1, 3)
    for number in range(2, orders + 2):
        lines = [
            f"OLD={place}+{_gtin(rng)}+++{rng.randint(1, 48)}+{rng.randint(1, 99)}+{rng.randint(1, 99999)}"
            for place in range(1, rng.randint(2, 6))
        ]
        messages.append(
            [
                f"MHD={number}+ORDERS:9",
                "CLO=5000000000036",
                f"ORD=PO{number}::261119",
                "DIN=261201",
                *lines,
                f"OTR={len(lines)}",
            ]
        )
    messages.append([f"MHD={orders + 2}+ORDTLR:9", f"OFT={orders}"])
    text = "STX=ANAA:1+5000000000012:BUYER LTD+5000000000029+261120:1030+R77++ORDHDR'\n"
    for message in messages:
        text += "".join(f"{segment}'\n" for segment in [*message, f"MTR={len(message) + 1}"])
    return text + f"END={len(messages)}'\n"


def _idoc(rng: Random) -> str:
    text = ""
    for _ in range(rng.randint(1, 3)):
        rows = list(IDOC_ROWS[:6])
        for place in range(1, rng.randint(2, 6)):
            quantity, price = rng.randint(1, 99), rng.randint(1, 999)
            rows.append(
                idoc_row(
                    "E2EDP01",
                    POSEX=f"{place * 10:06d}",
                    MENGE=f"{quantity}.000",
                    MENEE="PCE",
                    VPREI=f"{price}.00",
                    NETWR=f"{quantity * price}.00",
                )
            )
            rows.append(idoc_row("E2EDP19", QUALF="003", IDTNR=_gtin(rng), KTEXT=_name(rng)))
        text += idoc(*rows)
    return text


def _ediversa(rng: Random) -> str:
    text = ""
    for number in range(rng.randint(1, 3)):
        text += f"ORDERS_D_93A_UN_EAN007\r\nORD|PO{number}|220\r\nDTM|20261119|20261201\r\n"
        text += f"NADBY|5412345000013||||{_name(rng)}\r\nCUX|EUR|9\r\n"
        for place in range(1, rng.randint(2, 6)):
            text += f"LIN|{_gtin(rng)}|EN|{place}\r\nIMDLIN|F|||{_name(rng)}\r\n"
            text += f"QTYLIN|21|{rng.randint(1, 99)}\r\nPRILIN|AAA|{rng.randint(1, 99)}\r\n"
    return text
