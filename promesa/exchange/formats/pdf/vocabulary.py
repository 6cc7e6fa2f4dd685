"""What the words on purchase orders mean, in Spanish and English, and enough Portuguese and French."""

from __future__ import annotations

import re
from functools import lru_cache

from promesa.exchange.formats import headings
from promesa.exchange.formats.headings import plain


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_MARKERS = _set("n no num numero number nr nbr nro nº numéro")
_ARTICLES = _set("de del do da la el the of du des d")
_CURRENCIES = _set("eur euro euros usd gbp mxn cop clp pen ars brl us")

# Labels of the header, by field. Number signs and articles are left aside before looking here.
_LABELS = {
    "number": "po, p o, p o id, order, order id, order ref, order reference, purchase order, "
    "purchase order reference, purchase order id, "
    "po ref, po reference, our order, our po, your po, customer po, customer order, client order, "
    "pedido, pedido compra, pedido cliente, nuestro pedido, su pedido, "
    "referencia pedido, ref pedido, codigo pedido, orden, orden compra, orden pedido, nota pedido, hoja pedido, "
    "oc, o c, codigo orden, "
    "referencia orden, commande, bon commande, reference commande, votre commande, notre commande, encomenda, "
    "nota encomenda, ordem compra, "
    "referencia encomenda, reference order",
    "weak_number": "document, documento, referencia, reference, ref, nuestra referencia, our reference, our ref, nuestra ref, n ref, "
    "doc, numero documento, vuestra referencia",
    "issued_on": "date, fecha, order date, po date, purchase order date, fecha pedido, fecha emision, fecha orden, fecha orden compra, "
    "fecha oc, issue date, issued, issued on, "
    "date order, date issued, date issue, dated, document date, fecha documento, data, data pedido, data encomenda, date commande, "
    "emitido, emitido el, fecha expedicion, creation date, date created, fecha creacion, ordered on, date ordered, "
    "ordered, data emissao, "
    "date emission",
    "requested": "fecha entrega, f entrega, entrega, entregar el, entrega el, fecha entrega solicitada, "
    "entrega solicitada, fecha solicitada, "
    "fecha requerida, fecha prevista entrega, entrega prevista, fecha prevista, fecha entrega prevista, fecha entrega requerida, "
    "fecha servicio, delivery date, requested delivery date, requested delivery, deliver by, delivery by, delivery on, "
    "required by, required date, date required, required, required on, requested date, need by, need by date, needed by, delivery due, "
    "delivery due date, due date, due, ship date, ship by, requested ship date, delivery, expected delivery, expected delivery date, "
    "expected arrival, date livraison, livraison, livraison souhaitee, date livraison souhaitee, livrer, data entrega, plazo entrega, "
    "receipt date, fecha recepcion, receive by, "
    "deliver on, delivery requested, entrega desde, delivery window, ventana entrega, delivery required, delivery required by, "
    "must arrive by, must arrive by date, promised date, date needed, delivery from",
    "requested_to": "entrega hasta, fecha hasta, hasta, delivery to date, not after, cancel after, latest delivery, fecha limite, "
    "fecha limite entrega, cancel date, ultima fecha entrega",
    "currency": "currency, currency code, moneda, divisa, devise, moeda, order currency, moneda pedido",
    "seller": "vendor, supplier, seller, proveedor, vendedor, fournisseur, fornecedor, vendor details, "
    "supplier details, datos proveedor, "
    "vendor information, supplier information, vendor address, supplier address, order to, ordered from, purchase from, purchased from, "
    "vendor name, supplier name, nombre proveedor, razon social proveedor, senores, para, to",
    "buyer": "buyer, purchaser, comprador, cliente, customer, client, acheteur, datos cliente, datos comprador, buyer details, "
    "customer details, ordered by, issued by, buying company, purchasing company, emisor, empresa, company, company name, from, sold to, "
    "razon social, nombre cliente, customer name, comprado por, emitido por, pedido por, buyer name, solicita",
    "ship_to": "ship to, deliver to, delivery address, delivery to, shipping address, ship to address, "
    "delivery location, deliver goods to, "
    "destination, entregar en, entregar a, lugar entrega, direccion entrega, dir entrega, domicilio entrega, punto entrega, destino, "
    "enviar a, "
    "direccion envio, envio a, consignee, consignatario, adresse livraison, livrer a, lieu livraison, endereco entrega, local entrega, "
    "entrega en, almacen entrega, centro entrega, datos entrega, datos envio, delivery details, delivery point, place delivery, "
    "goods to, "
    "mercancia a, lugar recepcion, almacen destino, direccion entrega mercancia, recibe",
    "invoicee": "bill to, invoice to, billing address, invoice address, facturar a, direccion facturacion, datos facturacion, "
    "domicilio facturacion, domicilio fiscal, facturacion, invoicing address, adresse facturation, enviar factura a, faturar a, "
    "bill to address, send invoice to, send invoices to, endereco faturacao, facturation, billing, invoice details, billing details, "
    "factura a nombre",
    "seller_code_of_buyer": "customer no, customer code, account, account no, our account, codigo cliente, cod cliente, cliente n",
    "code_of_seller": "vendor code, vendor id, supplier code, supplier id, cod proveedor, codigo proveedor, supplier no, vendor no",
    "tax_id": "nif, cif, n i f, c i f, vat, vat no, vat id, vat reg, vat reg no, tax id, rfc, nit, rut, ruc, ein, tva, tva intracom, "
    "nipc, cif nif, nif cif, vat number, nif iva, cuit, abn, vat registration, iva intracomunitario, id fiscal, "
    "c i f n i f, contribuinte",
    "gln": "gln, ean cliente, ean entrega, ean comprador, codigo ean, ean operacional, punto operacional, iln",
    "phone": "phone, tel, telefono, tlf, tfno, telf, ph, mobile, movil, telephone, telefone, t, tlfno, tfn, phone no",
    "email": "email, e mail, correo, mail, correo electronico, courriel",
    "contact": "contact, contacto, attn, att, attention, atencion, a a, a la atencion, contact person, persona contacto, contact name, "
    "f a o, fao, atte, a atencion",
    "requisitioner": "requisitioner, requested by, solicitante, solicitado por, authorised by, authorized by, autorizado por, placed by, "
    "peticionario, responsable compras, prepared by, realizado por, elaborado por, responsable",
    "terms": "payment terms, terms payment, terms, forma pago, condiciones pago, condicion pago, payment, conditions paiement, "
    "condicoes pagamento, modo pago, metodo pago, payment method, terminos pago, pago, conditions, mode paiement, payment conditions, "
    "vencimiento",
    "notes": "comments or special instructions, comments, comment, notes, note, observaciones, instrucciones, remarks, notas, nota, "
    "comentarios, special instructions, instrucciones especiales, observacoes, remarques, comments and special instructions, "
    "observations, comments special instructions, instructions, delivery instructions, instrucciones entrega",
    "contract": "contract, contrato, contract reference, referencia contrato, agreement, frame agreement, "
    "blanket order, framework agreement",
    "quotation": "quotation, quote, quotation ref, quotation reference, su oferta, oferta, ref oferta, presupuesto, su presupuesto, "
    "your quote, your quotation, your offer, quote ref, quote reference, offer, cotizacion, your reference, "
    "su referencia, s ref, your ref, "
    "vendor quote",
    "other": "fax, website, web, page, pagina, pag, hoja, ship via, shipping method, shipping terms, f o b, fob, incoterm, incoterms, "
    "via, carrier, transportista, agencia, salesperson, salesman, department, departamento, project, proyecto, obra, job, version, "
    "revision, time, hora, invoice, factura, albaran, delivery terms, condiciones entrega, freight terms, freight, shipment terms, "
    "transport mode, url, iban, bic, swift, bank, banco, print date, printed, printed on, fecha impresion, impreso, "
    "fecha vencimiento, valid until, valido hasta, validez, cost center, cost centre, centro coste, centro costo, "
    "request no, requisition, "
    "requisition no, solicitud, signature, firma, authorised signature, authorized signature, approved by, aprobado por, conforme, "
    "mode of transport, delivery method, method of shipment, shipping, porte, portes, modalidad portes, trade date, trade, "
    "quotation date, fecha factura, invoice date, fecha albaran, estado, status, pagina n, buyer contact, "
    "terms and conditions, condiciones generales",
}
STRONG_NUMBER = frozenset({"number"})
PARTY_FIELDS = ("buyer", "seller", "ship_to", "invoicee")
# Labels of other facts of a page: they end a block and are no value.
_BOTH_ADDRESSES = frozenset(
    {"invoicing and shipping address", "billing and shipping address", "direccion de facturacion y entrega"}
)


