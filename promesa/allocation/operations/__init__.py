"""What allocation does: promises, and shares scarce stock by the plan that was signed."""

from promesa.allocation.operations.alarms import call_for_protected
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
from promesa.allocation.operations.noticing import AnswerNotOffered, NoticeAlreadyAnswered, answer_notice
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
from promesa.allocation.operations.publishing import (
    PlanNotSigned,
    Published,
    RunOfOtherAgreement,
    finish_publishing,
    outcome_of,
    publish_part,
    publish_run,
)
from promesa.allocation.operations.rates import count_demand
from promesa.allocation.operations.running import NothingToShare, simulate, work_out
from promesa.allocation.operations.substituting import NoSuchSubstitute, SubstituteNeedsConsent, take_substitute

__all__ = [
    "AgreementChanged",
    "AgreementInvalid",
    "AnswerNotOffered",
    "Held",
    "HoldTooLong",
    "NoSuchSubstitute",
    "NotAQuotation",
    "NothingHeld",
    "NothingToShare",
    "NoticeAlreadyAnswered",
    "PlanNotChangeable",
    "PlanNotProposed",
    "PlanNotSigned",
    "Published",
    "RunOfOtherAgreement",
    "SameSigner",
    "SideAlreadySigned",
    "SignerNotAPerson",
    "SubstituteNeedsConsent",
    "answer_notice",
    "call_for_protected",
    "close_plan",
    "count_demand",
    "finish_publishing",
    "give_up_hold",
    "give_up_lapsed",
    "hold_goods",
    "open_plan",
    "outcome_of",
    "promise_again",
    "promise_orders",
    "propose_plan",
    "publish_part",
    "publish_run",
    "renew_hold",
    "save_scenario",
    "sign_plan",
    "simulate",
    "take_substitute",
    "work_out",
]
