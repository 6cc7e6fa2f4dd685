"""What may be done with what comes in."""

from promesa.exchange.operations.acknowledging import (
    NotSendable,
    NotStoppable,
    acknowledge,
    call_unanswered,
    send_again,
    settle_by_hand,
    stop_sending,
)
from promesa.exchange.operations.inbox import PartnerUnknown, receive_file
from promesa.exchange.operations.missing import Missing, create_missing, missing_for
from promesa.exchange.operations.outgoing import (
    ToSend,
    advise_despatches,
    answer_orders,
    put_out,
    send_invoices,
)
from promesa.exchange.operations.partners import (
    AnswerUnusable,
    MappingUnknown,
    drop_answer,
    drop_mail_address,
    put_parties,
    put_partner,
    set_answer,
    use_layout,
)
from promesa.exchange.operations.reading import read_file
from promesa.exchange.operations.receipts_given import acknowledge_files
from promesa.exchange.operations.repairs import (
    CodeTaken,
    PlaceDraft,
    create_customer_for,
    create_missing_item,
    create_site_for,
    map_item_code,
    map_party,
    map_unit,
    put_general_prices,
    set_missing_price,
    set_missing_tax_rate,
)
from promesa.exchange.operations.rerun import (
    DocumentNotWaiting,
    Rerun,
    confirm_document,
    reject_document,
    rerun,
    settle_documents,
    settle_left_behind,
)
from promesa.exchange.operations.routing import route_again, route_document, route_waiting
from promesa.exchange.operations.sending import send_due
from promesa.exchange.operations.watching import Taken, watch_inbox

__all__ = [
    "AnswerUnusable",
    "CodeTaken",
    "DocumentNotWaiting",
    "MappingUnknown",
    "Missing",
    "NotSendable",
    "NotStoppable",
    "PartnerUnknown",
    "PlaceDraft",
    "Rerun",
    "Taken",
    "ToSend",
    "acknowledge",
    "acknowledge_files",
    "advise_despatches",
    "answer_orders",
    "call_unanswered",
    "confirm_document",
    "create_customer_for",
    "create_missing",
    "create_missing_item",
    "create_site_for",
    "drop_answer",
    "drop_mail_address",
    "map_item_code",
    "map_party",
    "map_unit",
    "missing_for",
    "put_general_prices",
    "put_out",
    "put_parties",
    "put_partner",
    "read_file",
    "receive_file",
    "reject_document",
    "rerun",
    "route_again",
    "route_document",
    "route_waiting",
    "send_again",
    "send_due",
    "send_invoices",
    "set_answer",
    "set_missing_price",
    "set_missing_tax_rate",
    "settle_by_hand",
    "settle_documents",
    "settle_left_behind",
    "stop_sending",
    "use_layout",
    "watch_inbox",
]
