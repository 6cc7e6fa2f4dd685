"""The code lists of ANSI X12 that readers and writers need."""

from __future__ import annotations

# Transaction sets: the kind of document, and the functional group that must carry it (GS01).
SETS = {
    "850": ("order", "PO"),
    "860": ("order_change", "PC"),
    "855": ("order_response", "PR"),
    "856": ("despatch_advice", "SH"),
    "810": ("invoice", "IN"),
    "820": ("remittance_advice", "RA"),
    "997": ("acknowledgement", "FA"),
    "999": ("acknowledgement", "FA"),
}
USUAL_VERSIONS = frozenset(
    ["003010", "003020", "003030", "003040", "003050", "003060", "003070"]
    + [f"004{step:02d}0" for step in range(1, 7)]
    + [f"005{step:02d}0" for step in range(1, 6)]
    + [f"00{major}0{step}0" for major in (6, 7, 8) for step in range(1, 7)]
)

# Element 353, the purpose of a set.
FUNCTIONS = {
    "00": "original",
    "01": "cancel",
    "02": "addition",
    "03": "deletion",
    "04": "change",
    "05": "replace",
    "06": "confirmation",
    "07": "duplicate",
    "13": "request",
    "15": "additional",
    "18": "original",
    "22": "copy",
    "24": "provisional",
}
CHANGING = frozenset({"addition", "deletion", "change", "replace"})
COPIES = frozenset({"duplicate", "copy"})
FUNCTION_CODES = {
    "original": "00", "cancel": "01", "addition": "02", "deletion": "03", "change": "04", "replace": "05",
    "confirmation": "06", "duplicate": "07", "request": "13", "additional": "15", "copy": "22", "provisional": "24",
}  # fmt: skip

# Element 92 as UNCL1001 has it: kinds of order.
ORDER_TYPES = {"SA": "220", "NE": "220", "RO": "224", "RL": "226", "BK": "221", "BE": "221", "CN": "227", "SP": "228"}
# Element 640: kinds of invoice.
INVOICE_KINDS = {"CR": "credit_note", "CN": "credit_note", "DR": "debit_note"}
INVOICE_TYPES = {"invoice": "380", "credit_note": "381", "debit_note": "383"}
INVOICE_CODES = {"invoice": "DI", "credit_note": "CR", "debit_note": "DR"}

# Element 98: parties.
ROLES = {
    "BY": "buyer",
    "OB": "ordered_by",
    "SO": "sold_to",
    "SE": "seller",
    "SU": "seller",
    "VN": "seller",
    "ST": "ship_to",
    "DA": "ship_to",
    "BT": "invoicee",
    "SF": "ship_from",
    "RI": "payee",
    "RE": "payee",
    "PE": "payee",
    "PR": "payer",
    "MF": "manufacturer",
    "CA": "carrier",
    "CS": "consolidator",
    "CN": "consignee",
    "UC": "ultimate_consignee",
    "MA": "ultimate_customer",
    "Z7": "mark_for",
    "SN": "store",
    "WH": "warehouse",
    "AK": "acknowledgement_to",
    "FR": "message_sender",
    "TO": "message_receiver",
    "RS": "receiver",
}
ROLE_CODES = {
    "buyer": "BY", "ordered_by": "OB", "sold_to": "SO", "seller": "SE", "ship_to": "ST", "invoicee": "BT",
    "ship_from": "SF", "payee": "RI", "payer": "PR", "manufacturer": "MF", "carrier": "CA", "consolidator": "CS",
    "consignee": "CN", "ultimate_consignee": "UC", "ultimate_customer": "MA", "mark_for": "Z7", "store": "SN",
    "warehouse": "WH", "acknowledgement_to": "AK", "message_sender": "FR", "message_receiver": "TO", "receiver": "RS",
}  # fmt: skip

# Element 66, who gave a party's code, as UNCL3055 names agencies: GS1, Dun & Bradstreet, buyer, seller.
GLN, TAX_CODES = "UL", frozenset({"FI", "24", "34"})
AGENCIES = {"UL": "9", "1": "16", "9": "16", "92": "92", "91": "91"}

# Element 128: references.
REFERENCES = {
    "PO": "order",
    "ON": "order",
    "CO": "order",
    "VN": "seller_order",
    "IL": "internal_order",
    "CR": "customer",
    "BL": "blanket_order",
    "BO": "blanket_order",
    "CT": "contract",
    "PD": "promotion",
    "PL": "price_list",
    "IV": "invoice",
    "DP": "department",
    "IA": "vendor",
    "BM": "bill_of_lading",
    "CN": "carrier_reference",
    "PK": "packing_list",
    "SI": "despatch_advice",
    "RV": "receipt_advice",
    "TN": "document",
    "LI": "order_line",
}
REFERENCE_CODES = {
    "order": "PO", "seller_order": "VN", "internal_order": "IL", "customer": "CR", "blanket_order": "BL", "contract": "CT",
    "promotion": "PD", "price_list": "PL", "invoice": "IV", "department": "DP", "vendor": "IA", "bill_of_lading": "BM",
    "carrier_reference": "CN", "packing_list": "PK", "despatch_advice": "SI", "receipt_advice": "RV", "order_line": "LI", "document": "TN",
}  # fmt: skip
PARTY_TAX_REFERENCES = frozenset({"TJ", "GT", "VX", "FI", "EI"})

