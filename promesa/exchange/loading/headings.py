"""What the headings of master files mean, in Spanish and English, and which master a file holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from promesa.exchange.formats.headings import plain

_CUSTOMER = "cliente, numero cliente, numero de cliente, codigo cliente, codigo de cliente, cod cliente, n cliente, customer, customer number, customer code, customer id, account"
_SKU = "sku, referencia, ref, articulo, codigo articulo, codigo de articulo, cod articulo, codigo producto, producto id, item, item code, item number, product id, product code, part number"
_GTIN = "gtin, ean, ean13, ean 13, codigo ean, codigo de barras, barcode, upc"
_FROM = "desde, valido desde, fecha desde, vigente desde, valid from, from"
_TO = "hasta, valido hasta, fecha hasta, vigente hasta, valid to, until, to"
_CURRENCY = "moneda, divisa, currency"
_CLOSED = "baja, fecha baja, fecha de baja, cerrado desde, active to, closed from"
_NAME = "nombre, denominacion, razon social, name, company name, company"
_UNIT_PRICE = "precio, precio unitario, precio neto, price, unit price, net price"
_BASIS = "por, base, base precio, precio por, price basis, basis, per, basis quantity"
_LEAST = "cantidad minima, desde cantidad, minimo, minimum quantity, from quantity, break quantity, break"
_COUNTRY = "pais, codigo pais, country, country code"
_NUMBERS = frozenset(
    "payment_days credit_limit early_days late_days under_percent over_percent price_tolerance_percent tier transit_days "
    "lead_days minimum_life_days minimum_quantity weight_kg units_per_case units_per_layer units_per_pallet unit_price "
    "basis_quantity numerator denominator rate quantity".split()
)
_DAYS = frozenset("active_to valid_from valid_to expires_on day".split())


@dataclass(frozen=True)
class Role:
    """A kind of master file: the headings of its fields, those it must have, and the names such files go by."""

    name: str
    words: Mapping[str, str]
    needed: tuple[str, ...]
    files: tuple[str, ...]
    either: tuple[str, ...] = ()
    meanings: dict[str, str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        for name, words in self.words.items():
            for word in (*words.split(","), name):
                self.meanings.setdefault(plain(word), name)

    def meaning(self, heading: str) -> str | None:
        """The field of this role that a heading names."""
        return self.meanings.get(plain(heading))

    @property
    def numbers(self) -> frozenset[str]:
        return _NUMBERS & self.words.keys()

    @property
    def days(self) -> frozenset[str]:
        return _DAYS & self.words.keys()


# In the order in which they are loaded: what others refer to comes first.
ROLES: tuple[Role, ...] = (
    Role("calendars", {"code": "calendario, codigo calendario, calendar, calendar code", "name": "nombre, name", "open_weekdays": "dias abiertos, dias laborables, open weekdays, open days", "day": "festivo, fecha, dia, fecha festivo, holiday, day, date", "holiday": "nombre festivo, motivo, holiday name, reason"}, ("code",), ("calend", "festiv", "holiday"), ("day", "open_weekdays")),
    Role("warehouses", {"code": "almacen, codigo almacen, warehouse, warehouse code, code", "name": _NAME, "time_zone": "zona horaria, time zone", "calendar": "calendario, calendar", "cut_off": "hora de corte, corte, cut off, cutoff", "ships_at": "hora de salida, salida, ships at, departure", "is_default": "principal, por defecto, default, is default"}, ("code",), ("almacen", "warehouse"), ("cut_off", "ships_at", "time_zone", "name")),
    Role("tax_rates", {"code": "impuesto, codigo impuesto, tipo impuesto, tax, tax code", "country": _COUNTRY, "rate": "tipo, porcentaje, tasa, rate, tax rate, percent", "category": "categoria, category", "valid_from": _FROM, "valid_to": _TO}, ("code", "country", "rate"), ("impuesto", "tax", "iva")),
    Role("segments", {"code": "segmento, codigo segmento, segment, segment code", "name_es": "nombre, nombre es, nombre segmento, name es", "name_en": "name, name en, nombre en, segment name", "tier": "nivel, prioridad, tier, priority"}, ("code", "tier"), ("segment",)),
    Role("customers", {"number": f"{_CUSTOMER}, numero, number, codigo, code, customerid", "name": f"{_NAME}, nombre cliente, customer name, companyname", "tax_id": "nif, cif, rut, nit, rfc, vat, vat number, tax id, nif cif, identificacion fiscal", "gln": "gln, punto operacional, gln cliente, gln comprador", "email": "correo, email, e mail, correo electronico", "phone": "telefono, phone, telephone, tel", "language": "idioma, language", "currency": _CURRENCY, "country": _COUNTRY, "segment": "segmento, segment", "service_owner": "responsable, gestor, agente, service owner, owner", "payment_days": "dias de pago, plazo de pago, plazo, dias pago, payment days, payment terms", "credit_limit": "limite de credito, limite credito, credito, credit limit, credit", "invoice_from": "facturar desde, facturar por, invoice from", "early_days": "dias antes, tolerancia antes, early days", "late_days": "dias despues, tolerancia despues, late days", "under_percent": "tolerancia menos, defecto, under percent", "over_percent": "tolerancia mas, exceso, over percent", "one_delivery": "una entrega, una sola entrega, one delivery", "partial_deliveries": "entregas parciales, admite parciales, partial deliveries", "substitutes": "sustitutos, admite sustitutos, substitutes", "price_tolerance_percent": "tolerancia precio, tolerancia de precio, price tolerance", "active_to": _CLOSED}, ("number", "name"), ("client", "customer")),
    Role("sites", {"customer": _CUSTOMER, "number": "sitio, codigo sitio, destino, codigo destino, tienda, punto de entrega, numero, site, site number, ship to, ship to code, store", "name": f"{_NAME}, nombre destino, nombre sitio, site name", "gln": "gln, gln destino, gln entrega, punto operacional", "street": "calle, direccion, domicilio, street, address", "postcode": "codigo postal, cp, c p, postcode, postal code, zip", "city": "ciudad, poblacion, localidad, city, town", "region": "provincia, region, estado, state, province", "country": _COUNTRY, "time_zone": "zona horaria, time zone", "calendar": "calendario, calendar", "transit_days": "dias de transito, transito, transit days, transit", "is_default": "principal, por defecto, habitual, default, is default", "active_to": _CLOSED, "windows": "horario, horario de recepcion, horarios, ventanas, receiving hours, receiving windows, windows"}, ("customer", "number"), ("sitio", "destino", "tienda", "site", "store", "ship")),
    Role("people", {"customer": _CUSTOMER, "name": "nombre, persona, contacto, name, person, contact, contact name", "position": "cargo, puesto, position, title", "email": "correo, email, e mail, correo electronico", "phone": "telefono, movil, phone, mobile"}, ("customer", "name"), ("persona", "contacto", "people", "contact"), ("email", "phone", "position")),
    Role("items", {"sku": f"{_SKU}, codigo, code, numero, number", "gtin": _GTIN, "name": f"{_NAME}, descripcion, articulo nombre, producto, description, product name, item name", "name_en": "nombre ingles, descripcion ingles, name en, english name", "kind": "clase, tipo articulo, kind", "family": "familia, categoria, family, category", "base_unit": "unidad base, unidad, base unit, unit, unidad de medida", "sales_unit": "unidad de venta, unidad venta, sales unit", "tax_code": "impuesto, iva, codigo impuesto, tax, tax code, vat", "lead_days": "plazo, dias de preparacion, lead days, lead time", "minimum_life_days": "vida minima, dias de vida minima, minimum life days, minimum life", "minimum_quantity": "pedido minimo, cantidad minima, minimum quantity, minimum order", "weight_kg": "peso, peso kg, weight, weight kg", "substitute": "sustituto, sustituido por, substitute", "active_to": _CLOSED, "units_per_case": "unidades por caja, uds caja, unidades caja, units per case, case units", "case_gtin": "gtin caja, ean caja, dun14, dun 14, case gtin", "units_per_layer": "unidades por capa, units per layer", "units_per_pallet": "unidades por palet, unidades palet, units per pallet", "unit_price": _UNIT_PRICE, "currency": _CURRENCY}, ("sku", "name"), ("articul", "product", "item")),
    Role("packs", {"sku": _SKU, "gtin_of_item": "gtin articulo, ean articulo, item gtin", "level": "nivel, level", "unit_code": "unidad, envase, formato, unit, unit code, pack", "numerator": "contiene, unidades, factor, holds, units, numerator", "denominator": "denominador, denominator", "gtin": _GTIN}, ("sku", "unit_code", "numerator"), ("envase", "pack", "formato")),
    Role("price_lists", {"code": "tarifa, codigo tarifa, lista, price list, list, code", "name": _NAME, "currency": _CURRENCY, "is_default": "principal, por defecto, general, default, is default", "active_to": _CLOSED}, ("code", "name"), ("tarifas", "price_lists", "pricelists", "listas")),
    Role("customer_lists", {"customer": _CUSTOMER, "price_list": "tarifa, lista, lista de precios, price list, list", "valid_from": _FROM, "valid_to": _TO}, ("customer", "price_list"), ("tarifas_client", "customer_list")),
    Role("agreements", {"customer": _CUSTOMER, "sku": _SKU, "gtin": _GTIN, "unit_price": _UNIT_PRICE, "currency": _CURRENCY, "basis_quantity": _BASIS, "minimum_quantity": _LEAST, "valid_from": _FROM, "valid_to": _TO, "reference": "acuerdo, contrato, referencia acuerdo, agreement, contract, reference"}, ("customer", "unit_price"), ("acuerdo", "agreement", "precios_cliente", "contrato"), ("sku", "gtin")),
    Role("prices", {"price_list": "tarifa, lista, lista de precios, price list, list", "sku": _SKU, "gtin": _GTIN, "unit_price": _UNIT_PRICE, "currency": _CURRENCY, "basis_quantity": _BASIS, "minimum_quantity": _LEAST, "valid_from": _FROM, "valid_to": _TO}, ("unit_price",), ("precio", "price", "tarifa"), ("sku", "gtin")),
    Role("item_codes", {"customer": _CUSTOMER, "code": "su codigo, su referencia, referencia cliente, codigo del cliente, codigo articulo cliente, codigo en cliente, customer item code, customer item, buyer code, their code, code, codigo", "sku": f"{_SKU}, nuestra referencia, our code, our sku", "gtin": _GTIN, "unit_code": "unidad, unit, unit code"}, ("customer", "code"), ("codigos", "equivalenc", "item_code", "cross", "xref"), ("sku", "gtin")),
    Role("units", {"customer": _CUSTOMER, "received": "recibida, unidad recibida, escribe, su unidad, received, written, their unit", "unit_code": "unidad, significa, unit, unit code, means"}, ("received", "unit_code"), ("unidad", "unit")),
    Role("parties", {"code": "interlocutor, codigo interlocutor, party, party code, codigo, code, gln", "customer": _CUSTOMER}, ("code", "customer"), ("interlocutor", "part",)),
)  # fmt: skip
STOCK = Role("stock", {"sku": f"{_SKU}, codigo, code", "gtin": _GTIN, "warehouse": "almacen, codigo almacen, warehouse, warehouse code, location", "lot": "lote, lot, batch, lote numero", "expires_on": "caducidad, fecha caducidad, fecha de caducidad, consumo preferente, expiry, expires on, best before, expiry date", "quantity": "cantidad, existencias, stock, unidades, disponible, quantity, qty, on hand, units in stock", "unit": "unidad, unit, uom", "blocked": "bloqueado, blocked"}, ("quantity",), ("stock", "existenc"), ("sku", "gtin"))  # fmt: skip
BY_NAME: dict[str, Role] = {role.name: role for role in (*ROLES, STOCK)}


@lru_cache(maxsize=4096)
def known_to(heading: str) -> str | None:
    """Any role's field that a heading names: enough to find the row of headings before the role is known."""
    text = plain(heading)
    return next((role.meanings[text] for role in ROLES if text in role.meanings), None)


