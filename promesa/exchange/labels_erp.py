"""Words of the systems beside this one."""

from promesa.core import words

words.register(
    {
        "erp_pulled": (
            "Se leyó el otro sistema: {rows} filas, {changed} cambios, {rejected} rechazadas, {deliveries} salidas.",
            "The other system was read: {rows} rows, {changed} changes, {rejected} refused, {deliveries} despatches.",
        ),
        "erp_pushed": (
            "{number} está en el otro sistema como {reference}.",
            "{number} is in the other system as {reference}.",
        ),
        "erp_no_folder": (
            "No existe la carpeta «{path}». Dé una ruta completa de una carpeta que exista.",
            "There is no folder “{path}”. Give the whole path of a folder that exists.",
        ),
        "erp_login": (
            "{system} no acepta al usuario. Compruebe la base de datos, el usuario y la clave.",
            "{system} does not accept the user. Check the database, the user and the key.",
        ),
        "erp_refused": ("{system} dice: {problem}", "{system} says: {problem}"),
        "erp_no_json": (
            "{system} no responde como un Odoo. Compruebe la dirección.",
            "{system} does not answer as an Odoo does. Check the address.",
        ),
        "erp_no_customer": (
            "El cliente {number} no está en el otro sistema. Dele allí ese número.",
            "Customer {number} is not in the other system. Give it that number there.",
        ),
        "erp_no_item": (
            "El otro sistema no conoce {sku}. Dele allí ese código.",
            "The other system does not know {sku}. Give it that code there.",
        ),
        "erp_unknown_order": ("No hay ningún pedido {order}.", "There is no order {order}."),
        "erp_unknown_line": ("El pedido {order} no lleva {sku}.", "Order {order} has no {sku}."),
        "erp_kind_unknown": (
            "No hay conectores de clase «{kind}». Hay: {kinds}.",
            "There are no connectors of kind “{kind}”. There are: {kinds}.",
        ),
        "erp_owner_unknown": (
            "Un campo es de erp o de promesa, no de «{owner}».",
            "A field is ruled by erp or promesa, not by “{owner}”.",
        ),
        "erp_secret_wrong": (
            "Diga dónde está la clave (env:PROMESA_PARTNER_… o file:NOMBRE), no la clave misma.",
            "Say where the secret is (env:PROMESA_PARTNER_… or file:NAME), not the secret itself.",
        ),
        "erp_no_rows": ("El archivo no tiene filas.", "The file has no rows."),
        "erp_no_refusals": ("No hay filas rechazadas de {system}.", "No rows of {system} were refused."),
        "erp_row_problem": ("{problem}", "{problem}"),
        "erp_no_stock": (
            (
                "{system} no da existencias, y antes dio {count} filas. Lo contado se conserva: ¿le falta un permiso? "
                "Si no hay nada: promesa erp pull {system} --accept-no-stock."
            ),
            (
                "{system} gives no stock, and gave {count} rows before. What was counted is kept: is a right missing there? "
                "If there is none: promesa erp pull {system} --accept-no-stock."
            ),
        ),
        "work_kind_erp_no_stock": ("Sistema sin existencias", "System without stock"),
        "work_kind_erp_refused": ("Filas de otro sistema rechazadas", "Rows of another system refused"),
        "work_erp_refused": (
            (
                "No se toman {rows} de {system}, como {example}: {problem} Corríjalo allí o aquí; se intenta otra vez en cada lectura. "
                "Todas: promesa erp refused {system}."
            ),
            (
                "{rows} of {system} are not taken, such as {example}: {problem} Mend it there or here; each reading tries again. "
                "All of them: promesa erp refused {system}."
            ),
        ),
        # What the rows are
        "erp_rows": ("filas", "Rows"),
        "erp_rows_customers": ("clientes", "Customers"),
        "erp_rows_sites": ("direcciones", "Addresses"),
        "erp_rows_people": ("personas", "People"),
        "erp_rows_suppliers": ("proveedores", "Suppliers"),
        "erp_rows_items": ("artículos", "Items"),
        "erp_rows_packs": ("envases", "Packs"),
        "erp_rows_prices": ("precios", "Prices"),
        "erp_rows_agreements": ("precios acordados", "Agreed prices"),
        "erp_rows_item_codes": ("códigos de cliente", "Customers' codes"),
        "erp_rows_stock": ("existencias", "Stock rows"),
        "erp_rows_deliveries": ("salidas", "Despatches"),
    }
)