_BARE = frozenset(("number", "numero", "no", "n", "n o", "num", "nr", "document no", "document number", "n documento", "no documento",
                   "n o documento", "numero de documento", "numero documento", "documento n", "documento no"))  # fmt: skip


def _core(text: str) -> str:
    return " ".join(word for word in plain(text).split() if word not in _MARKERS and word not in _ARTICLES)


_FIELD_OF = {_core(word): field for field, words in _LABELS.items() for word in words.split(",")}
_EXACT = {plain(word): field for field, words in _LABELS.items() for word in words.split(",")}


@lru_cache(maxsize=16384)
def label(text: str) -> str | None:
    """The header field that a text names; of two languages (`Pedido / Order`) either will do."""
    if len(text) > 60:
        return None
    said = plain(text)
    if said in _BOTH_ADDRESSES:
        return "ship_to"
    found = "bare_number" if said in _BARE else _EXACT.get(said)
    if found:
        return found
    core = _core(text)
    if core in _FIELD_OF:
        field = _FIELD_OF[core]
        # "Cliente Nº" is the number of the customer, not the customer.
        if field in PARTY_FIELDS and core != said and any(word in _MARKERS for word in said.split()):
            return "other"
        return field
    if "/" in text or "|" in text:
        fields = [label(part) for part in re.split(r"[/|]", text) if part.strip()]
        return fields[0] if fields and fields[0] and all(one in (fields[0], None) for one in fields) else None
    return None


