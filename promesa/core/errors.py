"""Refusals: what the system says no to, in words a person can act on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from promesa.core import words


class Refused(Exception):
    """The verb does not apply as things stand; nothing was changed.

    The class name in snake_case is its code; the sentence is found under that code in `core.words`.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" not in cls.__dict__:
            cls.code = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(self, subject: str = "", **params: Any) -> None:
        self.subject = subject
        self.params = params
        super().__init__(self.code)

    def sentence(self, lang: str = "es") -> str:
        """What happened and what to do next, in the reader's language."""
        return words.say(self.code, self.params, lang)

    def __str__(self) -> str:
        return self.sentence("en")


class NeedsConsent(Refused):
    """A soft refusal: the door asks the question and repeats the call with `consent=`."""


class NotFound(Refused):
    """There is no such thing, or none that the actor may see (the two are not told apart)."""

    status = 404


class NotAllowed(Refused):
    """The actor lacks the right."""

    status = 403


class Stale(Refused):
    """Somebody changed it meanwhile; the form shows the difference."""


class Invalid(Refused):
    """The input cannot be used; `errors` lists every fault at once as {field, code, received, sentence}."""

    status = 422

    def __init__(self, subject: str = "", errors: list[dict[str, Any]] | None = None, **params: Any) -> None:
        self.errors = errors or []
        super().__init__(subject, count=len(self.errors), **params)


class RefusedForFaults(Refused):
    """Refused for reasons that are told all at once; `errors` lists them as {field, code, sentence}."""

    def __init__(self, subject: str = "", faults: Sequence[tuple[str, words.Sentence]] = (), **params: Any) -> None:
        self.errors = [
            {"field": field, "code": fault.code, "sentence": words.both(fault.code, fault.params)}
            for field, fault in faults
        ]
        told = {lang: " ".join(fault(lang) for _, fault in faults) for lang in words.LANGUAGES}
        super().__init__(subject, count=len(self.errors), faults=told, **params)


words.register(
    {
        "refused": ("No se puede hacer tal como está.", "This cannot be done as it stands."),
        "needs_consent": ("Hace falta su permiso para seguir.", "Your consent is needed to go on."),
        "not_found": (
            "No existe o no está a su alcance: {what}.",
            "It does not exist or is out of your reach: {what}.",
        ),
        "not_allowed": (
            "Su función no permite esta acción. Pídala a quien la tenga o a un administrador.",
            "Your role does not allow this. Ask somebody who has it, or an administrator.",
        ),
        "stale": (
            "Otra persona lo cambió mientras usted lo tenía abierto. Revise la diferencia y guarde otra vez.",
            "Somebody changed it while you had it open. Look at the difference and save again.",
        ),
        "invalid": ("Hay {count:dato|datos} que corregir.", "{count:value needs|values need} correcting."),
    }
)
