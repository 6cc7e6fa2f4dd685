"""What the headings of order tables mean, in Spanish and English, as far as they leave no doubt."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_SYNONYMS = {
    "po_number": "pedido, n pedido, no pedido, nº pedido, num pedido, numero pedido, numero de pedido, pedido n, pedido no, su orden, "
    "su pedido, orden, orden de compra, orden compra, oc, numero de orden, n orden, numero orden, pedido cliente, "
    "pedido de cliente, po, po number, po no, po num, p o, p o number, order, order number, order no, order num, "
    "order id, "
    "purchase order, purchase order number, customer order, your order, ordernumber, ponumber, po_number, "
    "nº pedido cliente, ref pedido, referencia pedido, pedido compra, pedido de compra, order ref, "
    "order reference, purchase order no, customer po, customer po number, po ref, po reference",
    "buyer": "cliente, cod cliente, codigo cliente, codigo de cliente, cliente codigo, comprador, codigo comprador, gln comprador, "
    "gln cliente, ean comprador, buyer, buyer gln, buyer code, customer, customer code, customer number, "
    "customer id, "
    "customer gln, account, cuenta, sold to, soldto, "
    "n cliente, no cliente, num cliente, numero cliente, customer no, customer num, sold to party, "
    "codigo del cliente",
    "buyer_name": "nombre cliente, nombre del cliente, razon social, customer name, buyer name, company",
    "ship_to": "gln destino, destino, codigo destino, gln entrega, gln punto de entrega, punto de entrega, punto entrega, "
    "lugar de entrega, lugar entrega, tienda, codigo tienda, centro, almacen destino, entregar en, direccion, "
    "sucursal, ship to, "
    "shipto, ship to gln, ship to code, delivery gln, deliver to, delivery location, delivery point, store, "
    "destination, "
    "location, site, "
    "direccion de entrega, direccion entrega, centro destino, ship to party, ship to no, ship to address, "
    "delivery address",
    "ship_to_name": "nombre destino, nombre tienda, ship to name, store name",
    "issued_on": "fecha pedido, fecha de pedido, fecha del pedido, fecha orden, fecha, fecha emision, order date, date, po date, "
    "date ordered, ordered on, "
    "f pedido, fec pedido, fecha de emision, document date, issue date",
    "requested_on": "fecha entrega, fecha de entrega, f entrega, fecha solicitada, fecha requerida, entrega, fecha servicio, "
    "fecha entrega solicitada, fecha de entrega solicitada, delivery date, requested date, requested delivery date, "
    "required date, requested, requested on, required on, due date, need by, need by date, "
    "f de entrega, fec entrega, fecha prevista, fecha prevista entrega, fecha deseada, delivery on, deliver on, "
    "ship date requested, required delivery date",
    "requested_from": "entrega desde, fecha desde, desde, fecha entrega desde, fecha minima, not before, earliest, "
    "earliest delivery, delivery from, requested from",
    "requested_to": "entrega hasta, fecha hasta, hasta, fecha entrega hasta, fecha limite, fecha maxima, not after, latest, "
    "latest delivery, delivery to, requested to, deliver by",
    "currency": "moneda, divisa, currency",
    "line_number": "linea, n linea, no linea, num linea, numero linea, numero de linea, linea pedido, posicion, pos, item no, line, "
    "line number, line no, line num, line id, position, "
    "pos no, posicion pedido, nº de linea, order line",
    "gtin": "ean, ean13, ean 13, ean14, ean 14, gtin, codigo ean, codigo de barras, cod barras, barras, dun14, dun 14, upc, "
    "barcode, gtin13, gtin 13, gtin14, gtin 14, ean code, ean gtin, "
    "codigo ean13, cod ean, codigo barras, ean upc, upc code, gtin ean, ean code 13",
    "seller_code": "referencia, ref, referencia proveedor, ref proveedor, codigo proveedor, su referencia, sku, sku proveedor, "
    "vendor sku, supplier sku, supplier code, seller code, vendor item, supplier item code, vendor part number, "
    "part number, "
    "supplier part number, supplier reference, "
    "ref articulo, referencia articulo, referencia del articulo, ref producto, referencia producto, ref art, "
    "su ref, your ref, your item, your item no, supplier item no, vendor item no, supplier part no, "
    "vendor part no, part no, part",
    "buyer_code": "referencia cliente, ref cliente, nuestra referencia, nuestra ref, codigo articulo cliente, "
    "codigo interno, referencia interna, ref interna, buyer code, our reference, our ref, customer item, "
    "customer item code, "
    "customer part number, buyer item code, our item, our item code, "
    "codigo cliente articulo, our item no, customer item no, buyer item no, customer part no",
    "item_code": "codigo, cod, articulo, codigo articulo, codigo de articulo, cod articulo, producto, codigo producto, "
    "cod producto, codigo de producto, item, item code, item number, product, product code, product id, article, "
    "article code, "
    "codigo art, cod art, cod articulo, codigo del articulo, articulo codigo, n articulo, no articulo, "
    "num articulo, product no, product number, article no, article number, material, material no, material number, "
    "cod material, codigo material, stock code",
    "text": "descripcion, descripcion articulo, descripcion producto, descripcion del articulo, denominacion, "
    "nombre articulo, nombre producto, concepto, description, item description, product description, product name, "
    "item name, "
    "nombre del articulo, nombre del producto, detalle, material description, article description, product desc, "
    "item desc, desc",
    "quantity": "cantidad, cant, cantidad pedida, cantidad solicitada, uds pedidas, unidades pedidas, cajas pedidas, "
    "quantity, qty, order qty, ordered, ordered qty, quantity ordered, order quantity, ordered quantity, "
    "qty ordered, "
    "cantidad solicitada por el cliente, cant pedida, cant solicitada, ctd, ctd pedida, qty req, requested qty, "
    "requested quantity, qty required, quantity required, order quantity",
    "unit": "unidad, unidad medida, unidad de medida, um, udm, u m, unidad de pedido, formato, unit, uom, unit of measure, "
    "unit code, units of measure, order unit",
    "price": "precio, precio unitario, precio neto, precio ud, p unitario, pvp neto, precio unidad, price, unit price, net price, "
    "price each, unit cost, "
    "precio u, precio un, precio unit, p u, pvp, p v p, precio compra, coste, unit price net, price unit, rate, cost",
    "price_basis": "base precio, cantidad base, precio por, price basis, price per, per",
    "amount": "importe, importe linea, importe neto, total linea, valor, amount, line amount, line total, net amount, extended price, "
    "total, importe total, total neto, subtotal, total price, total amount, ext price, extended amount, line value",
    "free": "sin cargo, cantidad sin cargo, unidades sin cargo, bonificacion, bonificadas, free, free quantity, free goods, free qty",
    "buyer_tax": "cif, nif, cif nif, nif cif, cif cliente, nif cliente, cif comprador, nif comprador, vat, vat no, vat number, "
    "vat id, tax id, tax number, customer vat, nit, rut, rfc, cuit",
    "note": "observaciones, observacion, notas, nota, comentarios, comentario, notes, note, comments, comment, remarks",
}
FIELDS = frozenset(_SYNONYMS)
# What a heading means only where no other says it: `Uds.` counts when nothing else does, `Item no.` is a code when no column is.
WEAK = {
    "quantity": frozenset({"uds", "ud", "unidades", "u", "units", "piezas", "pzas", "pcs", "pieces"}),
    "item_code": frozenset({"item no", "item num"}),
    "text": frozenset({"articulo", "producto", "item", "product", "article", "material"}),
}
HEADER_FIELDS = frozenset(
    {
        "po_number",
        "buyer",
        "buyer_name",
        "buyer_tax",
        "ship_to",
        "ship_to_name",
        "issued_on",
        "requested_on",
        "requested_from",
        "requested_to",
        "currency",
    }
)
ITEM_FIELDS = ("gtin", "seller_code", "buyer_code", "item_code")
_NOT_WORDS = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=4096)
def plain(heading: str) -> str:
    """A heading without capitals, accents, signs and doubled spaces, so that two spellings of it are equal."""
    text = unicodedata.normalize("NFKD", heading[:200].lower()).encode("ascii", "ignore").decode()
    return _NOT_WORDS.sub(" ", text).strip()


_MEANINGS = {plain(word): field for field, words in _SYNONYMS.items() for word in words.split(",")}


def meaning(heading: str) -> str | None:
    """The field that a heading names, or None."""
    return _MEANINGS.get(plain(heading))


def recognised(cells: list[object]) -> int:
    """How many different fields the cells of a row name, if it were the row of headings."""
    return len({found for cell in cells if isinstance(cell, str) and (found := meaning(cell))})