def is_marked(text: str) -> bool:
    """Whether a label says that a number follows: Nº, No., #, or a colon."""
    return bool(re.search(r"[#:º°]|\b(?:no|num|nº|n|number|n[uú]mero|nr|nro)\b\.?", text, re.IGNORECASE))


# -- columns

_COLUMNS = {
    "amount": "total, importe total, total line, line value, ext price, extended, extension, total price, "
    "price total, montant, montant ht, "
    "valor total, total neto, neto, net, net value, total usd, total amount, total cost, value, ext, ext cost, ext amount, total s iva, "
    "total ht, total excl vat, importe sin iva, subtotal, sub total, total excl tax, line net, net total, valor liquido, importe bruto, "
    "precio total, "
    "total bruto, total without tax, amount excl vat, total sin iva, tot, imp, importe linea, base, base imponible, "
    "prix total, prix total ht, "
    "total ex vat, line total ex vat, montante, v total, vlr total, extended amount, total net, total line value",
    "price": "precio u, p u, pu, p unit, rate, precio un, cost, price unit, prix unitaire, prix unit, pu ht, p u ht, "
    "preco unitario, preco, "
    "tarifa, coste, valor unitario, vr unitario, vlr unit, each, precio unit, prec unit, pvp, coste unitario, net unit price, "
    "unit net price, costo, costo unitario, precio tarifa, pr unit, precio compra, precio bruto, list price, prix, prix u, valor unit, "
    "p unitario, unit value, price per unit, price unit net, net price unit, precio neto unitario, precio udad, precio ud neto, p neto, "
    "purchase price, v unitario, p unidad",
    "quantity": "ctd, cantidad uds, cantidad ud, unidades, qte, quantite, quantidade, qtd, qtde, pcs, units, qty ordered, cant pedida, "
    "cant ped, cantidad unidades, "
    "pieces, piezas, no of units, ordered quantity, cantid, order qty units, qty req, qty required, quant, qnty, cantidad solicitada, "
    "quantity required, ctdad, cdad",
    "unit": "um, u m, un, uom, uni, unidad med, ud medida, unite, unidade, envase, u, medida, unid, ud, u med, measure, pack, um pedido, "
    "purchase unit, pack size",
    "uds": "uds, und, unds, cajas, bultos",
    "discount": "dto, dto 1, descuento, desc, dcto, discount, disc, remise, desconto, rebate, rabatt, disc percent, dtos, dte, dscto, "
    "discount percent, rem",
    "tax": "iva, tax, vat, taxes, tax rate, tipo iva, igv, tva, impuesto, impuestos, i v a, vat rate, tipo, vat code, t iva, impto, gst, "
    "sales tax, tax percent",
    "text": "designation, designacion, descricao, libelle, detalle, details, goods, particulars, material description, "
    "descripcion del material, articulo descripcion, descripcion del producto o servicio, desc articulo, descrip, designation article, "
    "item details, description of goods, item and description, product and description, description specification, producto o servicio, "
    "concepto descripcion, denominacion articulo, descripcion articulo, item name, service, description of item, item description size, "
    "descripcion de articulo, nombre, name, designacao, mercancia, texto",
    "seller_code": "vendor part no, supplier part no, su codigo, su ref, vendor item no, ref prov, cod prov, "
    "your ref, your code, your item, "
    "your part no, mfr part no, votre ref, ref fabricante, vendor part, supplier part, supplier item no, supplier item, cod proveedor, "
    "ref del proveedor, your item no, your product code, vendor sku no, s ref, supplier ref, vendor code, referencia del proveedor, "
    "vendor product code, vendor catalog no, su articulo, ref fournisseur, ref fornecedor, supplier code",
    "buyer_code": "nuestro codigo, our code, our part no, our part number, our item no, material, material no, cod interno, notre ref, "
    "n material, our product code, "
    "codigo material, buyer part no, customer part no, n ref, nuestro articulo, buyer item, our article, internal code, codigo sap, sap",
    "item_code": "part no, part number, part, ref, reference, code, cod art, art no, art nr, catalog no, "
    "catalogue no, stock code, model, "
    "product no, prod code, ref articulo, referencia articulo, cod ref, codigo ref, codigo producto, n articulo, "
    "no articulo, article no, "
    "ref produit, referencia, reference article, code article, codigo artigo, artigo, item ref, item sku, product ref, modelo, ref art, "
    "reference no, stock no, id articulo, item id, product sku, codart, codigo referencia, isbn, item num, item code sku, art",
    "item_or_line": "item no, item, item number, no item, partida, renglon, n, no, num, nr, s no, sr no, sl no, ln, "
    "lin, seq, pos, linea, line, "
    "line no, sr, position, posicion, lfd nr, n linea, line item, item line, ord, num linea, n lin, nº, row",
    "gtin": "ean upc, gtin ean, ean gtin, codigo barras, ean 13 codigo, upc ean, bar code, code ean, gencod, c barras, cod ean",
    "requested_on": "delivery, due, delivery date, entrega, f entrega, fecha entrega, required, due date, "
    "required date, ship date, need by, "
    "f ent, date livraison, fecha ent, fecha de entrega, plazo, deliver by, delivery due",
}
_COLUMN_OF = {plain(word): field for field, words in _COLUMNS.items() for word in words.split(",")}
_SHARED = {"line_number": "item_or_line", "note": "text"}
_UNWANTED_SHARED = frozenset({"po_number", "buyer", "buyer_name", "ship_to", "ship_to_name", "issued_on", "currency"})


