"""The code lists of Facturae, beside those of the neutral form."""

from __future__ import annotations

from functools import lru_cache

from babel.core import get_global

NAMESPACE = "http://www.facturae.gob.es/formato/Versiones/Facturaev3_2_2.xml"
VERSIONS = {
    "http://www.facturae.es/Facturae/2007/v3.0/Facturae": "3.0",
    "http://www.facturae.es/Facturae/2007/v3.1/Facturae": "3.1",
    "http://www.facturae.es/Facturae/2009/v3.2/Facturae": "3.2",
    "http://www.facturae.es/Facturae/2014/v3.2.1/Facturae": "3.2.1",
    NAMESPACE: "3.2.2",
}
CORRECTIVE = frozenset({"OR", "CR"})
COPIES = frozenset({"CO", "CR", "CC"})
CLASSES = ("OO", "OR", "OC", "CO", "CR", "CC")
DOCUMENT_TYPES = ("FC", "FA", "AF")
SELF_BILLED = "AF"

VAT, IPSI, IGIC, IRPF, OTHER_TAX = "01", "02", "03", "04", "05"
TAXES = {
    VAT: "VAT", IPSI: "IPSI", IGIC: "IGIC", IRPF: "IRPF", OTHER_TAX: "other", "06": "ITPAJD", "07": "IE", "08": "RA", "09": "IGTECM",
    "10": "IECDPCAC", "11": "IIIMAB", "12": "ICIO", "13": "IMVDN", "14": "IMSN", "15": "IMGSN", "16": "IMPN", "17": "REIVA",
    "18": "REIGIC", "19": "REIPSI", "20": "IPS", "21": "RLEA", "22": "IVPEE", "23": "IPCNG", "24": "IACNG", "25": "IDEC",
    "26": "ILTCAC", "27": "IGFEI", "28": "IRNR", "29": "ISS",
}  # fmt: skip
TAX_CODES = {kind: code for code, kind in TAXES.items()}
# Equivalence surcharge and the special base of travel agencies: rows of their own beside the tax they belong to.
SURCHARGE, SPECIAL = "RE", "_special"
# The tax that a line is mainly under, best first, and the category (UNCL5305) that a rate above zero gives it.
MAIN_TAXES = {"VAT": "S", "IGIC": "L", "IPSI": "M"}
# What is said of a line without tax: subject and exempt, or not subject.
EVENTS = {"01": "E", "02": "O"}
EVENT_CODES = {"E": "01", "O": "02", "AE": "01", "K": "01", "G": "01"}

UNITS = {
    "01": "C62", "02": "HUR", "03": "KGM", "04": "LTR", "05": "ZZ", "06": "XBX", "07": "XDS", "08": "XBA", "09": "XJY", "10": "XBG",
    "11": "XCO", "12": "XBO", "13": "XCI", "14": "XCT", "15": "CLT", "16": "CMT", "17": "XBI", "18": "DZN", "19": "XCS", "20": "XDJ",
    "21": "GRM", "22": "KMT", "23": "XCA", "24": "XBH", "25": "MTR", "26": "MMT", "27": "P6", "28": "XPK", "29": "PTN", "30": "XRO",
    "31": "XEN", "32": "XTB", "33": "MTQ", "34": "SEC", "35": "WTT", "36": "KWH",
}  # fmt: skip
UNIT_CODES = {code: ours for ours, code in UNITS.items()} | {
    "H87": "01", "EA": "01", "PCE": "01", "PCS": "01", "NIU": "01", "HR": "02", "BX": "06", "DS": "07", "BA": "08", "JY": "09",
    "BG": "10", "CO": "11", "BO": "12", "CI": "13", "CT": "06", "BI": "17", "CS": "06", "DJ": "20", "CA": "23", "BH": "24", "PK": "28",
    "PA": "28", "RO": "30", "EN": "31", "TB": "32",
}  # fmt: skip

# Means of payment: (UNCL4461, the words of Facturae); what has no code of its own there keeps only its words.
MEANS = {
    "01": ("10", "Al contado"),
    "02": ("49", "Recibo domiciliado"),
    "03": ("70", "Recibo"),
    "04": ("30", "Transferencia"),
    "05": ("44", "Letra aceptada"),
    "06": ("ZZZ", "Crédito documentario"),
    "07": ("ZZZ", "Contrato adjudicación"),
    "08": ("24", "Letra de cambio"),
    "09": ("60", "Pagaré a la orden"),
    "10": ("60", "Pagaré no a la orden"),
    "11": ("20", "Cheque"),
    "12": ("ZZZ", "Reposición"),
    "13": ("ZZZ", "Especiales"),
    "14": ("97", "Compensación"),
    "15": ("50", "Giro postal"),
    "16": ("25", "Cheque conformado"),
    "17": ("23", "Cheque bancario"),
    "18": ("ZZZ", "Pago contra reembolso"),
    "19": ("48", "Pago mediante tarjeta"),
}
MEANS_BY_TEXT = {text: code for code, (_, text) in MEANS.items()}
MEANS_BY_CODE = {code: ours for ours, (code, _) in reversed(MEANS.items()) if code != "ZZZ"} | {
    "58": "04", "31": "04", "42": "04", "59": "02", "54": "19", "55": "19", "57": "13", "1": "13", "21": "17", "22": "16", "26": "11",
    "61": "09",
}  # fmt: skip

