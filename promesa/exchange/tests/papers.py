"""Purchase orders on paper, of many layouts: typst sources with what stands in them."""

from __future__ import annotations

import io
from functools import lru_cache

import typst

SPANISH_RULED = """
#set page(paper: "a4", margin: 1.6cm)
#set text(font: "Libertinus Serif", size: 10pt, lang: "es")
#grid(columns: (1fr, 1fr),
  [*SUPERMERCADOS RUBIO, S.A.* \\ Avda. de la Industria, 14 \\ 28108 Alcobendas (Madrid) \\ NIF: A28123453 \\ Tel. 916 555 010],
  align(right)[#text(size: 20pt, weight: "bold")[PEDIDO] \\ Nº pedido: *4500123* \\ Fecha: 05/03/2026 \\ Fecha de entrega: 27/03/2026])
#v(8mm)
#grid(columns: (1fr, 1fr),
  [*Proveedor* \\ Aceites del Sur, S.L. \\ Pol. Ind. El Pino, nave 7 \\ 41016 Sevilla],
  [*Entregar en* \\ Plataforma Getafe \\ C/ Herreros, 22 \\ 28906 Getafe (Madrid) \\ GLN: 8437008459004])
#v(8mm)
#table(columns: (auto, 1fr, auto, auto, auto, auto, auto, auto), align: (left, left, right, left, right, right, right, right),
  [*Código*],[*Descripción*],[*Cant.*],[*Ud.*],[*Precio*],[*Dto. %*],[*IVA %*],[*Importe*],
  [AC-5L],[Aceite de oliva virgen extra, garrafa de 5 litros],[48],[UD],[32,50],[],[4],[1.560,00],
  [AC-1L],[Aceite de oliva suave, botella de 1 litro en caja de doce unidades retractilada],[1.200],[UD],[4,875],[10],[4],[5.265,00],
  [VN-750],[Vinagre de Jerez 750 ml],[36],[CAJA],[18,90],[5],[10],[646,38])
#align(right)[#table(columns: 2, stroke: none, align: (left, right),
  [Base imponible],[7.471,38 €], [IVA 4 %],[273,00 €], [IVA 10 %],[64,64 €], [*TOTAL*],[*7.809,02 €*])]
Forma de pago: transferencia a 60 días

Observaciones: \\ Entregar de 7 a 12 h. \\ Palés europeos.
"""

BRITISH_PLAIN = """
#set page(paper: "a4", margin: 2cm)
#set text(font: "New Computer Modern", size: 10pt)
#text(size: 16pt)[Northwind Catering Ltd] \\
12 Harbour Road \\ Bristol BS1 4QA \\ United Kingdom \\ VAT No: GB123456789
#v(4mm)
#text(size: 14pt, weight: "bold")[Purchase Order PO-88213]
#v(2mm)
Order date: 3 February 2026 \\ Required by: 12 February 2026
#v(4mm)
#grid(columns: (1fr, 1fr), [*Supplier:* \\ Olive & Grain Imports \\ 5 Mill Lane \\ Leeds LS1 2AB], [*Deliver to:* \\
  Northwind Kitchen 3 \\ Unit 9, Dock Estate \\ Bristol BS2 0XJ])
#v(6mm)
#grid(columns: (1.4cm, 1.6cm, 1fr, 2.2cm, 2.2cm, 2.6cm), row-gutter: 3.2mm, align: (right, center, left, right, right, right),
  [Qty],[Unit],[Description],[Unit price],[Amount],[Part No.],
  [10],[case],[Extra virgin olive oil 6 x 1 L, \\ cold pressed, harvest 2025],[41.40],[414.00],[OG-1006],
  [4],[each],[Stainless dispenser],[89.95],[359.80],[OG-2200],
  [25],[kg],[Arborio rice],[2.10],[52.50],[OG-0310])
#v(6mm)
#align(right)[#grid(columns: (3cm, 2.6cm), row-gutter: 2.4mm, align: (left, right), [Subtotal],[£826.30],[VAT 20%],[£165.26],
  [Delivery],[£15.00],[Grand total],[£1,006.56])]
"""

COLOMBIAN = """
#set page(paper: "us-letter", margin: 2cm)
#set text(font: "Libertinus Serif", size: 10pt)
#align(center)[*DISTRIBUIDORA ANDINA S.A.S.* \\ NIT: 900.123.456-7 \\ Carrera 15 No. 93-47, Bogotá, Colombia]
#v(3mm)
#align(center)[#text(size: 15pt)[*ORDEN DE COMPRA N° OC-2026-0457*]]
#v(3mm)
#table(columns: (3.2cm, 1fr, 3.2cm, 1fr), [Fecha],[12/11/2026],[Fecha de entrega],[20/11/2026],[Proveedor],
  [Lácteos del Valle Ltda.],[Moneda],[COP],[Forma de pago],[Crédito 30 días],[Lugar de entrega],[Bodega Fontibón])
#v(5mm)
#table(columns: (auto, auto, 1fr, auto, auto, auto), align: (center, left, left, right, right, right),
  [Ítem],[Referencia],[Descripción],[Cantidad],[Valor unitario],[Valor total],
  [1],[LV-2001],[Leche entera UHT 1 L x 12],[120],[38.400],[4.608.000],
  [2],[LV-3010],[Queso campesino 500 g],[85],[12.750],[1.083.750],
  [3],[LV-4002],[Yogur natural 1 kg],[60],[9.800],[588.000])
#align(right)[#table(columns: 2, align: (left, right), [Subtotal],[\\$ 6.279.750],[IVA 19%],[\\$ 1.193.153],[Total],[\\$ 7.472.903])]
"""

