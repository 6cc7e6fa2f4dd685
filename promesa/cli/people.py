"""`promesa user` and `promesa key`: who may sign in, and which programs may ask."""

from datetime import datetime

import click

from promesa.access.labels import role_name
from promesa.access.operations import keys as keys_
from promesa.access.operations import people as people_
from promesa.access.queries import keys as all_keys
from promesa.access.queries import people as everybody
from promesa.access.rules import SCOPES
from promesa.access.states import Role
from promesa.cli.options import MOMENT, at_option, json_option, lang_option, print_json, print_rows
from promesa.cli.start import Problem, with_database
from promesa.core.actors import Actor
from promesa.customers import queries as customers

BY = Actor("command")
ROLES = click.Choice([role.value for role in Role])


@click.group()
def user() -> None:
    """People who may sign in."""


@user.command(name="add")
@click.argument("username")
@click.option("--role", type=ROLES, required=True)
@click.option("--customer", default="", metavar="NUMBER", help="Whose person it is, with the role customer.")
@click.option("--name", default="", help="First and last name.")
@click.option("--email", default="")
@click.option("--language", type=click.Choice(["es", "en"]), default="es", show_default=True)
@click.password_option(envvar="PROMESA_PASSWORD", help="Asked for when not given; at least 10 characters.")
@at_option()
@lang_option()
@with_database
def add(
    username: str,
    role: str,
    customer: str,
    name: str,
    email: str,
    language: str,
    password: str,
    at: datetime,
    lang: str,
) -> None:
    """Add a person.

    \b
      promesa user add ana --role administrator --name "Ana Ruiz"
      PROMESA_PASSWORD=... promesa user add luis --role customer_service --language en
      promesa user add rosa --role customer --customer C-0001
    """
    added = people_.add_user(
        username=username, password=password, role=role, name=name, email=email, language=language,
        customer_id=customers.id_of(number=customer) if customer else None, by=BY, at=at,
    )  # fmt: skip
    click.echo(f"{added.username} ({role})")


@user.command(name="list")
@json_option()
@lang_option()
@with_database
def list_(as_json: bool, lang: str) -> None:
    """Everybody, with role, language and whether they may sign in."""
    rows = [
        {"username": one.username, "name": one.get_full_name(), "role": one.role, "language": one.language, "active": one.is_active}
        for one in everybody()
    ]  # fmt: skip
    if as_json:
        print_json(rows)
        return
    print_rows(
        lang,
        [
            ("Usuario", "Username"),
            ("Nombre", "Name"),
            ("Papel", "Role"),
            ("Idioma", "Language"),
            ("Entra", "May sign in"),
        ],
        [
            [
                row["username"],
                row["name"],
                role_name(str(row["role"]), lang),
                row["language"],
                _yes(bool(row["active"]), lang),
            ]
            for row in rows
        ],
    )


@user.command()
@click.argument("username")
@click.argument("role", type=ROLES)
@at_option()
@lang_option()
@with_database
def role(username: str, role: str, at: datetime, lang: str) -> None:
    """Give a person another role."""
    people_.change_role(user_id=_id_of(username), role=role, by=BY, at=at)


@user.command()
@click.argument("username")
@click.password_option(envvar="PROMESA_PASSWORD", help="Asked for when not given; at least 10 characters.")
@at_option()
@lang_option()
@with_database
def password(username: str, password: str, at: datetime, lang: str) -> None:
    """Give a person a new password; they are signed out everywhere."""
    people_.set_password(user_id=_id_of(username), password=password, by=BY, at=at)


@user.command()
@click.argument("username")
@click.option("--again", is_flag=True, help="Let them in again.")
@at_option()
@lang_option()
@with_database
def close(username: str, again: bool, at: datetime, lang: str) -> None:
    """Shut a person out at once, wherever they are signed in."""
    people_.set_active(user_id=_id_of(username), active=again, by=BY, at=at)


@click.group()
def key() -> None:
    """Keys for other programs."""


@key.command(name="add")
@click.argument("name")
@click.option(
    "--scope", "scopes", multiple=True, required=True, type=click.Choice(sorted(SCOPES)), help="May be repeated."
)
@click.option("--customer", default="", metavar="NUMBER", help="The key sees and orders for this customer only.")
@click.option("--expires", type=MOMENT, default=None, metavar="MOMENT", help="When it stops; never when not said.")
@json_option()
@at_option()
@lang_option()
@with_database
def add_key(
    name: str, scopes: tuple[str, ...], customer: str, expires: datetime | None, as_json: bool, at: datetime, lang: str
) -> None:
    """Make a key. It is shown this once.

    \b
      promesa key add "Web shop" --scope orders:write --scope stock:read
    """
    of = customers.id_of(number=customer) if customer else None
    made = keys_.create_key(name=name, scopes=scopes, customer_id=of, expires_at=expires, by=BY, at=at)
    if as_json:
        print_json({"prefix": made.prefix, "key": made.token})
    else:
        click.echo(made.token)


@key.command(name="list")
@json_option()
@lang_option()
@with_database
def list_keys(as_json: bool, lang: str) -> None:
    """All keys; their secrets are nowhere."""
    rows = [
        {"prefix": one.prefix, "name": one.name, "scopes": one.scopes, "created_at": one.created_at, "revoked_at": one.revoked_at}
        for one in all_keys()
    ]  # fmt: skip
    if as_json:
        print_json(rows)
        return
    print_rows(
        lang,
        [("Prefijo", "Prefix"), ("Nombre", "Name"), ("Alcance", "Scopes"), ("Vale", "Valid")],
        [[row["prefix"], row["name"], " ".join(row["scopes"]), _yes(row["revoked_at"] is None, lang)] for row in rows],
    )


def _yes(true: bool, lang: str) -> str:
    return {"es": ("no", "sí"), "en": ("no", "yes")}[lang][true]


@key.command()
@click.argument("prefix")
@at_option()
@lang_option()
@with_database
def revoke(prefix: str, at: datetime, lang: str) -> None:
    """Withdraw a key; it stops at once."""
    keys_.revoke_key(prefix=prefix, by=BY, at=at)


def _id_of(username: str) -> int:
    found = next((one.pk for one in everybody() if one.username == username), None)
    if found is None:
        raise Problem(f"There is nobody called {username}: see `promesa user list`.")
    return found