CENTRES = {
    "01": "fiscal", "02": "receiver", "03": "payer", "04": "orderer", "05": "collector", "06": "seller", "07": "payee",
    "08": "collection_receiver", "09": "issuer",
}  # fmt: skip
CENTRE_CODES = {name: code for code, name in CENTRES.items()}

REASONS = {
    "01": "Número de la factura", "02": "Serie de la factura", "03": "Fecha expedición",
    "04": "Nombre y apellidos/Razón Social-Emisor", "05": "Nombre y apellidos/Razón Social-Receptor",
    "06": "Identificación fiscal Emisor/obligado", "07": "Identificación fiscal Receptor", "08": "Domicilio Emisor/Obligado",
    "09": "Domicilio Receptor", "10": "Detalle Operación", "11": "Porcentaje impositivo a aplicar",
    "12": "Cuota tributaria a aplicar", "13": "Fecha/Periodo a aplicar", "14": "Clase de factura", "15": "Literales legales",
    "16": "Base imponible", "80": "Cálculo de cuotas repercutidas", "81": "Cálculo de cuotas retenidas",
    "82": "Base imponible modificada por devolución de envases / embalajes",
    "83": "Base imponible modificada por descuentos y bonificaciones",
    "84": "Base imponible modificada por resolución firme, judicial o administrativa",
    "85": "Base imponible modificada cuotas repercutidas no satisfechas. Auto de declaración de concurso",
}  # fmt: skip
METHODS = {
    "01": "Rectificación íntegra",
    "02": "Rectificación por diferencias",
    "03": "Rectificación por descuento por volumen de operaciones durante un periodo",
    "04": "Autorizadas por la Agencia Tributaria",
}
BY_DIFFERENCES = "02"

MEDIA_TYPES = {
    "xml": "application/xml", "doc": "application/msword", "gif": "image/gif", "rtf": "application/rtf", "pdf": "application/pdf",
    "xls": "application/vnd.ms-excel", "jpg": "image/jpeg", "bmp": "image/bmp", "tiff": "image/tiff", "html": "text/html",
}  # fmt: skip
ATTACHMENT_FORMATS = {media: name for name, media in MEDIA_TYPES.items()} | {"text/xml": "xml"}

PROVINCES = (
    "Araba/Álava", "Albacete", "Alicante", "Almería", "Ávila", "Badajoz", "Illes Balears", "Barcelona", "Burgos", "Cáceres", "Cádiz",
    "Castellón", "Ciudad Real", "Córdoba", "A Coruña", "Cuenca", "Girona", "Granada", "Guadalajara", "Gipuzkoa", "Huelva", "Huesca",
    "Jaén", "León", "Lleida", "La Rioja", "Lugo", "Madrid", "Málaga", "Murcia", "Navarra", "Ourense", "Asturias", "Palencia",
    "Las Palmas", "Pontevedra", "Salamanca", "S.C. de Tenerife", "Cantabria", "Segovia", "Sevilla", "Soria", "Tarragona", "Teruel",
    "Toledo", "Valencia", "Valladolid", "Bizkaia", "Zamora", "Zaragoza", "Ceuta", "Melilla",
)  # fmt: skip

EUROPEAN_UNION = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT", "NL",
    "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """ISO 3166 alpha-3 -> alpha-2, out of the aliases that CLDR keeps."""
    found = {
        alias: names[0]
        for alias, names in get_global("territory_aliases").items()
        if len(alias) == 3 and alias.isalpha() and len(names) == 1 and len(names[0]) == 2
    }
    return found | {"XKX": "XK"}


@lru_cache(maxsize=1)
def _alphas() -> dict[str, str]:
    former = {
        "ANT",
        "BUR",
        "DDR",
        "FXX",
        "NTZ",
        "SCG",
        "SUN",
        "TMP",
        "TPT",
        "YMD",
        "YUG",
        "ZAR",
        "QUU",
        "CSK",
        "YUC",
        "ROM",
        "QMM",
    }
    return {two: three for three, two in sorted(_countries().items(), reverse=True) if three not in former} | {
        "GR": "GRC"
    }


def country_of(alpha3: str) -> str:
    """The two letters of a country that is written with three; what is no such code comes back as it was."""
    return _countries().get(alpha3.upper(), alpha3)


def alpha3_of(country: str) -> str | None:
    """The three letters of a country written with two (or with three already)."""
    country = country.upper()
    return country if country in _countries() else _alphas().get(country)


def province_of(postcode: str) -> str | None:
    """The province that a Spanish postcode is of."""
    number = int(postcode[:2]) if postcode[:2].isascii() and postcode[:2].isdigit() else 0
    return PROVINCES[number - 1] if 1 <= number <= len(PROVINCES) else None