NO_PRICES = """
#set page(paper: "a4", margin: 2cm)
#set text(font: "Libertinus Serif", size: 11pt)
#text(size: 18pt)[Hoja de pedido]
#v(3mm)
Cliente: Bar Casa Pepe, S.L. \\
Pedido nº: CP/2026/031 \\
Fecha: 12 de noviembre de 2026 \\
Entrega: 18 de noviembre de 2026
#v(6mm)
#table(columns: (auto, auto, 1fr, auto), stroke: (x: none), align: (left, left, left, right),
  [Ref.],[EAN],[Artículo],[Cajas],
  [1001],[8410076472885],[Cerveza rubia lata 33 cl],[24],
  [1002],[8410793212344],[Agua mineral 1,5 L],[40],
  [1017],[4006381333931],[Refresco de limón],[8])
"""

AMERICAN_GRID = """
#set page(paper: "us-letter", margin: 1.8cm)
#set text(font: "New Computer Modern", size: 9.5pt)
#grid(columns: (1fr, auto), [*Lakeside Hardware Co.* \\ 400 Main Street \\ Madison, WI 53703],
  text(size: 22pt, fill: blue)[Purchase Order])
#v(6mm)
#table(columns: (1fr,)*5, align: center, fill: (x, y) => if y == 0 { luma(220) },
  [P.O. Number],[Order Date],[Ship Date],[Terms],[Ship Via], [LH-20931],[04/11/2026],[04/18/2026],[Net 30],[UPS Ground])
#v(4mm)
#grid(columns: (1fr, 1fr), gutter: 4mm, [#text(fill: gray)[VENDOR] \\ Ironworks Supply Inc. \\ 77 Foundry Road \\
  Gary, IN 46402], [#text(fill: gray)[SHIP TO] \\ Lakeside Hardware Co. \\ Warehouse 2 \\ 18 Dock Avenue \\ Madison, WI 53704])
#v(4mm)
#table(columns: (auto, auto, 1fr, auto, auto, auto), align: horizon, stroke: 0.4pt,
  [Line],[Quantity \\ Ordered],[Item Description],[Item \\ Number],[Unit \\ Price],[Extended \\ Price],
  [1],[500],[Hex bolt M8 x 40, zinc plated, grade 8.8, box of one hundred pieces],[HB-0840],[\\$11.25],[\\$5,625.00],
  [2],[1,000],[Flat washer M8],[FW-08],[\\$0.035],[\\$35.00],
  [3],[12],[Torque wrench 20-100 Nm with case and calibration certificate],[TW-100],[\\$148.50],[\\$1,782.00])
#align(right)[#table(columns: 2, stroke: none, align: (left, right), [Sub Total],[\\$7,442.00],[Sales Tax],[\\$409.31],[Freight],
  [\\$65.00],[Order Total],[\\$7,916.31])]
"""

ODOO = """
#set page(paper: "a4", margin: 1.8cm)
#set text(font: "Libertinus Serif", size: 10pt)
#text(fill: gray)[Hostelería Norte SL] \\ Calle Uría 10 \\ 33003 Oviedo \\ España
#v(4mm)
*Dirección de envío:* \\ Almacén central \\ Polígono Espíritu Santo 4 \\ 33010 Oviedo
#v(4mm)
#text(size: 18pt)[Pedido de compra n.º P00127]
#v(3mm)
#grid(columns: (1fr, 1fr, 1fr), [*Su referencia:* \\ Oferta 55], [*Fecha de pedido:* \\ 14/01/2026], [*Proveedor:* \\ Vajillas Luna])
#v(5mm)
#table(columns: (1fr, auto, auto, auto, auto, auto), stroke: none, align: (left, left, left, right, right, right),
  [*Descripción*],[*Impuestos*],[*Fecha solicitada*],[*Cant.*],[*Precio unitario*],[*Importe*],
  [[VL-100] Plato llano 27 cm],[21%],[20/01/2026],[240,00 Unidades],[3,15],[756,00 €],
  [[VL-205] Taza café con asa],[21%],[20/01/2026],[600,00 Unidades],[1,42],[852,00 €])
#align(right)[#table(columns: 2, stroke: none, align: (left, right), [Importe sin IVA],[1.608,00 €],[IVA 21%],[337,68 €],
  [*Total*],[*1.945,68 €*])]
"""

