"""Acknowledgements: 997 and 999 (of a group and its sets), TA1 (of an interchange)."""

from __future__ import annotations

from typing import Any

from promesa.exchange.formats.neutral import Envelope, NeutralDocument, Reported, fault
from promesa.exchange.formats.x12 import codes
from promesa.exchange.formats.x12.header import MAX_KEPT, Elements, Handler, SetReader, element

MAX_REPORTED = 2_000


class AcknowledgementReader(SetReader):
    """AK1 names the group, AK2 each set of it with AK3 and AK4 for what is wrong, AK5 its answer; AK9 answers the group.

    Each set stands in `references` by its kind and control number (`850 0001`) with the code of its answer.
    """

    def handlers(self) -> dict[str, Handler]:
        return {
            "AK1": self.ak1, "AK2": self.ak2, "AK3": self.ak3, "IK3": self.ak3, "AK4": self.ak4, "IK4": self.ak4,
            "AK5": self.ak5, "IK5": self.ak5, "AK9": self.ak9,
        }  # fmt: skip

    def ak1(self, elements: Elements) -> None:
        self.references["acknowledged"] = element(elements, 2)[:MAX_KEPT]
        self.references["acknowledged_kind"] = element(elements, 1)[:MAX_KEPT]
        if element(elements, 3):
            self.references["acknowledged_version"] = element(elements, 3)[:MAX_KEPT]
        if not element(elements, 2):
            self.fault("x12_element_missing", "AK102", right="GS06")

    def ak2(self, elements: Elements) -> None:
        self.extra["set"] = f"{element(elements, 1)} {element(elements, 2)}"[:MAX_KEPT]
        self.extra["segment"] = ""
        self.references.setdefault(self.extra["set"], "")

    def ak3(self, elements: Elements) -> None:
        where = f"{element(elements, 1)} {element(elements, 2)}"[:MAX_KEPT]
        self.extra["segment"] = where
        self.extra["held"] = Reported(
            code=f"segment {element(elements, 4)}".strip(), where=self._where(where), text=element(elements, 3) or None
        )
        self._report(self.extra["held"])

    def ak4(self, elements: Elements) -> None:
        place = element(elements, 1).split(self.segments.separators.component or ":")[0]
        where = self._where(self.extra.get("segment", ""), place)
        self._report(
            Reported(code=f"element {element(elements, 3)}".strip(), where=where, text=element(elements, 4) or None)
        )

    def _where(self, *parts: str) -> str:
        return " / ".join(filter(None, [self.extra.get("set", ""), *parts]))

    def _report(self, one: Reported) -> None:
        reported = self.extra.setdefault("reported", [])
        if len(reported) < MAX_REPORTED:
            reported.append(one)

    def ak5(self, elements: Elements) -> None:
        name = self.extra.get("set", "")
        if name:
            self.references[name] = element(elements, 1)
        for code in elements[2:7]:
            if code.strip():
                self._report(Reported(code=f"set {code.strip()}", where=self._where()))
        self.extra["set"] = ""

    def ak9(self, elements: Elements) -> None:
        code = element(elements, 1)
        self.extra["response"] = codes.GROUP_RESPONSES.get(code)
        if code not in codes.GROUP_RESPONSES:
            self.fault("x12_code_unknown", "AK901", received=code, right="A, E, P, R")
        self.extra["set"] = ""
        for place, name in enumerate(("included", "received", "accepted"), 2):
            count = self.number_in(element(elements, place), f"AK9{place:02d}")
            if count is not None:
                self.totals[name] = count
        for one in elements[5:10]:
            if one.strip():
                self._report(Reported(code=f"group {one.strip()}"))

    def check(self) -> None:
        if "acknowledged" not in self.references:
            self.fault("x12_element_missing", "AK1", index=self.start, right="AK1")
        if "response" not in self.extra:
            self.fault("x12_element_missing", "AK9", index=self.start, right="AK9")

    def document(self, **more: Any) -> NeutralDocument:
        return super().document(
            response=self.extra.get("response"), reported=tuple(self.extra.get("reported", ())), **more
        )


def interchange_acknowledgement(elements: Elements, envelope: Envelope, version: str) -> NeutralDocument:
    """TA1: what is answered to a whole interchange."""
    code, reason = element(elements, 4), element(elements, 5)
    response = {"A": "accepted", "E": "accepted", "R": "rejected"}.get(code)
    faults = () if response else (fault("x12_code_unknown", where="TA104", received=code, right="A, E, R"),)
    reported = (Reported(code=f"interchange {reason}"),) if reason.strip("0") else ()
    return NeutralDocument(
        format="-".join(filter(None, ["x12", version.lower(), "ta1"])), kind="acknowledgement", response=response,
        references={"acknowledged": element(elements, 1)[:MAX_KEPT], "acknowledged_kind": "ISA"}, reported=reported,
        envelope=envelope, faults=faults,
    )  # fmt: skip
