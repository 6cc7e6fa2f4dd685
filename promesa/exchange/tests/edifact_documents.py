"""Documents and interchanges by chance, for tests: neutral documents that EDIFACT can say, and valid ORDERS files."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from promesa.core.identifiers import with_check_digit
from promesa.exchange.formats.neutral import (
    Allowance,
    Envelope,
    Lot,
    NeutralDocument,
    NeutralLine,
    Package,
    Party,
    Payment,
    Reported,
    Tax,
    Window,
)  # fmt: skip

# Text of documents: letters of western Europe and the service characters themselves, which must come through.
TEXT = "abcdefghijklmnñopqrstuvwxyzABCDEFGHIJKLMNÑOPQRSTUVWXYZ0123456789áéíóúüç.,-/()&%€?+:'\""
words = st.text(alphabet=TEXT, min_size=1, max_size=9)
texts = st.lists(words, min_size=1, max_size=5).map(" ".join)
codes = st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-/?+:'", min_size=1, max_size=14)
days = st.dates(date(2001, 1, 1), date(2068, 12, 28))
moments = st.datetimes(datetime(2001, 1, 1), datetime(2068, 12, 28)).map(  # noqa: DTZ001
    lambda one: one.replace(second=0, microsecond=0, hour=one.hour or 8)
)
amounts = st.decimals(Decimal("0.01"), Decimal("9999999.99"), places=2, allow_nan=False)
quantities = st.decimals(Decimal("0.001"), Decimal(999999), places=3, allow_nan=False)
rates = st.sampled_from([Decimal(0), Decimal(4), Decimal(10), Decimal("21"), Decimal("5.2")])
digits = st.text(alphabet="0123456789", min_size=11, max_size=11)
gtins = digits.map(lambda body: with_check_digit("8" + body + "0"))
glns = gtins
ssccs = st.text(alphabet="0123456789", min_size=17, max_size=17).map(lambda body: with_check_digit(body + "0"))
maybe = st.none


def windows():
    def between(first, length):
        return Window(first, first + timedelta(days=length))

    return st.builds(between, days, st.integers(0, 9)) | moments.map(lambda one: Window(one, one))


def parties():
    return st.builds(
        lambda gln, name, street, city, country, tax_id, contact, email: Party(
            gln=gln, code=gln, agency="9", name=name, street=street, city=city, postcode="28001", country=country, tax_id=tax_id,
            contact=contact, email=email,
        ),
        glns, texts.map(lambda one: one[:35].strip() or "A"), words, words, st.sampled_from(["ES", "PT", "CO"]), codes,
        words, st.just("a+b@example.com"),
    )  # fmt: skip


def allowances():
    return st.builds(
        Allowance, charge=st.booleans(), amount=amounts, base=maybe() | amounts, percent=maybe() | rates, reason=maybe() | words,
        reason_code=st.sampled_from(["TD", "FC", "ABH"]), tax_category=st.just("S"), tax_rate=rates,
    )  # fmt: skip


@st.composite
def lines(draw, kind):
    count = draw(st.integers(1, 5))
    return tuple(draw(_line(kind, str(place))) for place in range(1, count + 1))


@st.composite
def _line(draw, kind, number):
    quantity = draw(quantities)
    unit = draw(st.sampled_from([None, "PCE", "CS", "KGM"]))
    text = draw(texts)
    said = {
        "line_number": number, "gtin": draw(maybe() | gtins), "seller_code": draw(codes), "buyer_code": draw(maybe() | codes),
        "text": text, "quantity": quantity, "quantity_received": format(quantity, "f"),
        "unit_code": unit, "unit_received": unit if kind == "order" else None,
    }  # fmt: skip
    if kind != "despatch_advice":
        said |= {"price": draw(amounts), "price_kind": "net", "amount": draw(amounts)}
        said["price_basis"] = draw(st.sampled_from([None, Decimal(100)]))
    if kind in ("order", "order_response", "despatch_advice"):
        said["requested"] = draw(maybe() | windows())
        said["notes"] = tuple(draw(st.lists(texts, max_size=2)))
    if kind == "order_response":
        said["response"] = draw(st.sampled_from(["accepted", "changed", "rejected", None]))
        said["promised"] = draw(maybe() | windows())
        said["quantities"] = {"ordered": quantity} | draw(st.sampled_from([{}, {"back_ordered": Decimal(2)}]))
        said |= {"reason_code": draw(st.sampled_from([None, "NP"])), "reason": draw(maybe() | texts)}
    if kind == "despatch_advice":
        said["quantities"] = {"despatched": quantity} | draw(st.sampled_from([{}, {"ordered": Decimal(7)}]))
        lots = st.builds(Lot, number=codes, expires_on=maybe() | days, quantity=maybe() | quantities)
        said["lots"] = tuple(draw(st.lists(lots, max_size=2, unique_by=lambda one: one.number)))
        said["references"] = {"order": draw(codes)}
    if kind in ("invoice", "credit_note"):
        said |= {"tax_category": "S", "tax_rate": draw(rates), "description": draw(maybe() | texts)}
        said["allowances"] = tuple(draw(st.lists(allowances(), max_size=2)))
        said |= {"gross_price": draw(maybe() | amounts), "origin_country": draw(st.sampled_from([None, "ES"]))}
        said["attributes"] = draw(st.sampled_from([None, {"Color": "rojo: vivo"}]))
    return NeutralLine(**said)


@st.composite
def documents(draw, kind):
    """A document of a kind that EDIFACT can say whole."""
    said = {
        "format": "edifact", "kind": kind, "number": draw(codes), "issued_on": draw(days), "currency": "EUR", "function": "original",
        "parties": {"buyer": draw(parties()), "seller": draw(parties()), "ship_to": Party(gln="5412345000020", code="5412345000020",
                                                                                      agency="9")},
        "references": draw(st.sampled_from([{}, {"order": "P?O'1"}, {"order": "A", "contract": "C+7"}])),
        "envelope": Envelope("5412345000013", "8437002000011", "R?1", "M1"), "lines": draw(lines(kind)),
        "notes": tuple(draw(st.lists(texts, max_size=2))),
    }  # fmt: skip
    if kind != "despatch_advice":
        said["totals"] = {"lines": draw(amounts)}
    if kind == "order":
        said["requested"] = draw(maybe() | windows())
    if kind == "order_response":
        said |= {"response": draw(st.sampled_from(["accepted", "changed", "rejected"])), "type_code": "231"}
        said["function"] = {"accepted": "29", "changed": "change", "rejected": "27"}[said["response"]]
    if kind == "despatch_advice":
        said |= {
            "type_code": "351",
            "promised": draw(maybe() | windows()),
            "despatched_on": draw(maybe() | days),
            "currency": None,
        }
        said["packages"] = draw(packages())
        held = [one.number for one in said["packages"]]
        for place, line in enumerate(said["lines"]):
            line.package = held[place % len(held)] if held and place % 2 else None
        said["lines"] = tuple(sorted(said["lines"], key=lambda one: held.index(one.package) if one.package else -1))
    if kind in ("invoice", "credit_note"):
        said |= {
            "type_code": "381" if kind == "credit_note" else "380", "due_on": draw(maybe() | days), "terms": draw(maybe() | texts),
            "delivered_on": draw(maybe() | days), "allowances": tuple(draw(st.lists(allowances(), max_size=2))),
            "taxes": tuple(draw(st.lists(st.builds(Tax, category=st.just("S"), rate=rates, base=amounts, amount=amounts,
                                                   kind=st.just("VAT")), max_size=2))),
            "payments": draw(st.sampled_from([(), (Payment(code="30", account="ES91 2100", bank="CAIXESBB", quote="F 1"),)])),
            "profile": draw(st.sampled_from([{}, {"process": "P1", "customization": "urn:cen.eu:en16931:2017"}])),
            "preceding": draw(st.sampled_from([(), ({"number": "F?0", "issued_on": date(2026, 1, 2)},)])),
        }  # fmt: skip
        said["totals"] = {"lines": draw(amounts), "tax": draw(amounts), "payable": draw(amounts)}
        if said["preceding"]:
            said["references"] = {**said["references"], "invoice": "F?0"}
    return NeutralDocument(**said)


@st.composite
def packages(draw):
    count = draw(st.integers(0, 3))
    found = []
    for place in range(count):
        weight = draw(maybe() | quantities)
        found.append(
            Package(
                number=str(10 + place), sscc=draw(ssccs), kind=draw(st.sampled_from([None, "201", "CT"])),
                count=draw(st.sampled_from([None, Decimal(1)])), within="10" if place else None, weight=weight,
                weight_unit=None if weight is None else "KGM",
            )
        )  # fmt: skip
    return tuple(found)


@st.composite
def acknowledgements(draw):
    reports = st.builds(
        Reported, code=st.sampled_from(["301", "12", "ABC"]), text=maybe() | texts, where=maybe() | st.sampled_from(["ON 77", "Línea"]),
        line=maybe() | st.sampled_from(["1", "20"]),
    )  # fmt: skip
    return NeutralDocument(
        format="edifact", kind="acknowledgement", number=draw(codes), issued_on=draw(days), type_code="313", function="27",
        response="rejected", references={"order": "P1", "acknowledged": "P1"}, parties={"buyer": draw(parties())},
        reported=tuple(draw(st.lists(reports, min_size=1, max_size=3))), envelope=Envelope("A", "B", "1", "1"),
    )  # fmt: skip


def generate(rng: random.Random) -> bytes:
    """A valid interchange of one to three orders, each time another: separators, characters, segments, releases."""
    component, element, release, terminator = rng.choice([":+?'", ":+?'", ":+?'", "|*#~", "<>!\n"])
    mark = rng.choice(".,")
    text = [f"UNA{component}{element}{mark}{release} {terminator}"]
    syntax, encoding = rng.choice([("UNOC", "iso8859_1"), ("UNOY", "utf-8"), ("UNOA", "ascii")])
    between = "" if terminator == "\n" else rng.choice(["", "\n", "\r\n"])
    segments = [["UNB", [syntax, "3"], "A", "B", ["261120", "1000"], "7"]]
    count = rng.randint(1, 3)
    for number in range(1, count + 1):
        message = _message(rng, number, mark, plain=syntax == "UNOA")
        segments += [*message, ["UNT", str(len(message) + 1), str(number)]]
    segments.append(["UNZ", str(count), "7"])

    def said(value: object) -> str:
        if isinstance(value, list):
            return component.join(said(one) for one in value)
        return "".join(
            release + char if char in component + element + release + terminator else char for char in str(value)
        )

    text += [element.join(said(one) for one in segment) + terminator + between for segment in segments]
    return "".join(text).encode(encoding)


def _message(rng: random.Random, number: int, mark: str, *, plain: bool) -> list[list[object]]:
    words_ = (
        ["Aceite", "5 L", "A+B", "10:30", "¿Sí?", "D'Or", "*", "~", "100 %"]
        if not plain
        else ["Aceite", "5 L", "A+B", "10:30"]
    )

    def number_(value: Decimal) -> str:
        return format(value, "f").replace(".", mark)

    segments: list[list[object]] = [
        ["UNH", str(number), ["ORDERS", "D", rng.choice(["96A", "93A", "01B"]), "UN"]],
        ["BGM", "220", f"PO{rng.randrange(10**6)}", "9"],
        ["DTM", ["137", "20261120", "102"]],
        ["DTM", ["2", "20261124", "102"]],
        ["NAD", "BY", [with_check_digit("5412345000010"), "", "9"], "", rng.choice(words_)],
    ]
    count = rng.randint(1, 6)
    for place in range(1, count + 1):
        item: list[object] = [with_check_digit(f"8{rng.randrange(10**11):011}0"), rng.choice(["EN", "SRV"])]
        segments.append(["LIN", str(place), "", item] if rng.random() < 0.7 else ["LIN", str(place)])
        if rng.random() < 0.6 or len(segments[-1]) == 2:
            segments.append(
                ["PIA", rng.choice("15"), [rng.choice(words_), "SA"], *([["B7", "IN"]] if rng.random() < 0.5 else [])]
            )
        if rng.random() < 0.6:
            segments.append(["IMD", "F", "", ["", "", "", rng.choice(words_), rng.choice(["", *words_])]])
        segments.append(
            [
                "QTY",
                [
                    "21",
                    number_(Decimal(rng.randint(1, 9999)) / rng.choice([1, 10, 100])),
                    rng.choice(["PCE", "CS", ""]),
                ],
            ]
        )
        if rng.random() < 0.3:
            segments.append(["DTM", ["2", f"202612{rng.randint(1, 28):02}", "102"]])
        amount, price = Decimal(rng.randint(1, 10**6)) / 100, Decimal(rng.randint(1, 10**5)) / 100
        money: list[list[object]] = [
            ["MOA", ["203", number_(amount)]],
            ["PRI", ["AAA", number_(price), "", "NTP", rng.choice(["", "1", "100"])]],
        ]
        segments += rng.choice(
            [money, money[::-1], money[:1], money[1:], [money[1], ["PRI", ["AAB", number_(price + 1)]]], []]
        )
        if rng.random() < 0.2:
            segments.append(["FTX", "AAI", "", "", [rng.choice(words_)]])
    return [*segments, ["UNS", "S"], ["CNT", ["2", str(count)]]]