@lru_cache(maxsize=16384)
def column(text: str) -> str | None:
    """The column that a heading names, or None."""
    if not text or len(text) > 40:
        return None
    if text.strip() == "#":
        return "item_or_line"
    if text.strip() in ("%", "€", "$"):
        return None
    said = plain(text)
    for way in (said, " ".join(word for word in said.split() if word not in _CURRENCIES)):
        if way in _COLUMN_OF:
            return _COLUMN_OF[way]
        shared = headings.meaning(way)
        if shared and shared not in _UNWANTED_SHARED:
            return _SHARED.get(shared, shared)
    without = " ".join(
        word for word in said.split() if word not in _MARKERS and word not in _ARTICLES and word not in _CURRENCIES
    )
    if without != said and without in _COLUMN_OF:
        found = _COLUMN_OF[without]
        return "item_code" if found in ("item_or_line", "text") else found
    if without != said and (shared := headings.meaning(without)) and shared not in _UNWANTED_SHARED:
        return _SHARED.get(shared, shared)
    if any(sign in text for sign in "/|("):
        fields = [column(part.strip(" )")) for part in re.split(r"[/|(]", text) if part.strip(" )")]
        return next((one for one in fields if one), None)
    return None


# -- totals

_TOTALS = {
    "lines": "subtotal, sub total, total neto, importe neto, net total, total net value, total net value excl tax, "
    "total net value excl vat, net value excl tax, "
    "total amount excl vat, total amount excl tax, total value excl vat, total order excl vat, importe total sin iva, "
    "total pedido sin iva, "
    "total neto sin iva, total net amount excl vat, total excluding vat, total excluding tax, subtotal sin iva, "
    "net order value, total net price, total sin iva, total without taxes, untaxed amount, "
    "base, base imponible, total excl vat, total excl tax, total ex vat, total bruto, importe bruto, suma, goods total, total goods, "
    "total ht, total net, net amount, merchandise total, total lines, lines total, total lineas, total mercancia, "
    "suma lineas, valor neto, "
    "total mercadoria, total antes iva, total before tax, subtotal excl vat, order subtotal, net value, total iliquido, total s iva, "
    "base imp, b imponible, importe sin iva, total base, suma importes, net, taxable amount, total net amount",
    "tax": "iva, tax, vat, taxes, impuestos, impuesto, sales tax, tva, i v a, cuota iva, igv, total iva, total tax, "
    "total vat, importe iva, "
    "total impuestos, vat amount, tax amount, gst, total tva, montant tva, cuota, recargo equivalencia, "
    "r equivalencia, rec equivalencia, "
    "total cuota, state tax, valor iva, re",
    "charge": "shipping, freight, portes, gastos envio, transporte, handling, ship ins, envio, flete, seguro, insurance, shipping cost, "
    "shipping handling, shipping and handling, s h, delivery charge, delivery charges, gastos transporte, carriage, "
    "postage, delivery cost, "
    "delivery, packaging, gastos, frais port, port, frete, shipping insurance, embalaje, embalajes, other, otros, otros gastos, "
    "other charges, freight charge, freight charges, surcharge, recargo, seguros, cargos, packing, other costs, shipping costs, "
    "transport, frais livraison",
    "allowance": "descuento, discount, dto, dto pronto pago, dto comercial, descuento comercial, remise, desconto, total discount, "
    "total descuento, less discount, descuento pronto pago, dto pp, total descuentos, rappel, bonificacion, order discount, dto p p",
    "payable": "total, total pedido, importe total, grand total, total amount, total a pagar, total due, order total, total order, "
    "total general, total con iva, total incl vat, total including vat, total ttc, total documento, total orden, total orden compra, "
    "total oc, total inc vat, total purchase order, total po, po total, total amount due, amount due, total incl tax, "
    "total iva incluido, "
    "total with tax, total final, valor total, total encomenda, total commande, net a payer, total gross, gross total, total cost, "
    "total value, "
    "total order value, importe total pedido, liquido, total liquido, amount payable, total payable, total price, total bon commande",
}
_TOTAL_OF = {_core(word): field for field, words in _TOTALS.items() for word in words.split(",")}
_PERCENT = re.compile(r"\(?\s*\+?\s*([0-9]{1,2}(?:[.,][0-9]{1,4})?)\s*%\s*\)?")
_CARRIED = frozenset(
    plain(one)
    for one in [
        "suma y sigue",
        " suma anterior",
        " suma y sigue total",
        " carried forward",
        " brought forward",
        " continued",
        " continua",
        " sigue",
        " total page",
        " total pagina",
        " page total",
        " subtotal page",
        " subtotal pagina",
        " continued on next page",
        " a reportar",
        " report",
        " transporte de la pagina",
        " continua en la pagina siguiente",
        " sigue en la pagina siguiente",
        " carry forward",
        " suma parcial",
        " a transportar",
    ]
)