# Element 235: whose code an item's code is.
GTIN_TYPES = frozenset({"UP", "EN", "EO", "UK", "UX", "GU", "GTIN"})
UNCLOSED_TYPES = frozenset({"UA", "UI"})  # GTIN without their check digit: 2-5-5 and 1-5-5
SELLER_TYPES = frozenset({"VN", "VP", "VC"})
BUYER_TYPES = frozenset({"IN", "BP", "PI", "CB"})
ITEM_FIELDS = {
    **dict.fromkeys(GTIN_TYPES, "gtin"),
    **dict.fromkeys(SELLER_TYPES, "seller_code"),
    **dict.fromkeys(BUYER_TYPES, "buyer_code"),
}
GTIN_CODE = {8: "EO", 12: "UP", 13: "EN", 14: "UK"}

# Element 639: what a price is, and of how many units. Retail prices say nothing about what will be paid.
PRICE_BASES = {
    **dict.fromkeys(["PN"], 10),
    **dict.fromkeys(["PD", "LD", "TD", "WD", "RD"], 12),
    **dict.fromkeys(["HP", "LC", "QH", "TC", "WC", "RC", "HF"], 100),
    **dict.fromkeys(["TP", "LM", "QS", "TM", "WM", "RM", "TF"], 1000),
    "TT": 10_000,
    "HT": 100_000,
}
INFORMATIVE_PRICES = frozenset({"SR", "RT", "RE", "RD", "RC", "RM", "RS", "MR", "MS"})
GROSS_PRICES = frozenset({"BD", "CA", "LC", "LD", "LE", "LM", "ST"})
BASIS_CODES = {10: "PN", 12: "PD", 100: "HP", 1000: "TP", 10_000: "TT", 100_000: "HT"}

# Element 355 where it isn't the code of Recommendation 20 (or of 21, for packages).
UNITS = {
    "BA": "XBL", "BC": "XBJ", "BD": "XBE", "BR": "XBA", "BS": "XBK", "CA": "CS", "CC": "CMQ", "CF": "FTQ", "CI": "INQ",
    "CM": "CMT", "CN": "CA", "CR": "MTQ", "CW": "CWA", "CY": "YDQ", "DA": "DAY", "DZ": "DZN", "EV": "XEN", "FO": "OZA",
    "FT": "FOT", "GA": "GLL", "GR": "GRM", "GS": "GRO", "HR": "HUR", "HU": "CEN", "IN": "INH", "JU": "XJG", "KE": "XKG",
    "KG": "KGM", "LB": "LBR", "LO": "LOT", "LT": "LTR", "ME": "MGM", "ML": "MLT", "MM": "MMT", "MO": "MON", "MP": "TNE",
    "MR": "MTR", "OZ": "ONZ", "PA": "XPL", "PC": "C62", "PF": "PX", "PH": "PK", "PL": "PX", "PN": "LBR", "PT": "PTI",
    "QT": "QTI", "RE": "XRL", "RL": "RO", "SF": "FTK", "SI": "INK", "SM": "MTK", "ST": "SET", "SV": "XSI", "SY": "YDK",
    "TB": "XTU", "TH": "MIL", "TN": "STN", "UN": "C62", "VI": "XVI", "WK": "WEE", "YD": "YRD", "YR": "ANN",
}  # fmt: skip
SAME_UNITS = frozenset({
    "EA", "BX", "CT", "BG", "BO", "CS", "DR", "PK", "PR", "SET", "KT", "JR", "TY", "C62", "H87", "KGM", "LTR", "GRM", "MTR",
    "DZN", "PX", "AS", "CX", "LF", "SH", "TE", "TK", "P1", "AV",
})  # fmt: skip
UNIT_CODES = {
    "CS": "CA", "CA": "CN", "C62": "EA", "H87": "EA", "DZN": "DZ", "KGM": "KG", "GRM": "GR", "LTR": "LT", "MTR": "MR",
    "PX": "PL", "RO": "RL", "SET": "ST", "LBR": "LB", "ONZ": "OZ", "GLL": "GA", "HUR": "HR", "DAY": "DA", "MON": "MO",
    "MTK": "SM", "MTQ": "CR", "CMT": "CM", "MMT": "MM", "MLT": "ML", "TNE": "MP", "FOT": "FT", "INH": "IN", "YRD": "YD",
    "PCE": "EA", "FTK": "SF", "FTQ": "CF", "CEN": "HU", "MIL": "TH", "GRO": "GS", "STN": "TN",
}  # fmt: skip

