"""What allocation does: promises, and shares scarce stock by the plan that was signed."""

from promesa.allocation.operations.holding import (
    Held,
    HoldTooLong,
    NotAQuotation,
    NothingHeld,
    give_up_hold,
    give_up_lapsed,
    hold_goods,
    renew_hold,
)
from promesa.allocation.operations.plans import (
    AgreementChanged,
    AgreementInvalid,
    PlanNotChangeable,
    PlanNotProposed,
    SameSigner,
    SideAlreadySigned,
    SignerNotAPerson,
    close_plan,
    open_plan,
    propose_plan,
    save_scenario,
    sign_plan,
)
from promesa.allocation.operations.promising import promise_again, promise_orders
from promesa.allocation.operations.running import NothingToShare, simulate, work_out
from promesa.allocation.operations.substituting import NoSuchSubstitute, SubstituteNeedsConsent, take_substitute

__all__ = [
    "AgreementChanged",
    "AgreementInvalid",
    "Held",
    "HoldTooLong",
    "NoSuchSubstitute",
    "NotAQuotation",
    "NothingHeld",
    "NothingToShare",
    "PlanNotChangeable",
    "PlanNotProposed",
    "SameSigner",
    "SideAlreadySigned",
    "SignerNotAPerson",
    "SubstituteNeedsConsent",
    "close_plan",
    "give_up_hold",
    "give_up_lapsed",
    "hold_goods",
    "open_plan",
    "promise_again",
    "promise_orders",
    "propose_plan",
    "renew_hold",
    "save_scenario",
    "sign_plan",
    "simulate",
    "take_substitute",
    "work_out",
]