def percent_in(text: str) -> str | None:
    """The percentage that a label carries: `IVA 21 %`."""
    match = _PERCENT.search(text)
    return match.group(1) if match else None


@lru_cache(maxsize=16384)
def total(text: str) -> str | None:
    """The total that a label names: lines, tax, charge, allowance or payable."""
    if len(text) > 60:
        return None
    bare = _PERCENT.sub(" ", text)
    core = " ".join(word for word in _core(bare).split() if word not in _CURRENCIES)
    if core in _TOTAL_OF:
        return _TOTAL_OF[core]
    if re.search(r"[/|(]", bare):
        parts = [part.strip(" )") for part in re.split(r"[/|(]", bare) if part.strip(" )")]
        fields = [total(part) for part in parts]
        return next((one for one in fields if one), None) if len(parts) < 4 else None
    return None


def is_carried(text: str) -> bool:
    """Whether a row only carries a sum from one page to the next."""
    said = plain(re.sub(r"[0-9.,€$]+", " ", text))
    return said in _CARRIED


# -- how a letter closes

_CLOSING = re.compile(
    r"(?:(?:reciban? )?(?:un |muchos |mis |nuestros )?(?:cordial(?:es)? |afectuosos? |atentos? )?saludos?"
    r"(?: (?:cordial(?:es)?|afectuosos?|atentos?|a todos))?|(?:muy )?atentamente|atte|cordialmente|"
    r"(?:muchas )?gracias(?: (?:por (?:su|la|todo|vuestra|vuestro)(?: \w+){0,2}|de antemano|anticipadas|"
    r"y (?:un )?saludos?(?: cordial(?:es)?)?))?|"
    r"(?:with )?(?:kind(?:est)?|best|warm) (?:regards|wishes)|regards|(?:yours )?(?:sincerely|faithfully|truly)(?: yours)?|"
    r"(?:many )?thanks(?: (?:in advance|again|and (?:kind |best )?regards))?|"
    r"thank you(?: (?:very much|in advance|for your \w+(?: \w+)?))?|"
    r"cordialement|(?:com os )?(?:melhores )?cumprimentos|obrigad[oa])"
)


