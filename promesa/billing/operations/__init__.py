"""What may be done with invoices, credit notes and money."""

from promesa.billing.operations.applied import close_settled
from promesa.billing.operations.credit import (
    CreditBeyondInvoice,
    Credited,
    CreditNeedsCause,
    NothingToCredit,
    issue_credit_note,
)
from promesa.billing.operations.issue import (
    InvoiceBeyondDelivered,
    Invoiced,
    InvoiceNotRight,
    NothingToInvoice,
    issue_invoice,
    issue_invoices,
)
from promesa.billing.operations.money import (
    NothingUnapplied,
    Paid,
    PaymentNotRight,
    Receipt,
    apply_credit,
    apply_payment,
    receive_payment,
    receive_payments,
)
from promesa.billing.operations.overdue import (
    AlreadyDisputed,
    NotDisputed,
    dispute,
    remind_overdue,
    undispute,
)

__all__ = [
    "AlreadyDisputed",
    "CreditBeyondInvoice",
    "CreditNeedsCause",
    "Credited",
    "InvoiceBeyondDelivered",
    "InvoiceNotRight",
    "Invoiced",
    "NotDisputed",
    "NothingToCredit",
    "NothingToInvoice",
    "NothingUnapplied",
    "Paid",
    "PaymentNotRight",
    "Receipt",
    "apply_credit",
    "apply_payment",
    "close_settled",
    "dispute",
    "issue_credit_note",
    "issue_invoice",
    "issue_invoices",
    "receive_payment",
    "receive_payments",
    "remind_overdue",
    "undispute",
]