# Element 668: what is answered to a line, and the quantity that it speaks of.
RESPONSES = {
    **dict.fromkeys(["IA", "AA", "AC", "AR", "AK", "IE", "SP"], "accepted"),
    **dict.fromkeys(["IB", "IC", "IP", "IQ", "IS", "DR", "BP"], "changed"),
    **dict.fromkeys(["ID", "IR", "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9"], "rejected"),
}
HOLDS = frozenset({"IF", "IH", "IW"})
ANSWERED = {"accepted": "accepted", "changed": "accepted", "rejected": "rejected"}
# Element 587: what is answered to an order.
ACKNOWLEDGEMENTS = {
    **dict.fromkeys(["AD", "AK", "AT", "AP", "AS"], "accepted"),
    **dict.fromkeys(["AC", "AE"], "changed"),
    **dict.fromkeys(["RJ", "RD", "RF", "RO"], "rejected"),
    **dict.fromkeys(["AH"], "received"),
}
ACKNOWLEDGEMENT_CODES = {"accepted": "AD", "changed": "AC", "rejected": "RD", "received": "AH"}
# Elements 715 and 717: what is answered to a group and to a set.
GROUP_RESPONSES = {
    "A": "accepted",
    "E": "accepted",
    "P": "changed",
    "R": "rejected",
    "M": "rejected",
    "W": "rejected",
    "X": "rejected",
}

# Element 1300: charges that are taxes.
TAX_CHARGES = {
    "D360": "GST", "D380": "GST", "F680": "VAT", "H610": "SALES", "H620": "SALES", "H630": "SALES", "H640": "EXCISE",
    "H650": "SALES", "H660": "SALES", "H670": "SALES", "H680": "SALES", "H690": "SALES", "H700": "SALES", "H710": "SALES",
    "H720": "SALES", "H730": "SALES", "H740": "SALES", "H750": "SALES", "H770": "SALES", "H780": "SALES", "H790": "SALES",
    "H850": "SALES", "I260": "VAT",
}  # fmt: skip
# Element 963 as the tax itself.
TAX_KINDS = {
    "GS": "GST",
    "VA": "VAT",
    "ST": "SALES",
    "LS": "SALES",
    "SP": "SALES",
    "CS": "SALES",
    "EX": "EXCISE",
    "CG": "GST",
}
TAX_KIND_CODES = {"GST": "GS", "VAT": "VA", "SALES": "ST", "EXCISE": "EX"}

# Element 591 as UNCL4461: means of payment (a debit of an account is another).
MEANS = {"ACH": "2", "FWT": "30", "CHK": "20", "BOP": "30", "SWT": "30", "NON": "1"}

CHANGES = {
    "AI": "add", "DI": "delete", "NC": "concurrent", "CA": "change", "CB": "change", "CC": "change", "CE": "change",
    "CF": "change", "CG": "change", "CH": "change", "CI": "change", "CT": "change", "DR": "change", "PC": "change",
    "PQ": "change", "PR": "change", "QD": "change", "QI": "change", "RA": "change", "RB": "change", "RC": "change",
    "RE": "replace", "RM": "change", "RQ": "change", "RS": "change", "RZ": "replace", "TI": "change",
}  # fmt: skip

# PID02 (element 750): what is described other than the item by its name.
ATTRIBUTES = {
    "35": "color", "73": "color", "75": "color", "74": "size", "91": "size", "92": "size", "88": "brand", "BND": "brand",
    "MOD": "model", "TRN": "trade_name",
}  # fmt: skip

KNOWN_TAGS = frozenset(
    """
    AAA ACD ACK ACT ADJ ADV ADX AIN AK1 AK2 AK3 AK4 AK5 AK6 AK7 AK8 AK9 AMT ARM ASI ASM ATH BAA BAK BAL BCH BCA BCT BDS BEG BGN
    BHT BIG BLR BMS BNR BPR BSN BSR CAD CAS CDD CED CID CLD CN1 CRC CSH CTB CTP CTT CTX CUR CV1 DAM DED DEX DFI DIS DL DLM
    DLV DMG DTM DTP EFI EMP ENT EQD ER ERI ETD FA1 FA2 FAC FOB FSA FST G01 G05 G17 G35 G53 G61 G62 G66 G68 G69 G70 G72 G73 GE
    GRI GS H1 HD HL HSD IC ICH IEA IK3 IK4 IK5 IN1 INC INS ISA ISR ISS IT1 IT3 IT8 ITA ITD JIL JIT K1 K2 K3 L0 L1 L10 L11 LCD
    LDT LE LEP LFH LH1 LIN LM LOC LP LQ LS LUI LX M7 MAN MEA MIT MPP MSG MTX N1 N11 N2 N3 N4 N5 N7 N8 N9 NM1 NTE NX1 NX2 OID
    ORG PAD PAL PAM PAY PCT PD PER PID PIN PKG PKL PO1 PO3 PO4 POC POD PRF PRR PS PSC PSD PWK QTY R1 R2 R4 RCD RDM REF RET RIC
    RMR RPA RTE RYL SAC SC SCA SCH SCM SCN SDP SDQ SE SHR SI SLN SN1 SPE SPI SPR SPY SSS ST STA STC SUM SVA SVC SW TA1 TAX TBI
    TC2 TCD TD1 TD3 TD4 TD5 TDS TED TFS TIS TMD TRN TSD TST TSU TXI TXP UIT V1 VEH W01 W12 W20 XH XPO XQ YNQ
    """.split()  # noqa: SIM905
)
