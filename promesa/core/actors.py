"""Who did it: a label that stays readable for ever, whatever becomes of the person or the key."""

from __future__ import annotations


class Actor(str):
    """A label `kind:reference`, such as `user:7`, `edi:8412345678905`, `key:ab12`, `schedule:dunning` or `demo`."""

    __slots__ = ()

    @property
    def kind(self) -> str:
        return self.partition(":")[0]

    @property
    def reference(self) -> str:
        return self.partition(":")[2]

    @property
    def is_person(self) -> bool:
        return self.kind == "user"


PROMESA = Actor("promesa")
