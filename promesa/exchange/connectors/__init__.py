"""The ERP beside Promesa: what a connector offers, and those that there are."""

from promesa.exchange.connectors.contract import Connector, Delivered, Page, System, Unreachable
from promesa.exchange.connectors.folder import FolderConnector
from promesa.exchange.connectors.odoo import OdooConnector

KINDS: dict[str, type[Connector]] = {"folder": FolderConnector, "odoo": OdooConnector}

__all__ = ["KINDS", "Connector", "Delivered", "FolderConnector", "OdooConnector", "Page", "System", "Unreachable"]
