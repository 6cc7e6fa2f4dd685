"""Sentences and names of this room, Spanish and English."""

from __future__ import annotations

from promesa.access.rules import VERBS
from promesa.access.states import Role
from promesa.core import words

ROLE_NAMES: dict[str, tuple[str, str]] = {
    Role.CUSTOMER_SERVICE: ("Atención al cliente", "Customer service"),
    Role.BACK_OFFICE: ("Administración de pedidos", "Back office"),
    Role.SALES: ("Ventas", "Sales"),
    Role.WAREHOUSE: ("Almacén", "Warehouse"),
    Role.TRANSPORT: ("Transporte", "Transport"),
    Role.FINANCE: ("Finanzas", "Finance"),
    Role.MANAGER: ("Dirección", "Manager"),
    Role.ADMINISTRATOR: ("Administrador del sistema", "Administrator"),
    Role.CUSTOMER: ("Cliente", "Customer"),
}

words.register({f"role_{role}": names for role, names in ROLE_NAMES.items()})
words.register({f"may_{verb}": names for verb, names in VERBS.items()})
words.register(
    {
        "sign_in_refused": (
            "El usuario o la contraseña no son correctos. Escríbalos de nuevo.",
            "The user name or the password is not right. Type them again.",
        ),
        "sign_in_slowed": (
            "Demasiados intentos seguidos. Espere {seconds} segundos y pruebe de nuevo.",
            "Too many tries in a row. Wait {seconds} seconds and try again.",
        ),
        "code_refused": (
            "Ese código no vale. Escriba el que muestra ahora su aplicación.",
            "That code does not serve. Type the one that your app shows now.",
        ),
        "second_factor_not_begun": (
            "Empiece otra vez: abra su cuenta y pida un código QR nuevo.",
            "Begin again: open your account and ask for a new QR code.",
        ),
        "second_factor_is_on": (
            "El segundo factor ya está activado. Desactívelo para usar otro teléfono.",
            "The second factor is on already. Turn it off to use another telephone.",
        ),
        "password_refused": ("{reasons}", "{reasons}"),
        "wrong_password": (
            "La contraseña actual no es esa. Escríbala de nuevo.",
            "That is not your current password. Type it again.",
        ),
        "name_taken": (
            "Ya hay una persona con el usuario {username}. Elija otro nombre.",
            "There is somebody with the user name {username} already. Choose another.",
        ),
        "unknown_role": ("No existe la función {role}.", "There is no role {role}."),
        "role_of_a_customer": (
            "Solo la función de cliente lleva un cliente, y siempre lo lleva. Dé de alta otro usuario.",
            "Only the role of a customer has a customer, and it always has one. Add another user.",
        ),
        "unknown_scope": ("No existe el permiso {scope}.", "There is no scope {scope}."),
        "last_administrator": (
            "Es la única persona que administra el sistema. Nombre a otra antes.",
            "This is the only administrator. Name another one first.",
        ),
        "key_missing": (
            "Falta la clave: envíe «Authorization: Bearer pk_…» con cada petición.",
            "The key is missing: send “Authorization: Bearer pk_…” with every request.",
        ),
        "key_refused": (
            "Esa clave no vale: no existe, caducó o fue retirada. Pida otra a quien administra Promesa.",
            "That key does not serve: unknown, expired or withdrawn. Ask your administrator for another.",
        ),
        "key_lacks_scope": (
            "Esta clave no permite {verb}. Pida una con ese permiso.",
            "This key does not allow to {verb}. Ask for one that does.",
        ),
    }
)


def role_name(role: str, lang: str) -> str:
    """What a role is called."""
    return words.say(f"role_{role}", {}, lang)
