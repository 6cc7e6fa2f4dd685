"""X12 files for tests: by hand, and any number of valid ones out of a generator of random numbers."""

from random import Random

from promesa.core import identifiers

HEAD = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261120*1000*U*00401*000000007*0*P*>~"
GROUPS = {"850": "PO", "860": "PC", "855": "PR", "856": "SH", "810": "IN", "820": "RA", "997": "FA", "999": "FA"}
ORDER = ("BEG*00*SA*PO1**20261120", "N1*BY*Buyer*92*B1", "PO1*1*5*EA*2.5**UP*036000291452", "CTT*1*5")


def interchange(*segments, kind="850", control="0001", version="004010", count=None):
    """The bytes of one interchange with one set; ST, SE and the rest of the envelope are put around."""
    body = [f"ST*{kind}*{control}", *segments]
    body.append(f"SE*{len(body) + 1 if count is None else count}*{control}")
    return wrapped(body, kind=kind, version=version)


def wrapped(body, *, kind="850", version="004010", sets=1):
    lines = [
        HEAD[:-1],
        f"GS*{GROUPS[kind]}*SENDER*RECEIVER*20261120*1000*7*X*{version}",
        *body,
        f"GE*{sets}*7",
        "IEA*1*000000007",
    ]
    return "".join(line + "~\n" for line in lines).encode()


def order(**said):
    return interchange(*ORDER, **said)


def _gtin(rng: Random) -> str:
    body = "".join(rng.choice("0123456789") for _ in range(rng.choice((11, 12, 13))))
    return body + identifiers.check_digit(body)


def _text(rng: Random, limit: int = 30) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz0123456789 .,-/&'()"
    return "".join(rng.choice(letters) for _ in range(rng.randint(1, limit))).strip() or "X"


def _number(rng: Random) -> str:
    return str(
        rng.choice((rng.randint(1, 9999), f"{rng.randint(0, 99)}.{rng.randint(1, 99)}", f".{rng.randint(1, 9)}"))
    )


def _day(rng: Random) -> str:
    return f"{rng.randint(1990, 2040)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"


def _codes(rng: Random) -> list[str]:
    kind = {12: "UP", 13: "EN", 14: "UK"}
    gtin = _gtin(rng)
    found = [kind[len(gtin)], gtin]
    for qualifier in ("VP", "BP", "SK", "IZ"):
        if rng.random() < 0.4:
            found += [qualifier, _text(rng, 12)]
    return found


def _parties(rng: Random) -> list[str]:
    found = []
    for role in ("BY", "ST", "SE", "BT"):
        if role == "BY" or rng.random() < 0.6:
            found.append(f"N1*{role}*{_text(rng)}*92*{_text(rng, 10)}")
            if rng.random() < 0.5:
                found += [f"N3*{_text(rng)}", f"N4*{_text(rng, 20)}*{_text(rng, 2)}*{rng.randint(10000, 99999)}*US"]
    return found


def _joined(*parts: str) -> str:
    return "*".join(parts)


def _order(rng: Random) -> list[str]:
    found = [_joined("BEG", "00", rng.choice(("SA", "NE", "RL")), _text(rng, 20), "", _day(rng)), *_parties(rng)]
    quantities = []
    for place in range(1, rng.randint(2, 12)):
        quantities.append(rng.randint(1, 999))
        found.append(_joined("PO1", str(place), str(quantities[-1]), rng.choice(("EA", "CA", "LB")), _number(rng),
                             rng.choice(("", "PE", "HP", "SR")), *_codes(rng)))  # fmt: skip
        if rng.random() < 0.6:
            found.append(_joined("PID", "F", "08", "", "", _text(rng)))
        if rng.random() < 0.2:
            found.append(_joined("SAC", rng.choice("AC"), "D240", "", "", str(rng.randint(1, 9999))))
        if rng.random() < 0.3:
            found.append(_joined("DTM", "002", _day(rng)))
    return [*found, f"CTT*{len(quantities)}*{sum(quantities)}"]


def _response(rng: Random) -> list[str]:
    found = [
        _joined(
            "BAK",
            "00",
            rng.choice(("AC", "AD", "RD", "AK")),
            _text(rng, 20),
            _day(rng),
            "",
            "",
            "",
            _text(rng, 12),
            _day(rng),
        )
    ]
    found += [_joined("DTM", "067", _day(rng)), *_parties(rng)]
    count = rng.randint(1, 10)
    for place in range(1, count + 1):
        ordered = rng.randint(1, 500)
        found.append(_joined("PO1", str(place), str(ordered), "EA", _number(rng), "", *_codes(rng)))
        code = rng.choice(("IA", "IB", "IQ", "IR", "R2", "IC", "ID"))
        found.append(_joined("ACK", code, str(rng.randint(0, ordered)), "EA", "067", _day(rng)))
    return [*found, f"CTT*{count}"]


