"""A scarcity plan from its first draft to two signatures, and its end. What was proposed never changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from promesa.access.queries import insist
from promesa.allocation.events import PlanClosed, PlanOpened, PlanProposed, PlanSigned, ScenarioSaved
from promesa.allocation.models import Plan, Scenario, Signature
from promesa.allocation.operations.guarding import end_protection
from promesa.allocation.queries.plans import default_warehouse_code, ids_named
from promesa.allocation.rules.agreement import Agreement, as_content, digest
from promesa.allocation.rules.agreement_reading import Fault, read_agreement
from promesa.allocation.states import NEXT, PlanState, Side
from promesa.core import words
from promesa.core.actors import Actor
from promesa.core.errors import NotFound, Refused, RefusedForFaults, Stale
from promesa.core.events import emit
from promesa.core.series import next_number
from promesa.core.verbs import verb
from promesa.core.words import Sentence
from promesa.customers.models import Segment

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SIGNS = {Side.SALES: "sign_plan_sales", Side.CUSTOMER_SERVICE: "sign_plan_service"}


class AgreementInvalid(RefusedForFaults):
    """What should be agreed cannot be read; every fault is told at once."""

    status = 422


class PlanNotChangeable(Refused):
    """As it stands, nothing of the kind can be done to the plan."""


class PlanNotProposed(Refused):
    """Only what was laid before both sides can be signed."""


class AgreementChanged(Refused):
    """The hash that should be signed is not the one of the proposal."""


class SideAlreadySigned(Refused):
    """One signature a side."""


class SameSigner(Refused):
    """Two different people sign."""


class SignerNotAPerson(Refused):
    """Programs do not sign."""


@verb
def open_plan(
    *,
    name: str,
    items: Sequence[str],
    horizon_to: date,
    valid_to: date,
    by: Actor,
    at: datetime,
    valid_from: date | None = None,
    warehouse: str = "",
    reason: str = "",
    content: Mapping[str, Any] | None = None,
) -> Plan:
    """Begin a plan of these items (SKUs) with its scenario A: shared in proportion to the orders, by the tiers of the segments.

    Supply that comes before `horizon_to` is shared; floors and ceilings bind promises in [valid_from, valid_to). `content`
    is the scenario, if more is known of it; see `save_scenario`.

    :raises AgreementInvalid: with every fault at once.
    """
    insist(by, "edit_plan")
    shipping = default_warehouse_code() if not warehouse and "warehouse" not in (content or {}) else warehouse
    tiers = {one.code: one.tier for one in Segment.objects.order_by("code")}
    head = {"items": list(items), "warehouse": shipping, "horizon_to": horizon_to, "valid_to": valid_to,
            "valid_from": valid_from or at.date(), "tiers": tiers}  # fmt: skip
    agreement, ids = _read({**head, **(content or {})})
    assert agreement.horizon_to
    assert agreement.valid_from
    assert agreement.valid_to
    plan = Plan.objects.create(
        number=f"R-{at.year}-{next_number(series='plan', year=at.year):06d}", name=name.strip()[:120] or reason[:120],
        warehouse_id=ids["warehouse"][agreement.warehouse], horizon_to=agreement.horizon_to,
        valid_from=agreement.valid_from, valid_to=agreement.valid_to, reason=reason[:200], opened_by=by, opened_at=at,
    )  # fmt: skip
    emit(PlanOpened(plan_id=plan.pk, items=len(agreement.items), name=plan.name), by=by, at=at)
    _write(plan, "A", "", agreement, by, at)
    return plan


@verb
def save_scenario(
    *,
    plan_id: int,
    content: Mapping[str, Any],
    by: Actor,
    at: datetime,
    letter: str = "",
    name: str = "",
    version: int | None = None,
) -> Scenario:
    """Write a scenario: over the draft of this letter, or as a new one.

    What was proposed is not written over: its change becomes a new scenario, the plan a draft again, and the signatures on the
    old one do not count. Warehouse, horizon and period are the plan's where `content` does not say them.

    :raises AgreementInvalid: with every fault at once.
    :raises Stale: if the plan changed since `version`.
    """
    insist(by, "edit_plan")
    plan = _locked(plan_id, version)
    if plan.state == PlanState.CLOSED:
        raise _not_changeable(plan)
    head = {"warehouse": plan.warehouse.code, "horizon_to": plan.horizon_to, "valid_from": plan.valid_from,
            "valid_to": plan.valid_to}  # fmt: skip
    agreement, _ = _read({**head, **content})
    known = {one.letter: one for one in Scenario.objects.filter(plan=plan)}
    old = known.get(letter)
    if letter and old is None:
        raise NotFound(plan.number, what=f"{plan.number} {letter}")
    if old is not None and old.proposed_at is not None:
        if digest(as_content(agreement)) == old.hash:
            return old
        if plan.scenario_id == old.pk and PlanState.DRAFT in NEXT[plan.state]:
            plan.state, plan.scenario = PlanState.DRAFT, None
        letter, old = "", None
    scenario = _write(plan, letter or _next_letter(known), name, agreement, by, at, old)
    _raise_version(plan)
    return scenario


@verb
def propose_plan(*, plan_id: int, letter: str, by: Actor, at: datetime, version: int | None = None) -> Plan:
    """Lay a scenario before sales and customer service. From here on it never changes; they sign its hash.

    :raises PlanNotChangeable: if the plan is closed.
    """
    insist(by, "propose_plan")
    plan = _locked(plan_id, version)
    scenario = Scenario.objects.filter(plan=plan, letter=letter).first()
    if scenario is None:
        raise NotFound(plan.number, what=f"{plan.number} {letter}")
    if PlanState.PROPOSED not in NEXT[plan.state]:
        raise _not_changeable(plan)
    if plan.scenario_id == scenario.pk:
        return plan
    agreement, _ = _read(scenario.content)
    if scenario.proposed_at is not None:  # proposed and dropped before: whoever signed it then has not signed it now
        letters = dict.fromkeys(Scenario.objects.filter(plan=plan).values_list("letter", flat=True))
        scenario = _write(plan, _next_letter(letters), scenario.name, agreement, by, at)
    scenario.proposed_at, scenario.proposed_by = at, by
    scenario.save(update_fields=["proposed_at", "proposed_by"])
    assert agreement.horizon_to
    assert agreement.valid_from
    assert agreement.valid_to
    plan.state, plan.scenario = PlanState.PROPOSED, scenario
    plan.horizon_to, plan.valid_from, plan.valid_to = agreement.horizon_to, agreement.valid_from, agreement.valid_to
    _raise_version(plan)
    emit(PlanProposed(plan_id=plan.pk, letter=scenario.letter, hash=scenario.hash), by=by, at=at)
    return plan


@verb
def sign_plan(*, plan_id: int, side: str, agreed_hash: str, by: Actor, at: datetime, note: str = "") -> Signature:
    """A person agrees for one side to the proposal of this hash, the one they read; with the second the plan is signed.

    Two different people sign, each with the right of their side.

    :raises PlanNotProposed: if nothing is proposed.
    :raises AgreementChanged: if the proposal has another hash than what the signer read.
    :raises SideAlreadySigned: if that side has.
    :raises SameSigner: if they signed for the other side.
    """
    side = Side(side)
    insist(by, SIGNS[side])
    if not by.is_person:
        raise SignerNotAPerson()
    plan = _locked(plan_id, None)
    scenario = plan.scenario
    if plan.state not in (PlanState.PROPOSED, PlanState.SIGNED) or scenario is None:
        raise PlanNotProposed(plan.number, plan=plan.number, state_name=words.both(f"plan_state_{plan.state}"))
    if agreed_hash != scenario.hash or digest(scenario.content) != scenario.hash:
        raise AgreementChanged(plan.number, plan=plan.number, letter=scenario.letter)
    signed = {one.side: one for one in Signature.objects.filter(scenario=scenario)}
    if side in signed:
        name = words.both(f"plan_side_{side}")
        raise SideAlreadySigned(plan.number, plan=plan.number, letter=scenario.letter, side_name=name)
    if any(one.user_id == int(by.reference) for one in signed.values()):
        raise SameSigner(plan.number, plan=plan.number, letter=scenario.letter)
    signature = Signature.objects.create(
        plan=plan,
        scenario=scenario,
        side=side,
        user_id=int(by.reference),
        hash=agreed_hash,
        signed_at=at,
        note=note[:200],
    )
    complete = len(signed) + 1 == len(Side)
    if complete:
        plan.state = PlanState.SIGNED
    _raise_version(plan)
    emit(
        PlanSigned(plan_id=plan.pk, letter=scenario.letter, side=side, hash=agreed_hash, complete=complete),
        by=by,
        at=at,
    )
    return signature


@verb
def close_plan(*, plan_id: int, by: Actor, at: datetime, reason: str = "", version: int | None = None) -> Plan:
    """End a plan: its floors and ceilings bind nobody any more; promises and claims stay as they are.

    :raises PlanNotChangeable: if it is closed already.
    """
    insist(by, "publish_plan")
    plan = _locked(plan_id, version)
    if PlanState.CLOSED not in NEXT[plan.state]:
        raise _not_changeable(plan)
    end_protection(plan_id=plan.pk, warehouse_id=plan.warehouse_id, by=by, at=at)
    plan.state, plan.closed_at = PlanState.CLOSED, at
    _raise_version(plan)
    emit(PlanClosed(plan_id=plan.pk, reason=reason[:200]), by=by, at=at)
    return plan


def read_content(content: Mapping[str, Any]) -> tuple[Agreement, dict[str, dict[str, int]]]:
    """The agreement of a scenario's content, with the ids of all that it names.

    :raises AgreementInvalid: with every fault at once.
    """
    return _read(content)


def _read(content: Mapping[str, Any]) -> tuple[Agreement, dict[str, dict[str, int]]]:
    agreement, faults = read_agreement(content)
    ids, unknown = ids_named(agreement)
    faults = [*faults, *unknown]
    if faults:
        raise AgreementInvalid(faults=[_told(fault) for fault in faults])
    return agreement, ids


def _told(fault: Fault) -> tuple[str, Sentence]:
    return fault.field, Sentence(fault.code, fault.params)


def _locked(plan_id: int, version: int | None) -> Plan:
    plan = Plan.objects.select_for_update().filter(pk=plan_id).first()
    if plan is None:
        raise NotFound(what=str(plan_id))
    if version is not None and plan.version != version:
        raise Stale(plan.number)
    return plan


def _write(
    plan: Plan, letter: str, name: str, agreement: Agreement, by: Actor, at: datetime, over: Scenario | None = None
) -> Scenario:
    content = as_content(agreement)
    scenario = over or Scenario(plan=plan, letter=letter)
    scenario.name, scenario.content, scenario.hash = name[:80] or scenario.name, content, digest(content)
    scenario.made_by, scenario.made_at = by, at
    scenario.save()
    emit(ScenarioSaved(plan_id=plan.pk, letter=letter, hash=scenario.hash), by=by, at=at)
    return scenario


def _next_letter(known: Mapping[str, Any]) -> str:
    letters: list[str] = [*LETTERS, *(first + second for first in LETTERS for second in LETTERS)]
    return next(letter for letter in letters if letter not in known)


def _raise_version(plan: Plan) -> None:
    plan.version += 1
    plan.save()


def _not_changeable(plan: Plan) -> PlanNotChangeable:
    return PlanNotChangeable(plan.number, plan=plan.number, state_name=words.both(f"plan_state_{plan.state}"))
