"""The code lists that readers need: message types, parties, quantities, prices, amounts, references."""

from __future__ import annotations

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
INVOICE_KINDS = {"381": "credit_note", "83": "credit_note", "396": "credit_note", "383": "debit_note", "84": "debit_note"}
READ_DIRECTORIES = frozenset({"93A", "96A", "96B", "97A", "01A", "01B"})

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
TAX_REFERENCES = ("VA", "GN", "FC", "AHP")

REFERENCES = {
    "ON": "order",
    "CO": "order",
    "VN": "seller_order",
    "CR": "customer",
    "BO": "blanket_order",
    "CT": "contract",
    "PD": "promotion",
    "PL": "price_list",
    "AAK": "despatch_advice",
    "DQ": "delivery_note",
    "IV": "invoice",
    "ALO": "receipt_advice",
    "ACW": "previous_message",
    "LI": "line",
}

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
    "83": "back_ordered",
    "185": "back_ordered",
    "113": "to_be_delivered",
    "194": "accepted",
    "195": "rejected",
    "196": "rejected",
    "192": "free",
    "59": "consumer_units",
    "52": "per_pack",
}
# The quantity that a line of each kind is about.
MAIN_QUANTITY = {"despatch_advice": "12", "receipt_advice": "48", "invoice": "47", "credit_note": "47", "debit_note": "47"}
RESPONSES = {"5": "accepted", "3": "changed", "6": "changed", "7": "rejected", "2": "rejected"}

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

LINE_AMOUNTS = ("203", "66", "38")
TOTALS = {"lines": ("79",), "tax": ("176", "124"), "payable": ("9", "77", "39", "86", "128", "139", "388")}

KNOWN_TAGS = frozenset(
    "ADR AGR AJT ALC ALI APR ARD ASI ATT BGM BUS CAV CCI CDI CNT COD COM CPS CST CTA CUX DGS DIM DLI DLM DOC DSI DTM EQA "
    "EQD EQN ERC ERP EVT FII FTX GDS GIN GIR GIS GOR HAN IDE IMD IND INP IRQ LAN LIN LOC MEA MKS MOA MSG MTD NAD PAC PAI PAT "
    "PCC PCD PCI PGI PIA PIT PRI PSD PTY PYT QTY QVA QVR RCS REL RFF RNG RTE SCC SCD SEL SEQ SFI SGP SPS STA STC STG STS TAX "
    "TCC TDT TEM TMD TOD TPL TSR UCI UCM UCS UCD UNS UNE UNG UGH UGT ICD RCI RJL FNS GEI CMP".split()
)
ENDS_PARTY = frozenset({"CUX", "TAX", "TOD", "PAT", "ALC", "PAC", "TDT", "CPS", "PCD", "MOA"})