def is_closing(text: str) -> bool:
    """Whether a row is how a letter closes and nothing else: `Un saludo,`, `Kind regards`."""
    return len(text) <= 60 and bool(_CLOSING.fullmatch(plain(text)))


# -- what a document says it is

_ORDER_TITLES = (
    "purchase order, order form, po, pedido, pedido de compra, orden de compra, nota de pedido, hoja de pedido, orden de pedido, "
    "pedido a proveedor, pedido de cliente, bon de commande, commande, ordem de compra, encomenda, nota de encomenda, "
    "purchase order form, "
    "pedido de compras, order, solicitud de pedido, pedido proveedor, pedido al proveedor, formulario de pedido, "
    "standard purchase order, "
    "commande fournisseur, orden de compra a proveedor, pedido de material, orden de compra nacional, blanket purchase order release, "
    "purchase order copy, nota de compra, orden de suministro, pedido en firme, pedido de suministro, local purchase order, "
    "bon de commande fournisseur, nota encomenda, encomenda a fornecedor, work order, orden de servicio"
)
_CHANGE_TITLES = (
    "purchase order change, order change, change order, modificacion de pedido, cambio de pedido, pedido modificado, "
    "purchase order amendment, revised purchase order, amended purchase order, modificacion de orden de compra, purchase order revision"
)
_CANCEL_TITLES = (
    "order cancellation, purchase order cancellation, cancellation, anulacion de pedido, cancelacion de pedido, pedido anulado, "
    "cancelacion de orden de compra, anulacion de orden de compra, cancelled purchase order"
)
_OTHER_TITLES = {
    "una factura|an invoice": "invoice, factura, tax invoice, commercial invoice, factura simplificada, facture, "
    "fatura, factura comercial, "
    "factura electronica, rechnung, sales invoice, factura de venta, factura rectificativa, nota de cargo",
    "una factura proforma|a pro forma invoice": "proforma, pro forma, proforma invoice, pro forma invoice, factura proforma",
    "una oferta o un presupuesto|a quotation": "quotation, quote, sales quote, sales quotation, presupuesto, oferta, oferta comercial, "
    "cotizacion, estimate, offer, devis, orcamento, proposal, propuesta, propuesta comercial, price quotation, angebot",
    "una petición de oferta|a request for quotation": "request for quotation, request for quote, rfq, solicitud de cotizacion, "
    "solicitud de presupuesto, solicitud de oferta, peticion de oferta, peticion de precios, request for proposal, demande de prix, "
    "pedido de cotacao, solicitud de cotizaciones, invitation to tender, request for proposals, rfp, demande de devis, "
    "pedido de presupuesto, pedido de cotizacion, peticion de presupuesto",
    "una confirmación|a confirmation": "confirmation, trade confirmation, order confirmation, sales order confirmation, "
    "confirmacion, confirmacion de pedido, order acknowledgement, order acknowledgment, acuse de pedido, aceptacion de pedido, "
    "confirmation de commande, acknowledgement, sales order, trade, booking confirmation, orden de venta, confirmacion de orden, "
    "pedido de venta, confirmacao de encomenda, auftragsbestatigung, order response, confirmacion de venta",
    "un albarán|a delivery note": "delivery note, packing list, packing slip, albaran, albaran de entrega, nota de entrega, remito, "
    "guia de remision, despatch note, dispatch note, despatch advice, bon de livraison, guia de remessa, bill of lading, carta de porte, "
    "lista de empaque, delivery slip, cmr, waybill, goods received note, albaran de devolucion, lieferschein, shipping notice, "
    "delivery docket, proof of delivery",
    "un abono|a credit note": "credit note, credit memo, nota de credito, abono, factura de abono, nota de abono, avoir, debit note, "
    "nota de debito, credit memorandum",
    "un extracto o un aviso de pago|a statement or payment advice": "statement, account statement, statement of account, extracto, "
    "estado de cuenta, remittance advice, aviso de pago, payment advice, recibo, receipt, payment receipt, remesa, extracto de cuenta, "
    "payment reminder, recordatorio de pago, reminder, comprobante de pago, pay slip, nomina, orden de transferencia, payment order, "
    "orden de pago, requerimiento de pago, dunning notice, liquidacion, settlement, sales receipt",
    "una lista de precios|a price list": "price list, lista de precios, tarifa, tarifa de precios, catalogo, catalogue, catalog, "
    "tarifas, product catalogue, liste de prix",
    "un contrato|a contract": "contract, contrato, agreement, framework agreement, terms and conditions, condiciones generales, "
    "certificate, certificado, curriculum vitae, acuerdo marco, certificate of origin, certificado de origen, ficha tecnica, data sheet, "
    "product data sheet, safety data sheet, ficha de datos de seguridad, technical data sheet",
    "una devolución o una reclamación|a return or a complaint": "return order, return authorization, "
    "return authorisation, rma, devolucion, "
    "nota de devolucion, reclamacion, complaint, return note, hoja de reclamaciones, return form",
    "una solicitud interna|an internal requisition": "purchase requisition, requisition, solicitud de compra, solicitud de material, "
    "requisicion, requisicion de compra, material requisition",
    "un pronóstico o un informe|a forecast or a report": "forecast, prevision, report, informe, sales report, "
    "informe de ventas, delivery schedule, "
    "planning schedule, inventory report, stock report, minutes, acta, memo, memorandum, newsletter",
}
ORDER, CHANGE, CANCEL = "order", "order_change", "order_cancellation"
TITLES: dict[str, str] = {
    **{plain(word): ORDER for word in _ORDER_TITLES.split(",")},
    **{plain(word): CHANGE for word in _CHANGE_TITLES.split(",")},
    **{plain(word): CANCEL for word in _CANCEL_TITLES.split(",")},
    **{plain(word): what for what, words in _OTHER_TITLES.items() for word in words.split(",")},
}
