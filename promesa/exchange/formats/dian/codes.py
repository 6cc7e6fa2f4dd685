"""The code lists of DIAN that readers need."""

from __future__ import annotations

# Taxes (13.2.2 of the technical annex) by our names; VAT is IVA.
TAXES = {
    "01": "VAT", "02": "IC", "03": "ICA", "04": "INC", "05": "ReteIVA", "06": "ReteRenta", "07": "ReteICA", "08": "IC%",
    "20": "FtoHorticultura", "21": "Timbre", "22": "INC Bolsas", "23": "INCarbono", "24": "INCombustibles",
    "25": "Sobretasa Combustibles", "26": "Sordicom", "30": "IC Datos", "32": "ICL", "33": "INPP", "34": "IBUA", "35": "ICUI",
    "36": "ADV",
}  # fmt: skip
# The taxes that the composition of a CUFE names, in its order: IVA, INC, ICA.
CUFE_TAXES = ("01", "04", "03")

KINDS = {"Invoice": "invoice", "CreditNote": "credit_note", "DebitNote": "debit_note"}
FORMATS = {"Invoice": "dian-invoice", "CreditNote": "dian-credit-note", "DebitNote": "dian-debit-note"}
LINES = {
    "Invoice": ("cac:InvoiceLine", "cbc:InvoicedQuantity"),
    "CreditNote": ("cac:CreditNoteLine", "cbc:CreditedQuantity"),
    "DebitNote": ("cac:DebitNoteLine", "cbc:DebitedQuantity"),
}
TYPE_CODES = {
    "Invoice": "cbc:InvoiceTypeCode",
    "CreditNote": "cbc:CreditNoteTypeCode",
    "DebitNote": "cbc:DebitNoteTypeCode",
}
TOTALS = {
    "Invoice": "cac:LegalMonetaryTotal",
    "CreditNote": "cac:LegalMonetaryTotal",
    "DebitNote": "cac:RequestedMonetaryTotal",
}

CONTADO, CREDITO = "1", "2"
PAYMENT_FORMS = {CONTADO: "Contado", CREDITO: "Crédito"}
NIT = "31"
TEST = "2"
VALIDATED = "02"
# Standards of item codes (13.3.5): UNSPSC, GTIN, tariff headings, the seller's own.
GTIN_STANDARD = "010"
