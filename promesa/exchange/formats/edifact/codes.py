"""The code lists that readers need: message types, parties, quantities, prices, amounts, references."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

KINDS = {
    "ORDERS": "order",
    "ORDCHG": "order_change",
    "ORDRSP": "order_response",
    "DESADV": "despatch_advice",
    "RECADV": "receipt_advice",
    "INVOIC": "invoice",
    "REMADV": "remittance_advice",
    "APERAK": "acknowledgement",
    "CONTRL": "acknowledgement",
    "PRICAT": "price_catalogue",
    "REQOTE": "quotation_request",
    "SLSRPT": "sales_report",
}
INVOICE_KINDS = {
    "381": "credit_note",
    "83": "credit_note",
    "396": "credit_note",
    "383": "debit_note",
    "84": "debit_note",
}
READ_DIRECTORIES = frozenset(
    {"911", "912", "921", "90.1", "901"}
    | {f"{year:02}{half}" for year in (*range(93, 100), *range(25)) for half in "AB"}
)

FUNCTIONS = {
    "1": "cancel",
    "2": "addition",
    "3": "deletion",
    "4": "change",
    "5": "replace",
    "6": "confirmation",
    "7": "duplicate",
    "9": "original",
    "13": "request",
    "16": "proposed",
    "31": "copy",
    "42": "confirmation",
    "43": "additional",
    "46": "provisional",
}
CHANGING = frozenset({"addition", "deletion", "change", "replace"})
COPIES = frozenset({"duplicate", "copy"})

ROLES = {
    "BY": "buyer",
    "OB": "ordered_by",
    "SU": "seller",
    "SE": "seller",
    "SR": "sales_agent",
    "DP": "ship_to",
    "ST": "ship_to",
    "CN": "consignee",
    "IV": "invoicee",
    "BT": "invoicee",
    "ITO": "invoicee",
    "PR": "payer",
    "PE": "payee",
    "LC": "tax_representative",
    "RE": "payee",
    "SCO": "legal_seller",
    "BCO": "legal_buyer",
    "II": "invoicer",
    "GC": "goods_custodian",
    "UC": "ultimate_consignee",
    "UD": "ultimate_customer",
    "SN": "store",
    "SF": "ship_from",
    "CA": "carrier",
    "FW": "forwarder",
    "MF": "manufacturer",
    "MS": "message_sender",
    "MR": "message_receiver",
}
PARTY_NUMBERS = {
    "VA": "tax_id",
    "FC": "tax_registration",
    "AHP": "tax_registration",
    "GN": "legal_id",
    "XA": "legal_id",
}

REFERENCES = {
    "ON": "order",
    "CO": "order",
    "VN": "seller_order",
    "CR": "customer",
    "BO": "blanket_order",
    "CT": "contract",
    "PD": "promotion",
    "PL": "price_list",
    "AEP": "project",
    "AHY": "originator",
    "AVE": "object",
    "AOU": "accounting",
    "POR": "order_response",
    "AAJ": "delivery_order",
    "AGO": "acknowledged",
    "RF": "export",
    "AAK": "despatch_advice",
    "DQ": "delivery_note",
    "IV": "invoice",
    "ALO": "receipt_advice",
    "ACW": "previous_message",
    "LI": "line",
}

# Subjects of a free text that say nothing of what it is about.
PLAIN_NOTES = frozenset({"GEN", "AAI", "ZZZ"})

SSCC = frozenset({"BJ", "AW", "SS", "SRV"})
BATCHES = frozenset({"BX", "NB", "BB"})
SERIALS = frozenset({"BN", "SN", "EE"})
WEIGHTS = frozenset({"AAD", "AAB", "G", "AAC", "AAA", "WT"})
# Documents that a reference or a DOC names (code list 1001).
DOCUMENTS = {
    "380": "invoice", "381": "credit_note", "383": "debit_note", "384": "invoice", "389": "invoice", "326": "invoice",
    "220": "order", "230": "order_change", "231": "order_response", "351": "despatch_advice", "632": "receipt_advice",
    "481": "remittance_advice", "83": "credit_note", "84": "debit_note", "396": "credit_note", "270": "delivery_note",
}  # fmt: skip
# Amounts of a remittance by document (code list 5025).
REMITTED = {
    "9": "due", "77": "due", "98": "due", "86": "due", "38": "due", "39": "due", "388": "due", "139": "due", "12": "paid",
    "11": "paid", "138": "paid", "52": "discount", "53": "discount", "165": "deducted", "263": "deducted", "8": "deducted",
    "131": "deducted", "204": "deducted", "124": "tax", "125": "taxable",
}  # fmt: skip
ACKNOWLEDGED = {
    "27": "rejected", "29": "accepted", "44": "accepted", "42": "accepted", "6": "accepted", "34": "changed", "30": "changed",
    "45": "changed", "4": "changed", "12": "rejected",
}  # fmt: skip
ACKNOWLEDGED_BY_NAME = {"312": "received", "313": "rejected", "294": "rejected", "305": "rejected"}
# What CONTRL says is wrong (code list 0085).
SYNTAX_ERRORS = {
    "2": "Syntax version or level not supported", "7": "Interchange recipient not actual recipient", "12": "Invalid value",
    "13": "Missing", "14": "Value not supported in this position", "15": "Not supported in this position",
    "16": "Too many constituents", "17": "No agreement", "18": "Unspecified error", "19": "Invalid decimal notation",
    "20": "Character invalid as service character", "21": "Invalid character(s)", "22": "Invalid service character(s)",
    "23": "Unknown interchange sender", "24": "Too old", "25": "Test indicator not supported", "26": "Duplicate detected",
    "27": "Security function not supported", "28": "References do not match",
    "29": "Control count does not match number of instances received", "30": "Groups and messages or packages mixed",
    "31": "More than one message type in group", "32": "Lower level empty",
    "33": "Invalid occurrence outside message, package or group", "34": "Nesting indicator not allowed",
    "35": "Too many data element or segment repetitions", "36": "Too many segment group repetitions",
    "37": "Invalid type of character(s)", "38": "Missing digit in front of decimal sign", "39": "Data element too long",
    "40": "Data element too short", "41": "Permanent communication network error",
    "42": "Temporary communication network error", "43": "Unknown interchange recipient",
}  # fmt: skip

GTIN_TYPES = frozenset({"EN", "UP", "SRV", "GTIN", "EU"})
SELLER_TYPES = frozenset({"SA", "VN", "VP"})
BUYER_TYPES = frozenset({"IN", "BP"})

ORDERED = "21"
FREE = "192"
QUANTITIES = {
    "12": "despatched",
    "21": "ordered",
    "46": "delivered",
    "47": "invoiced",
    "48": "received",
    "52": "per_pack",
    "53": "minimum",
    "54": "maximum",
    "59": "consumer_units",
    "61": "returned",
    "66": "committed",
    "83": "back_ordered",
    "185": "back_ordered",
    "73": "outstanding",
    "113": "accepted",
    "119": "short",
    "121": "oversupplied",
    "124": "damaged",
    "145": "on_hand",
    "17": "on_hand",
    "153": "sold",
    "194": "accepted",
    "195": "rejected",
    "196": "rejected",
    "192": "free",
}
# The quantity that the lines of each kind are about, where it is not the ordered or invoiced one.
MAIN_QUANTITY = {
    "despatch_advice": "12",
    "receipt_advice": "48",
    "invoice": "47",
    "credit_note": "47",
    "debit_note": "47",
}
# What becomes of a line or of a whole order (code lists 1229 and 1225).
RESPONSES = {
    "4": "accepted", "5": "accepted", "3": "changed", "6": "changed", "9": "changed", "12": "changed", "24": "changed",
    "1": "changed", "2": "rejected", "7": "rejected", "10": "rejected", "11": "rejected",
}  # fmt: skip
DOCUMENT_RESPONSES = {
    "6": "accepted", "29": "accepted", "32": "accepted", "42": "accepted", "44": "accepted", "4": "changed", "5": "changed",
    "30": "changed", "33": "changed", "34": "changed", "36": "changed", "45": "changed", "27": "rejected", "1": "rejected",
    "12": "rejected", "11": "received", "9": "received",
}  # fmt: skip
ANSWERS = frozenset({"order_response", "acknowledgement"})
ACTIONS = {"1": "added", "2": "deleted", "3": "changed", "4": "unchanged"}
SUBSTITUTES = {"2": "substitute", "3": "substitute", "4": "substitute_for"}
REASON_SUBJECTS = frozenset({"AAO", "ACD", "CHG", "LIN", "AAH", "SUR", "ACB", "DEL"})
DIFFERENCES = frozenset({"oversupplied", "short", "damaged", "rejected"})
DISCREPANCIES = {"AC": "oversupplied", "AF": "damaged", "BP": "short", "CP": "short", "AG": "late"}

# Price qualifiers from the best to the worst: net prices, then gross, then for information.
PRICES = {
    "AAA": (0, "net"),
    "NTP": (1, "net"),
    "INV": (1, "net"),
    "CAL": (1, "net"),
    "CON": (2, "net"),
    "AAB": (3, "gross"),
    "GRP": (3, "gross"),
    "AAE": (4, "information"),
    "AAF": (4, "information"),
}
RETAIL_PRICES = frozenset({"SRP", "RTP", "MRP"})

LINE_AMOUNTS = {"203": 0, "66": 1, "38": 2}
LINE_AMOUNT_NAMES = {"124": "tax", "125": "taxable", "161": "sold"}
ALLOWANCE_AMOUNTS = frozenset({"8", "23", "204"})
MAX_CODE = 200
TOTALS = {"lines": ("79",), "tax": ("176", "124"), "payable": ("9", "77", "39", "86", "128", "139", "388")}
# What only invoices say besides, by what EN 16931 and EANCOM call it.
INVOICE_TOTALS = {
    "allowances": ("260",), "charges": ("259",), "taxable": ("389", "125"), "with_tax": ("388", "77", "39"),
    "prepaid": ("113",), "rounding": ("366",), "tax_in_tax_currency": ("2",), "withheld": ("402",),
}  # fmt: skip
DOCUMENT_REFERENCES = frozenset(
    {"ON", "CT", "VN", "AAK", "DQ", "IV", "ALO", "AEP", "AHY", "AVE", "AOU", "PD", "PL", "BO", "AAJ", "CR"}
)
PRECEDING = frozenset({"IV", "OI", "ABT"})


def named_totals(amounts: Mapping[str, Sequence[Decimal]]) -> dict[str, Decimal]:
    """The totals of an invoice, by name; a qualifier that comes several times without its tax says no total."""
    totals: dict[str, Decimal] = {}
    for name, qualifiers in (TOTALS | INVOICE_TOTALS).items():
        for qualifier in qualifiers:
            values = amounts.get(qualifier)
            if values and (len(values) == 1 or qualifier not in ("124", "125")):
                totals[name] = values[0]
                break
    return totals


KNOWN_TAGS = frozenset(
    [
        "ADR",
        "AGR",
        "AJT",
        "ALC",
        "ALI",
        "APR",
        "ARD",
        "ASI",
        "ATT",
        "BGM",
        "BUS",
        "CAV",
        "CCI",
        "CDI",
        "CNT",
        "COD",
        "COM",
        "CPS",
        "CST",
        "CTA",
        "CUX",
        "DGS",
        "DIM",
        "DLI",
        "DLM",
        "DOC",
        "DSI",
        "DTM",
        "EQA",
        "EQD",
        "EQN",
        "ERC",
        "ERP",
        "EVT",
        "FII",
        "FTX",
        "GDS",
        "GIN",
        "GIR",
        "GIS",
        "GOR",
        "HAN",
        "IDE",
        "IMD",
        "IND",
        "INP",
        "IRQ",
        "LAN",
        "LIN",
        "LOC",
        "MEA",
        "MKS",
        "MOA",
        "MSG",
        "MTD",
        "NAD",
        "PAC",
        "PAI",
        "PAT",
        "PCC",
        "PCD",
        "PCI",
        "PGI",
        "PIA",
        "PIT",
        "PRI",
        "PSD",
        "PTY",
        "PYT",
        "QTY",
        "QVA",
        "QVR",
        "RCS",
        "REL",
        "RFF",
        "RNG",
        "RTE",
        "SCC",
        "SCD",
        "SEL",
        "SEQ",
        "SFI",
        "SGP",
        "SPS",
        "STA",
        "STC",
        "STG",
        "STS",
        "TAX",
        "TCC",
        "TDT",
        "TEM",
        "TMD",
        "TOD",
        "TPL",
        "TSR",
        "UCI",
        "UCM",
        "UCS",
        "UCD",
        "UNS",
        "UNE",
        "UNG",
        "UGH",
        "UGT",
        "ICD",
        "RCI",
        "RJL",
        "FNS",
        "GEI",
        "CMP",
    ]
)
ENDS_PARTY = frozenset({"CUX", "TAX", "TOD", "PAT", "ALC", "PAC", "TDT", "CPS", "PCD", "MOA"})
