"""What may be done to people and keys."""

from promesa.access import labels as labels  # its sentences belong to the refusals below
from promesa.access.operations.keys import NewKey, UnknownScope, create_key, revoke_key
from promesa.access.operations.people import (
    LastAdministrator,
    NameTaken,
    PasswordRefused,
    RoleOfACustomer,
    UnknownRole,
    WrongPassword,
    add_user,
    change_own_password,
    change_role,
    record_look,
    set_active,
    set_password,
    set_preferences,
)
from promesa.access.operations.second_factor import (
    CodeRefused,
    SecondFactorIsOn,
    SecondFactorNotBegun,
    begin_second_factor,
    confirm_second_factor,
    drop_second_factor,
    use_code,
)
from promesa.access.operations.sessions import end_sessions, record_session
from promesa.access.operations.sign_in import Tried, clean_up_attempts, try_code, try_password

__all__ = [
    "CodeRefused",
    "LastAdministrator",
    "NameTaken",
    "NewKey",
    "PasswordRefused",
    "RoleOfACustomer",
    "SecondFactorIsOn",
    "SecondFactorNotBegun",
    "Tried",
    "UnknownRole",
    "UnknownScope",
    "WrongPassword",
    "add_user",
    "begin_second_factor",
    "change_own_password",
    "change_role",
    "clean_up_attempts",
    "confirm_second_factor",
    "create_key",
    "drop_second_factor",
    "end_sessions",
    "record_look",
    "record_session",
    "revoke_key",
    "set_active",
    "set_password",
    "set_preferences",
    "try_code",
    "try_password",
    "use_code",
]
