"""Who works at the company: one account for each role, in Spanish and English, two colleagues more, and a customer's own person."""

from __future__ import annotations

from typing import NamedTuple

from promesa.access.states import Role

PASSWORD = "oliva-y-mar-2026"  # noqa: S105 - a company to look at, printed when it starts


class Account(NamedTuple):
    """Somebody who may sign in."""

    username: str
    name: str
    role: str
    language: str
    shown: bool = True
    customer: str = ""

    @property
    def password(self) -> str:
        return PASSWORD


ACCOUNTS = (
    Account("carmen", "Carmen Ortega", Role.CUSTOMER_SERVICE, "es"),
    Account("david", "David Miller", Role.BACK_OFFICE, "en"),
    Account("lucia", "Lucía Navarro", Role.SALES, "es"),
    Account("antonio", "Antonio Reyes", Role.WAREHOUSE, "es"),
    Account("sofia", "Sofía Castro", Role.TRANSPORT, "es"),
    Account("emma", "Emma Clarke", Role.FINANCE, "en"),
    Account("isabel", "Isabel Romero", Role.MANAGER, "es"),
    Account("thomas", "Thomas Baker", Role.ADMINISTRATOR, "en"),
    Account("javier", "Javier Molina", Role.CUSTOMER_SERVICE, "es", shown=False),
    Account("marta", "Marta Serra", Role.CUSTOMER_SERVICE, "es", shown=False),
    Account("rosa", "Rosa Prieto", Role.CUSTOMER, "es", customer="C-001"),
)
AGENTS = ("carmen", "javier", "marta")
