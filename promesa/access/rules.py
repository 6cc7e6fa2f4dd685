"""Who may do what: verbs, the roles that have them, the scopes of keys. Whatever is not written here is denied."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from promesa.access.states import Role
from promesa.core.actors import Actor

# Every right there is, with its name in Spanish and English.
VERBS: dict[str, tuple[str, str]] = {
    "use_account": ("usar la propia cuenta", "use one's own account"),
    "see_work": ("ver el trabajo de hoy", "see today's work"),
    "see_orders": ("ver pedidos", "see orders"),
    "enter_order": ("meter pedidos", "enter orders"),
    "change_order": ("cambiar pedidos", "change orders"),
    "cancel_order": ("anular pedidos", "cancel orders"),
    "release_hold": ("levantar retenciones", "release holds"),
    "release_credit_hold": ("levantar retenciones de crédito", "release credit holds"),
    "resolve_finding": ("resolver hallazgos", "resolve findings"),
    "audit_capture": ("auditar la captura", "audit capture"),
    "see_customers": ("ver clientes", "see customers"),
    "change_customer": ("cambiar clientes", "change customers"),
    "change_credit": ("cambiar el crédito y el plazo de pago", "change credit and terms of payment"),
    "see_catalogue": ("ver el catálogo", "see the catalogue"),
    "change_item": ("cambiar artículos", "change items"),
    "change_item_code": ("cambiar los códigos de un cliente", "change a customer's item codes"),
    "see_prices": ("ver precios", "see prices"),
    "change_price": ("cambiar precios y acuerdos", "change prices and agreements"),
    "see_stock": ("ver existencias", "see stock"),
    "adjust_stock": ("ajustar existencias", "adjust stock"),
    "plan_receipt": ("planificar y recibir entradas", "plan and take in receipts"),
    "see_deliveries": ("ver albaranes y entregas", "see despatches and deliveries"),
    "despatch": ("expedir", "despatch"),
    "deliver": ("registrar entregas", "record deliveries"),
    "see_invoices": ("ver facturas y cobros", "see invoices and payments"),
    "invoice": ("facturar", "invoice"),
    "credit": ("abonar", "issue credit notes"),
    "record_payment": ("registrar cobros", "record payments"),
    "see_documents": ("ver documentos recibidos", "see documents received"),
    "take_in": ("recibir documentos", "take in documents"),
    "load_masters": ("cargar maestros", "load masters"),
    "see_results": ("ver resultados", "see results"),
    "see_plans": ("ver planes de escasez", "see scarcity plans"),
    "edit_plan": ("preparar planes de escasez", "prepare scarcity plans"),
    "propose_plan": ("proponer planes de escasez", "propose scarcity plans"),
    "sign_plan_sales": ("firmar planes por ventas", "sign plans for sales"),
    "sign_plan_service": ("firmar planes por atención al cliente", "sign plans for customer service"),
    "publish_plan": ("publicar planes de escasez", "publish scarcity plans"),
    "move_share": ("mover mercancía de un pedido a otro", "move goods from one order to another"),
    "move_share_freely": ("mover mercancía sin límite", "move goods without limit"),
    "change_parameters": ("cambiar parámetros", "change parameters"),
    "manage_people": ("gestionar personas", "manage people"),
    "manage_keys": ("gestionar claves de programas", "manage keys of programs"),
    "portal_see": ("ver los pedidos propios en el portal", "see one's own orders in the portal"),
    "portal_order": ("pedir en el portal", "order in the portal"),
}

# What the people of a customer have, and nobody of the company.
_PORTAL = frozenset({"portal_see", "portal_order"})

_SEE = frozenset(verb for verb in VERBS if verb.startswith("see_")) | {"use_account"}
_ORDERS = frozenset({"enter_order", "change_order", "cancel_order"})
_PLANS = frozenset({"edit_plan", "propose_plan"})
_KEEP = frozenset({"manage_people", "manage_keys", "change_parameters"})

ROLES: dict[Role, frozenset[str]] = {
    Role.CUSTOMER_SERVICE: _SEE
    | _ORDERS
    | _PLANS
    | {"release_hold", "resolve_finding", "audit_capture", "change_customer", "change_item_code", "take_in"}
    | {"sign_plan_service", "publish_plan", "move_share"},
    Role.BACK_OFFICE: _SEE
    | _ORDERS
    | {
        "release_hold",
        "resolve_finding",
        "audit_capture",
        "change_customer",
        "change_item",
        "change_item_code",
        "change_price",
        "take_in",
        "load_masters",
    },
    Role.SALES: (_SEE - {"see_documents"})
    | _PLANS
    | {"enter_order", "change_order", "change_price", "sign_plan_sales"},
    Role.WAREHOUSE: frozenset(
        {
            "use_account",
            "see_work",
            "see_orders",
            "see_catalogue",
            "see_stock",
            "see_deliveries",
            "adjust_stock",
            "plan_receipt",
            "despatch",
        }
    ),
    Role.TRANSPORT: frozenset({"use_account", "see_work", "see_orders", "see_deliveries", "deliver"}),
    Role.FINANCE: (_SEE - {"see_stock"})
    | {"release_credit_hold", "change_credit", "invoice", "credit", "record_payment"},
    Role.MANAGER: frozenset(VERBS) - _KEEP - _PORTAL | {"change_parameters"},
    Role.ADMINISTRATOR: frozenset(VERBS) - _PORTAL,
    Role.CUSTOMER: _PORTAL | {"use_account"},
}

# What a key may be given. To write is also to read.
SCOPES: dict[str, frozenset[str]] = {
    "customers:read": frozenset({"see_customers"}),
    "customers:write": frozenset({"see_customers", "change_customer", "change_credit"}),
    "items:read": frozenset({"see_catalogue"}),
    "items:write": frozenset({"see_catalogue", "change_item", "change_item_code"}),
    "prices:read": frozenset({"see_prices"}),
    "prices:write": frozenset({"see_prices", "change_price"}),
    "stock:read": frozenset({"see_stock"}),
    "stock:write": frozenset({"see_stock", "adjust_stock", "plan_receipt"}),
    "orders:read": frozenset({"see_orders"}),
    "orders:write": _ORDERS | {"see_orders", "release_hold", "resolve_finding"},
    "credit:write": frozenset({"release_credit_hold"}),
    "deliveries:read": frozenset({"see_deliveries"}),
    "deliveries:write": frozenset({"see_deliveries", "despatch", "deliver"}),
    "invoices:read": frozenset({"see_invoices"}),
    "invoices:write": frozenset({"see_invoices", "invoice", "credit"}),
    "payments:write": frozenset({"see_invoices", "record_payment"}),
    "documents:write": frozenset({"see_documents", "take_in"}),
    "plans:read": frozenset({"see_plans"}),
    "plans:write": _PLANS | {"see_plans", "publish_plan"},  # people sign, programs never
}

# The most that a key bound to one customer can do, whatever its scopes: read what is theirs, order, change, cancel.
OF_ONE_CUSTOMER = _ORDERS | {
    "see_customers",
    "see_catalogue",
    "see_prices",
    "see_orders",
    "see_deliveries",
    "see_invoices",
}

# Actors that are the system itself, or people at its console: their doors are guarded by the machine's own accounts.
_TRUSTED = frozenset({"promesa", "schedule", "demo", "history", "edi", "cli", "command"})


class Principal(Actor):
    """An actor whose rights were read when the request came in, so that asking again costs nothing."""

    verbs: frozenset[str]
    customer_id: int | None

    def __new__(cls, label: str, verbs: Iterable[str] = (), customer_id: int | None = None) -> Principal:
        self = super().__new__(cls, label)
        self.verbs = frozenset(verbs)
        self.customer_id = customer_id
        return self


def verbs_of_role(role: str) -> frozenset[str]:
    """The rights of a role; none if it is not a role."""
    return ROLES.get(Role(role), frozenset()) if role in set(Role) else frozenset()


def verbs_of_scopes(scopes: Iterable[str], *, customer_id: int | None = None) -> frozenset[str]:
    """The rights of a key; unknown scopes give none."""
    verbs = frozenset[str]().union(*(SCOPES.get(scope, frozenset()) for scope in scopes))
    return verbs if customer_id is None else verbs & OF_ONE_CUSTOMER


def is_trusted(by: Actor) -> bool:
    """Whether the actor is the system itself."""
    return by.kind in _TRUSTED


def hold_verb(kind: str) -> str:
    """The right to release a hold of this kind."""
    return "release_credit_hold" if kind == "credit" else "release_hold"


# --- Guessing is slowed down -----------------------------------------------------------------------------------------

FREE_TRIES = 5  # of one name
FREE_TRIES_OF_ADDRESS = 20
LONGEST_WAIT = timedelta(minutes=15)
WATCHED = timedelta(hours=24)


def wait_after(failures: int, free: int) -> timedelta:
    """How long to wait after this many failures in a row: nothing at first, then twice as long each time."""
    if failures < free:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(failures - free + 1, 20)), LONGEST_WAIT)


_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"),
            ("Linux", "Linux"))  # fmt: skip


def browser_of(agent: str) -> str:
    """What people call the browser that sent this, such as `Firefox, Windows`; its own words if it is none of them."""
    found = [next((name for mark, name in marks if mark in agent), "") for marks in (_BROWSERS, _SYSTEMS)]
    return ", ".join(filter(None, found)) or agent[:40]
