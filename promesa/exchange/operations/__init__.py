"""What may be done with what comes in."""

from promesa.exchange.operations.inbox import PartnerUnknown, receive_file
from promesa.exchange.operations.missing import Missing, create_missing, missing_for
from promesa.exchange.operations.partners import MappingUnknown, put_parties, put_partner
from promesa.exchange.operations.reading import read_file
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
    reject_document,
    rerun,
    settle_documents,
    settle_left_behind,
)

__all__ = [
    "CodeTaken",
    "DocumentNotWaiting",
    "MappingUnknown",
    "Missing",
    "PartnerUnknown",
    "PlaceDraft",
    "Rerun",
    "create_customer_for",
    "create_missing",
    "create_missing_item",
    "create_site_for",
    "map_item_code",
    "map_party",
    "map_unit",
    "missing_for",
    "put_general_prices",
    "put_parties",
    "put_partner",
    "read_file",
    "receive_file",
    "reject_document",
    "rerun",
    "set_missing_price",
    "set_missing_tax_rate",
    "settle_documents",
    "settle_left_behind",
]