MONOSPACED = """
#set page(paper: "a4", margin: 1.5cm)
#set text(font: "DejaVu Sans Mono", size: 8pt)
```
ACERIAS NERVION SA                                        PURCHASE ORDER
Ribera de Zorrozaurre 3                                   Number        4700098812
48014 Bilbao                                              Date          2026-02-09
VAT no.: ESA48010615                                      Currency      EUR
                                                          Vendor no.    100234
Vendor
Talleres Ugarte SL
Barrio Zabala 9
48450 Etxebarri

Delivery date: 2026-03-02
-------------------------------------------------------------------------------------------
Item   Material      Description                     Quantity  UM     Net price    Net amount
-------------------------------------------------------------------------------------------
00010  7000412       Rodamiento 6204-2RS                  120  PCE         3.85        462.00
00020  7000977       Reten 35x52x7 NBR                    300  PCE         1.10        330.00
00030  7001250       Grasa de litio NLGI-2                 25  KG         14.60        365.00
-------------------------------------------------------------------------------------------
                                            Total net value excl. tax EUR        1,157.00
```
"""

FRENCH = """
#set page(paper: "a4", margin: 2cm)
#set text(font: "Libertinus Serif", size: 10pt)
#grid(columns: (1fr, auto), [*Restaurants du Midi SARL* \\ 8 rue de la Paix \\ 31000 Toulouse \\ France],
  [#text(size: 16pt)[BON DE COMMANDE] \\ N° de commande : BC-7781 \\ Date : 02/07/2026 \\ Livraison : 15/07/2026])
#v(5mm)
*Fournisseur :* Conserves Ibaï \\
#v(5mm)
#table(columns: (auto, 1fr, auto, auto, auto), align: (left, left, right, right, right),
  [Référence],[Désignation],[Qté],[Prix unitaire],[Montant HT],
  [CI-12],[Thon à l'huile d'olive 1 kg],[30],[14,20],[426,00],
  [CI-40],[Poivrons grillés 2,5 kg],[18],[9,75],[175,50])
#align(right)[#table(columns: 2, stroke: none, align: (left, right), [Total HT],[601,50 €],[TVA 5,5 %],[33,08 €],[Total TTC],[634,58 €])]
"""


def long_order(count: int = 70, *, repeat: bool = True) -> str:
    """An order of several pages, its headings repeated or not."""
    rows = ""
    for place in range(1, count + 1):
        more = " con una descripción que ocupa dos renglones enteros" if place % 9 == 0 else ""
        quantity, price = place % 7 + 1, f"{place % 13 + 1},50"
        amount = f"{quantity * (place % 13 + 1) + quantity / 2:.2f}".replace(".", ",")
        rows += (
            f"[{place}],[8{place:05d}],[Artículo de prueba número {place}{more}],[{quantity}],[{price}],[{amount}],\n"
        )
    total = sum((place % 7 + 1) * ((place % 13 + 1) + 0.5) for place in range(1, count + 1))
    said = f"{total:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".")
    heading = "[Lín.],[Referencia],[Descripción],[Cantidad],[Precio],[Importe]"
    head = f"table.header({heading})" if repeat else heading
    return f"""
#set page(paper: "a4", margin: 2cm, footer: context align(center)[Página #counter(page).display() de #counter(page).final().first()])
#set text(font: "Libertinus Serif", size: 10pt)
*Ferretería Industrial Vega, S.L.* \\ Calle Mayor 3 \\ 50001 Zaragoza
#v(3mm)
#text(size: 16pt)[PEDIDO A PROVEEDOR]
#v(2mm)
Número: PV-26/1187 \\ Fecha: 30/09/2026 \\ Proveedor: Suministros Ebro, S.A.
#v(4mm)
#table(columns: (auto, auto, 1fr, auto, auto, auto), align: (right, left, left, right, right, right), stroke: 0.4pt,
  {head},
  {rows}
)
#align(right)[Total: *{said} €*]
"""


SOURCES = {
    "spanish_ruled": SPANISH_RULED,
    "british_plain": BRITISH_PLAIN,
    "colombian": COLOMBIAN,
    "no_prices": NO_PRICES,
    "american_grid": AMERICAN_GRID,
    "odoo": ODOO,
    "monospaced": MONOSPACED,
    "french": FRENCH,
    "long": long_order(),
    "long_bare": long_order(repeat=False),
}


@lru_cache(maxsize=32)
def pdf(name: str) -> bytes:
    """The order of that name as a PDF with text."""
    return made(SOURCES[name])


def made(source: str) -> bytes:
    compiled = typst.compile(source.encode(), format="pdf", ignore_system_fonts=True)
    return bytes(compiled) if not isinstance(compiled, io.BytesIO) else compiled.getvalue()