def _despatch(rng: Random) -> list[str]:
    found = [
        _joined("BSN", "00", _text(rng, 20), _day(rng), "0930", "0001"),
        "HL*1**S",
        _joined("DTM", "011", _day(rng)),
        *_parties(rng),
    ]
    level, items = 1, 0
    for _ in range(rng.randint(1, 3)):
        level += 1
        order = level
        found += [f"HL*{order}*1*O", _joined("PRF", _text(rng, 15), "", "", _day(rng))]
        for _ in range(rng.randint(1, 3)):
            level += 1
            parcel = level
            body = "".join(rng.choice("0123456789") for _ in range(17))
            found += [f"HL*{parcel}*{order}*P", f"MAN*GM*00{body}{identifiers.check_digit(body)}"]
            for _ in range(rng.randint(1, 3)):
                level, items = level + 1, items + 1
                found += [
                    f"HL*{level}*{parcel}*I",
                    _joined("LIN", str(items), *_codes(rng)),
                    f"SN1**{rng.randint(1, 99)}*EA**{rng.randint(1, 99)}*EA",
                ]
                if rng.random() < 0.5:
                    found += [f"REF*LT*{_text(rng, 10)}", _joined("DTM", "036", _day(rng))]
    return [*found, f"CTT*{level}"]


def _invoice(rng: Random) -> list[str]:
    found = [
        _joined("BIG", _day(rng), _text(rng, 15), _day(rng), _text(rng, 15)),
        *_parties(rng),
        f"ITD*01*3*****{_day(rng)}"[:30],
    ]
    found[-1] = _joined("ITD", "01", "3", "2", "", "10", _day(rng), "30")
    total = 0
    count = rng.randint(1, 10)
    for place in range(1, count + 1):
        quantity, price = rng.randint(1, 99), rng.randint(1, 99999)
        total += quantity * price
        found += [
            _joined("IT1", str(place), str(quantity), "CA", f"{price / 100:.2f}", "", *_codes(rng)),
            _joined("PID", "F", "08", "", "", _text(rng)),
        ]
    charge = rng.randint(0, 5000)
    return [*found, f"TDS*{total + charge}", f"SAC*C*D240***{charge}", f"CTT*{count}"]


def _remittance(rng: Random) -> list[str]:
    rows = [rng.randint(1, 999999) for _ in range(rng.randint(1, 8))]
    found = [
        _joined(
            "BPR",
            "I",
            f"{sum(rows) / 100:.2f}",
            "C",
            "ACH",
            "CTX",
            "01",
            "053000219",
            "DA",
            "1",
            "2",
            "",
            "01",
            "3",
            "DA",
            "4",
            _day(rng),
        )
    ]
    found += [_joined("TRN", "1", str(rng.randint(1, 10**9))), "N1*PR*Payer*92*P1", "N1*PE*Payee*92*P2"]
    for row in rows:
        found += [_joined("RMR", "IV", _text(rng, 12), "PI", f"{row / 100:.2f}"), _joined("DTM", "003", _day(rng))]
    return found


def _acknowledgement(rng: Random) -> list[str]:
    found = [f"AK1*PO*{rng.randint(1, 999999)}"]
    count = rng.randint(1, 5)
    for place in range(1, count + 1):
        found.append(f"AK2*850*{place:04d}")
        if rng.random() < 0.4:
            found += ["AK3*PO1*9**8", "AK4*2**6*12X", "AK5*R*5"]
        else:
            found.append("AK5*A")
    accepted = sum(1 for one in found if one == "AK5*A")
    answer = "A" if accepted == count else "P" if accepted else "R"
    return [*found, f"AK9*{answer}*{count}*{count}*{accepted}"]


MAKERS = {
    "850": _order, "855": _response, "856": _despatch, "810": _invoice, "820": _remittance, "997": _acknowledgement,
}  # fmt: skip


def generate(rng: Random, *, kind: str | None = None) -> bytes:
    """A valid X12 file: one interchange, one group, a few sets, with any of the separators that are in use."""
    kind = kind or rng.choice(sorted(MAKERS))
    body: list[str] = []
    sets = rng.randint(1, 4)
    for place in range(1, sets + 1):
        inside = MAKERS[kind](rng)
        body += [f"ST*{kind}*{place:04d}", *inside, f"SE*{len(inside) + 2}*{place:04d}"]
    content = wrapped(body, kind=kind, version=rng.choice(("004010", "005010", "003060")), sets=sets)
    element, terminator = rng.choice((("*", "~\n"), ("|", "~"), ("*", "\n"), ("+", "'\r\n"), ("\x1d", "\x1c")))
    text = content.decode()
    if element == "+":
        text = text.replace("'", " ")
    return text.replace("~\n", "\x00").replace("*", element).replace("\x00", terminator).encode()
