"""Words in which people order by e-mail, in Spanish and English: units, numbers, what asks for goods, what complains of them."""

from __future__ import annotations

import re

NUMBER_WORDS = {
    "un": 1, "una": 1, "uno": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9, "diez": 10,
    "once": 11, "doce": 12, "quince": 15, "veinte": 20, "treinta": 30, "cuarenta": 40, "cincuenta": 50, "cien": 100, "one": 1, "two": 2,
    "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15,
    "twenty": 20, "thirty": 30, "fifty": 50,
}  # fmt: skip
_WORD = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
COUNT = rf"(?:\d{{1,7}}(?:[.,]\d{{1,3}})?|\b(?:{_WORD})\b)"
UNIT = (
    r"(?:cajas?|cj(?:s|as?)?\.?|caj\.?|unidad(?:es)?|uni?ds?\.?|uds?\.?|u\.|palets?|pallets?|pal[eé]s?|botellas?|bot\.|"
    r"garrafas?|latas?|bricks?|paquetes?|"
    r"paq\.?|packs?|docenas?|sacos?|bolsas?|bidones|bid[oó]n|barriles|barril|piezas?|pzas?\.?|pz\.?|rollos?|"
    r"botes?|tarros?|estuches?|kilogramos?|"
    r"kilos?|kgs?\.?|litros?|lts?\.?|toneladas?|metros?|boxes|box|cases?|cartons?|units?|pieces?|pcs?\.?|ea\.?|"
    r"each|bottles?|cans?|bags?|dozens?|"
    r"rolls?|jars?|drums?|barrels?|kilograms?|kilogrammes?|lit(?:er|re)s?|tonnes?|met(?:er|re)s?)(?![\w])"
)
FILLING = (
    r"\s+|\bde\s+(?:la|el|los|las)\b|\bdel?\b|\bof\b|\bthe\b|\blos?\b|\blas?\b|\bart(?:[ií]culos?|\.)?|"
    r"\bitems?\b|\bproductos?\b|\bproducts?\b|"
    r"\bref(?:erencias?|erences?|s)?\b\.?|\bc[oó]d(?:igos?|s)?\b\.?|\bcodes?\b|\bsku\b|\bean(?:-?13)?\b|"
    r"\bgtin\b|\bn[º°]|\bnum\b\.?|\bcantidad\b|\bcant\b\.?|"
    r"\bqty\b\.?|\bquantity\b|[x×]\s|[:#.(\-–*\t]|\bpart\b|\bnumber\b|\bno\."
)
ITEM_WORDS = (
    r"ref(?:erencia|erence)?s?\.?|c[oó]d(?:igo)?s?\.?|codes?|"
    r"art(?:[ií]culo)?s?\.?|sku|items?|ean(?:-?13)?|gtin|part (?:no\.?|number)|productos?|product"
)
CODE = re.compile(
    rf"(?<![\w./@-])(?:(?P<word>\b(?:{ITEM_WORDS}))\s*(?:n[º°o]\.?|num\.?|number|"
    rf"no\.)?\s*[:#]?\s*)?(?<![\w./@-])(?P<code>[A-Za-z0-9][A-Za-z0-9._/-]{{2,39}})(?![\w@€$%])",
    re.IGNORECASE,
)
_MEASURE = r"(?:kg|kgs|g|gr|grs|mg|l|lt|lts|ml|cl|cc|mm|cm|m|m2|m3|mts|uds?|ud|u|v|w|kw|h|hs|hrs|min|º|gb|mb|a|x|pcs|und|unds|eur|euros?)"
NOT_CODES = re.compile(
    "|".join((
        rf"\d{{1,5}}(?:[.,]\d+)?{_MEASURE}",
        rf"\d{{1,4}}x\d{{1,5}}(?:[.,]\d+)?(?:x\d+)?{_MEASURE}?",
        r"\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?",
        r"\d{4}-\d{2}-\d{2}",
        r"\d{1,2}[:.]\d{2}h?",
        r"P-\d{4}-\d{6,9}",
        r"(?:PO|OC|PED|P\.O\.|O\.C\.)[-_.]?\d[\w-]*",
        r"(?:covid|mp3|a4|a3|din-?a\d|b2b|iso-?\d+|h264|utf-?8|\d+(?:st|nd|rd|th)|[a-z]\d|q[1-4]|s\d{1,2}|w\d{1,2})",
        r"[A-Z]?\d{7,8}[A-Z]|[A-HJNP-SUVW]-?\d{8}",  # a tax number of Spain
        r"ES[A-Z0-9]\d{7}[A-Z0-9]|ES\d{22}",
        r"\d{3}-\d{3}-\d{3,4}|\d{2,3}[.-]\d{2,3}[.-]\d{2,3}(?:[.-]\d{2,3})?",
        r"\d+(?:[.,]\d+)+",
        r"www\..*|https?.*|.*\.(?:com|es|net|org|pdf|xlsx?|docx?|csv|jpe?g|png|zip)",
    )),
    re.IGNORECASE,
)  # fmt: skip
INTENT = (
    r"\b(?:enviad(?:nos|me|lo)?|env[ií]e(?:n|nos|me|nme|nnos)?|enviar(?:nos|me)?|env[ií]an?(?:os|me)?|"
    r"m[aá]nd(?:ad(?:nos|me)?|e(?:n|me|nos|nme|nnos)?|ar(?:nos|me)?|a(?:nos|me)?)|"
    r"s[ií]rv(?:an?se|anos|enos|e(?:n)?)|servir(?:nos|me)|pedimos|pedir|quer(?:emos|r[ií]amos|r[ií]a|emos "
    r"pedir)|quiero|necesit(?:amos|o|ar[ií]amos|ar[ií]a)|"
    r"solicit(?:amos|o|ar)|encarg(?:amos|o|ar)|prepar(?:ad(?:nos|me)?|e(?:n|nos)?|ar)|pon(?:ed(?:nos|me)?|"
    r"gan(?:os|me)?|me|nos)|apunt(?:ad|e|en|a)(?:nos|me)?|"
    r"please (?:send|supply|deliver|ship|order|prepare|dispatch|provide)|(?:could|can|would) you (?:please "
    r")?(?:send|supply|ship|deliver)|send (?:us|me)|ship (?:us|me)|"
    r"we(?:'d| would)? (?:like|need|want|require|order|wish)|i(?:'d| would)? (?:like|need|want)(?: to order)?|"
    r"(?:to|place an?) order|ordering)\b"
)
NAMED = r"\b(?:pedidos?|orders?|purchase order|encargo|comanda)\b"
COMPLAINT = (
    r"\b(?:rot[oa]s?|da[ñn]ad[oa]s?|defectuos[oa]s?|faltan?|faltaban|han llegado|ha llegado|hemos recibido|"
    r"recibimos|nos lleg[oó]|devolver|devoluci[oó]n|devolvemos|reclam(?:o|amos|aci[oó]n)|"
    r"caducad[oa]s?|equivocad[oa]s?|sobran|de m[aá]s|damaged|broken|missing|we (?:have )?received|arrived|"
    r"short(?:age| shipped)|complain|return(?:ing|ed)|wrong item|faulty|expired|"
    r"anul(?:ad|ar|en|amos)|cancel(?:ad|ar|en|amos|led)?|factura(?:d[oa]s?)?|abono|invoiced?)\b"
)
