"""The eight roles of the company, and that of a customer's own people."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    CUSTOMER_SERVICE = "customer_service"
    BACK_OFFICE = "back_office"
    SALES = "sales"
    WAREHOUSE = "warehouse"
    TRANSPORT = "transport"
    FINANCE = "finance"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"
    CUSTOMER = "customer"
