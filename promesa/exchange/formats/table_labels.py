"""What readers can find in order tables (CSV, XLSX): severity, named reason, sentence in es and en."""

from __future__ import annotations

_B, _W, _N = "blocking", "warning", "note"

TABLE_FAULTS: dict[str, tuple[str, str, str, str]] = {
    "header_not_found": (
        _B, "UNREADABLE",
        "No se encuentra la fila de títulos. Se ha leído: {received}. Hacen falta columnas como {right}.",
        "The row of headings was not found. What was read: {received}. Columns such as {right} are needed.",
    ),
    "column_missing": (
        _B, "BAD_SCHEMA",
        "Falta la columna de {field}. Hay: {received}.",
        "The column for {field} is missing. There are: {received}.",
    ),
    "item_column_missing": (
        _B, "BAD_SCHEMA",
        "Falta la columna que dice qué artículo es: vale el SKU (referencia), el GTIN (EAN) o el código del cliente. Hay: {received}.",
        "The column that says which item it is is missing: the SKU, the GTIN (EAN) or the customer's code will do. There are: {received}.",
    ),
    "mapping_column_missing": (
        _B, "BAD_SCHEMA",
        "La correspondencia nombra la columna «{right}», que no está. Hay: {received}.",
        "The mapping names column “{right}”, which is not there. There are: {received}.",
    ),
    "mapping_wrong": (
        _B, "BAD_SCHEMA",
        "La correspondencia del remitente dice {field} = «{received}»; puede ser {right}.",
        "The sender's mapping says {field} = “{received}”; it may be {right}.",
    ),
    "column_repeated": (
        _W, "BAD_SCHEMA",
        "Dos columnas dicen lo mismo ({field}): se ha leído «{right}» y no «{received}».",
        "Two columns say the same ({field}): “{right}” was read, not “{received}”.",
    ),
    "encoding_guessed": (
        _N, "UNREADABLE",
        "Los caracteres se han leído como {received}.",
        "The characters were read as {received}.",
    ),
    "ambiguous_date": (
        _B, "BAD_DATE",
        "«{received}» puede leerse de dos maneras: {right}. Escríbala como AAAA-MM-DD.",
        "“{received}” can be read in two ways: {right}. Write it as YYYY-MM-DD.",
    ),
    "date_month_first": (
        _B, "BAD_DATE",
        "«{received}» pone el mes delante; eso sólo se acepta si la correspondencia del remitente lo dice. Sería {right}.",
        "“{received}” has the month first; that is taken only when the sender's mapping says so. It would be {right}.",
    ),
    "date_order_decided": (
        _N, "BAD_DATE",
        "«{column}»: las fechas se han leído como {right}, por «{received}» en la fila {decided_in}.",
        "“{column}”: dates were read as {right}, because of “{received}” in row {decided_in}.",
    ),
    "decimal_mark_decided": (
        _N, "BAD_QUANTITY",
        "«{column}»: el signo decimal es «{right}», por «{received}» en la fila {decided_in}.",
        "“{column}”: the decimal mark is “{right}”, because of “{received}” in row {decided_in}.",
    ),
    "decimal_marks_mixed": (
        _W, "BAD_QUANTITY",
        "«{column}» mezcla comas y puntos decimales («{received}» y «{right}»).",
        "“{column}” mixes decimal commas and points (“{received}” and “{right}”).",
    ),
    "row_too_long": (
        _B, "BAD_SCHEMA",
        "La fila tiene {received} celdas y la de títulos {right}: puede haber un separador sin comillas.",
        "The row has {received} cells and the headings {right}: a separator may be without quotes.",
    ),
    "number_carried_down": (
        _W, "BAD_SCHEMA",
        "Las filas sin número de pedido se han puesto en el de arriba ({received}), desde la fila {first}.",
        "Rows without an order number were put with the one above ({received}), from row {first} on.",
    ),
    "total_row_ignored": (
        _N, "BAD_SCHEMA",
        "La fila de totales «{received}» no se ha tomado como línea.",
        "The row of totals “{received}” was not taken as a line.",
    ),
    "values_conflict": (
        _B, "BAD_SCHEMA",
        "El pedido dice dos cosas distintas en {field}: «{right}» y «{received}».",
        "The order says two different things in {field}: “{right}” and “{received}”.",
    ),
    "order_number_unknown": (
        _W, "BAD_SCHEMA",
        "No hay número de pedido; así no se nota si el pedido llega dos veces.",
        "There is no order number; so nobody will notice if the order comes twice.",
    ),
    "cell_error": (
        _B, "BAD_SCHEMA",
        "La celda tiene un error de la hoja de cálculo: {received}.",
        "The cell holds a spreadsheet error: {received}.",
    ),
    "quotes_broken": (
        _W, "BAD_SCHEMA",
        "Hay comillas que se abren y no se cierran.",
        "There are quotation marks that open and never close.",
    ),
    "sheet_missing": (
        _B, "BAD_SCHEMA",
        "No hay ninguna hoja «{right}». Hay: {received}.",
        "There is no sheet “{right}”. There are: {received}.",
    ),
    "sheets_ignored": (
        _N, "BAD_SCHEMA",
        "Se ha leído la hoja «{right}» y no {received}.",
        "Sheet “{right}” was read, not {received}.",
    ),
    "spreadsheet_unreadable": (
        _B, "UNREADABLE",
        "El libro de cálculo está dañado o no es un XLSX: {received}.",
        "The workbook is damaged or is no XLSX: {received}.",
    ),
    "spreadsheet_encrypted": (
        _B, "ENCRYPTED",
        "El libro de cálculo está cifrado o es de un Excel antiguo; guárdelo como XLSX sin contraseña.",
        "The workbook is encrypted or of an old Excel; save it as XLSX without a password.",
    ),
    "spreadsheet_too_large": (
        _B, "TOO_LARGE",
        "El libro de cálculo se hincha hasta {received}; el máximo es {right}.",
        "The workbook swells to {received}; {right} is the most that is read.",
    ),
    "spreadsheet_swells": (
        _B, "TOO_LARGE",
        "La parte «{part}» del libro de cálculo se hincha {received} veces al abrirla; el máximo es {right}. Guárdelo de nuevo como XLSX.",
        "The part “{part}” of the workbook swells {received} times when opened; {right} is the most that is read. Save it as XLSX again.",
    ),
    "rows_apart": (
        _B, "BAD_SCHEMA",
        "Las filas del pedido {received} no están juntas: ordene el archivo por pedido y envíelo otra vez.",
        "The rows of order {received} do not stand together: sort the file by order and send it again.",
    ),
    "too_many_rows": (
        _B, "TOO_LARGE",
        "Pasa de {right} filas; envíelo en varios archivos.",
        "There are more than {right} rows; send several files.",
    ),
    "no_rows": (_B, "EMPTY", "La tabla tiene títulos y ninguna fila.", "The table has headings and no rows."),
}  # fmt: skip