def role_of(headings: list[str], filename: str) -> Role | None:
    """The master that a file holds: what its name says, else the role to which its headings fit best, if one does."""
    named = plain(filename.rsplit(".", 1)[0]).replace(" ", "_")
    fitting = [role for role in ROLES if _fits(role, headings)]
    for role in fitting:
        if any(named.startswith(word) for word in role.files):
            return role
    if not fitting:
        return None
    scored = sorted(((_score(role, headings), role) for role in fitting), key=lambda one: one[0], reverse=True)
    if len(scored) > 1 and scored[0][0] == scored[1][0]:
        return None
    return scored[0][1]


def _fields(role: Role, headings: list[str]) -> set[str]:
    return {found for heading in headings if (found := role.meaning(heading)) is not None}


def _fits(role: Role, headings: list[str]) -> bool:
    have = _fields(role, headings)
    return have >= set(role.needed) and (not role.either or not have.isdisjoint(role.either))


def _score(role: Role, headings: list[str]) -> tuple[int, int]:
    """Most headings understood; among equals, the role that asks for more."""
    return len(_fields(role, headings)), len(role.needed) + bool(role.either)


def meanings_of(role: Role | None) -> Callable[[str], str | None]:
    """How to read the headings of a file."""
    return role.meaning if role is not None else known_to
