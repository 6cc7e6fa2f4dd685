"""The two signatures: the promise line and the four petals.

A promise line has six stages. The state of each is a short code:

====== ============ ===================================================================
``k``  kept         done by the moment that was promised
``d``  done         done, and no moment had been promised for it (never green)
``g``  going        being done now, in time
``r``  at risk      a hold, a finding or a late receipt puts it in danger
``b3`` broken       three days late (or being three days late); ``b0`` late within the day
``n``  not yet      waiting for the stages before it
``x``  off          will not happen: cancelled, refused
====== ============ ===================================================================

The flower has four petals in reading order (complete, on time, documents right, condition right): ``k`` kept, ``p`` provisional,
``b`` broken, ``r`` at risk, ``n`` no verdict yet. Each state has a shape of its own, so that nothing hangs on colour.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, override, pgettext

from promesa.core.ui.speech import Said, current_language, safe, said, time_tag

KINDS = {"k": "kept", "d": "done", "g": "going", "r": "risk", "b": "broken", "n": "wait", "x": "off"}
LEAVES = {"k": "kept", "p": "prov", "n": "wait", "o": "other"}
PETAL_STATES = "kpbrn"


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the promise line: what was planned, what is (or is expected to be), and who has the ball.

    `planned` and `fact` are a day, an aware moment, or words ("40 of 52 cases", "held since 08:55").
    """

    state: str
    planned: Said = None
    fact: Said = None
    hands: str | Promise = ""
    now: bool = False


def stage_names() -> tuple[str, ...]:
    """The six stages of the order cycle in the reader's language."""
    return (
        gettext("Generation"),
        gettext("Acquisition"),
        gettext("Processing"),
        gettext("Despatch"),
        gettext("Delivery"),
        gettext("Payment"),
    )


def petal_names() -> tuple[str, ...]:
    """The four promises of a perfect order, in the order in which the petals stand."""
    return (
        pgettext("petal", "Complete"),
        pgettext("petal", "On time"),
        pgettext("petal", "Documents"),
        pgettext("petal", "Condition"),
    )


def state_word(state: str) -> str:
    """`k` -> kept, `b2` -> 2 days late."""
    kind = kind_of(state)
    if kind == "broken" and days_of(state):
        return ngettext("%(days)s day late", "%(days)s days late", days_of(state)) % {"days": days_of(state)}
    return {
        "kept": pgettext("stage", "kept"),
        "done": pgettext("stage", "done"),
        "going": pgettext("stage", "in progress"),
        "risk": pgettext("stage", "at risk"),
        "broken": pgettext("stage", "late"),
        "wait": pgettext("stage", "not yet"),
        "off": pgettext("stage", "will not happen"),
    }[kind]


def petal_word(state: str) -> str:
    """`k` -> kept, `n` -> no verdict yet."""
    return {
        "k": pgettext("petal", "kept"),
        "p": pgettext("petal", "provisional"),
        "b": pgettext("petal", "failed"),
        "r": pgettext("petal", "at risk"),
        "n": pgettext("petal", "no verdict yet"),
    }[state]


def kind_of(state: str) -> str:
    """The name of a state code; a code that is not one is a mistake in the program.

    :raises ValueError: if it is no code.
    """
    kind = KINDS.get(state[:1])
    if kind is None or (state[1:] and (kind != "broken" or not state[1:].isdecimal())):
        raise ValueError(f"no such state of a stage: {state!r}")
    return kind


def days_of(state: str) -> int:
    return int(state[1:] or 0)


# --- The promise line ----------------------------------------------------------------------------------------------


def promise_mini(code: str, lang: str | None = None) -> SafeString:
    """The line 20 px high, for list rows: `promise_mini("k k r n r n")`. Its words are the title, which hovering shows."""
    return _promise_mini(" ".join(code.split()), current_language(lang))


@lru_cache(maxsize=4096)
def _promise_mini(code: str, lang: str) -> SafeString:
    states = code.split(" ")
    if len(states) != 6:
        raise ValueError(f"a promise line has six stages: {code!r}")
    kinds = [kind_of(state) for state in states]
    with override(lang):
        words = "; ".join(
            f"{name.lower()} {state_word(state)}" for name, state in zip(stage_names(), states, strict=True)
        )
        title = gettext("Promise: %(words)s") % {"words": words}
    at = [6.5 + 23.6 * place for place in range(6)]
    tracks = "".join(
        f'<path class="t-{kind}" d="M{left:.1f} 10H{right:.1f}"/>'
        for kind, left, right in zip(kinds[1:], at, at[1:], strict=False)
    )
    marks = "".join(_mini_mark(state, x, 10) for state, x in zip(states, at, strict=True))
    return safe(f'<svg class="mini" viewBox="0 0 132 20" role="img"><title>{said(title)}</title>{tracks}{marks}</svg>')


def _mini_mark(state: str, x: float, y: float) -> str:
    match kind_of(state):
        case "kept":
            return f'<circle class="m-kept" cx="{x:.1f}" cy="{y}" r="4.5"/>'
        case "done":
            return f'<circle class="m-done" cx="{x:.1f}" cy="{y}" r="3.5"/>'
        case "going":
            return f'<circle class="m-going" cx="{x:.1f}" cy="{y}" r="5"/><circle class="m-dot" cx="{x:.1f}" cy="{y}" r="2"/>'
        case "risk":
            return f'<path class="m-risk" d="M{x:.1f} {y - 6.5}l6.5 6.5-6.5 6.5-6.5-6.5z"/>'
        case "broken":
            return (
                f'<rect class="m-broken" x="{x - 10:.1f}" y="{y - 7}" width="20" height="14" rx="7"/>'
                f'<text class="m-days{" long" if days_of(state) > 9 else ""}" x="{x:.1f}" y="{y + 3.5}">{_late(state)}</text>'
            )
        case "off":
            return f'<path class="m-off" d="M{x - 3:.1f} {y - 3}l6 6m0-6l-6 6"/>'
        case _:
            return f'<circle class="m-wait" cx="{x:.1f}" cy="{y}" r="3.25"/>'


def _late(state: str) -> str:
    days = days_of(state)
    return "!" if not days else "99+" if days > 99 else f"+{days}"


def mini_mark(state: str) -> SafeString:
    """One mark by itself, for keys and chips; the word stands beside it."""
    width, x = (20, 10.0) if kind_of(state) == "broken" else (16, 8.0)
    return safe(
        f'<svg class="mark" width="{width}" height="16" viewBox="0 0 {width} 16" aria-hidden="true">{_mini_mark(state, x, 8)}</svg>'
    )


def _mark(state: str) -> str:
    """The marks at 24 px, as they stand on the large line."""
    kind = kind_of(state)
    if kind == "broken":
        days = days_of(state)
        text = pgettext("stage", "late") if not days else f"+{min(days, 999)} {pgettext('days, short', 'd')}"
        return (
            '<svg class="pill" width="38" height="24" viewBox="0 0 38 24" aria-hidden="true"><rect class="m-broken" y="2" width="38" '
            f'height="20" rx="10"/><text class="m-days" x="19" y="15.75">{said(text)}</text></svg>'
        )
    body = {
        "kept": '<circle class="m-kept" cx="12" cy="12" r="10"/><path class="m-in" d="M7.8 12.3l2.9 2.9 5.6-6"/>',
        "done": '<circle class="m-done" cx="12" cy="12" r="7"/>',
        "going": '<circle class="m-going" cx="12" cy="12" r="9"/><circle class="m-dot" cx="12" cy="12" r="4"/>',
        "risk": '<path class="m-risk" d="M12 1.5L22.5 12 12 22.5 1.5 12z"/><path class="m-warn" d="M12 7.5v5M12 16v.01"/>',
        "wait": '<circle class="m-wait" cx="12" cy="12" r="6"/>',
        "off": '<path class="m-off" d="M7.5 7.5l9 9m0-9l-9 9"/>',
    }[kind]
    return f'<svg width="24" height="24" viewBox="0 0 24 24" aria-hidden="true">{body}</svg>'


def promise_line(
    stages: Sequence[Stage], lang: str | None = None, zone: str | tzinfo | None = None, today: date | None = None
) -> SafeString:
    """The line large, for the page of one order: an ordered list, so that it reads in order without eyes."""
    if len(stages) != 6:
        raise ValueError(f"a promise line has six stages, not {len(stages)}")
    code = current_language(lang)
    with override(code):
        kinds = [kind_of(stage.state) for stage in stages]
        items = "".join(
            _stage(
                name,
                stage,
                following,
                time_tag(stage.planned, code, zone, today),
                time_tag(stage.fact, code, zone, today),
            )
            for name, stage, following in zip(stage_names(), stages, [*kinds[1:], ""], strict=True)
        )
        return safe(f'<ol class="promise" aria-label="{said(gettext("Promise line"))}">{items}</ol>')


def _stage(name: str, stage: Stage, following: str, planned: str, fact: str) -> str:
    kind = kind_of(stage.state)
    tone = {"risk": " is-risk", "broken": " is-broken", "wait": " quiet", "off": " quiet"}.get(kind, "")
    track = f" to-{following}" if following else ""
    plan = f'<span class="vh">{said(gettext("Planned"))}: </span>{planned}' if planned else ""
    now = ' aria-current="step"' if stage.now else ""
    return (
        f'<li class="{kind}{" now" if stage.now else ""}"{now}><span class="stage">{said(name)}</span><span class="plan">{plan}</span>'
        f'<span class="node{track}">{_mark(stage.state)}<span class="vh">{said(state_word(stage.state))}</span></span>'
        f'<span class="fact{tone}">{fact}</span><span class="hands">{said(stage.hands)}</span></li>'
    )


# --- The four petals -----------------------------------------------------------------------------------------------


def petals(
    code: str,
    size: int = 20,
    label: bool = True,
    texts: Sequence[tuple[str, str]] | None = None,
    lang: str | None = None,
) -> SafeString:
    """The flower of one order (`petals("kkpb")`), or with `texts` (rate and name of each) the large one of a report.

    Without `label` it is decoration, for where the same words stand beside it.
    """
    return _petals(code, size, label, tuple(texts or ()), current_language(lang))


@lru_cache(maxsize=2048)
def _petals(code: str, size: int, label: bool, texts: tuple[tuple[str, str], ...], lang: str) -> SafeString:
    if len(code) != 4 or set(code) - set(PETAL_STATES):
        raise ValueError(f"no such flower: {code!r}")
    box = 200.0 if texts else 20.0
    with override(lang):
        words = ", ".join(
            f"{name.lower()} {petal_word(state)}" for name, state in zip(petal_names(), code, strict=True)
        )
    access = 'role="img"' if label else 'aria-hidden="true"'
    title = f"<title>{said(words)}</title>" if label else ""
    leaves = "".join(_petal(place, state, box) for place, state in enumerate(code))
    return safe(
        f'<svg class="petals" width="{size}" height="{size}" viewBox="0 0 {box:.0f} {box:.0f}" {access}>'
        f"{title}{leaves}{_petal_texts(texts)}</svg>"
    )


def _petal_texts(texts: tuple[tuple[str, str], ...]) -> str:
    out = ""
    for place, (rate, name) in enumerate(texts):
        x, y = (51 if place % 2 == 0 else 149), (51 if place < 2 else 149)
        out += (
            f'<text class="p-text p-rate" x="{x}" y="{y}">{said(rate)}</text>'
            f'<text class="p-text p-name" x="{x}" y="{y + 15}">{said(name)}</text>'
        )
    return out


def one_petal(place: int, state: str = "k") -> SafeString:
    """One petal in its own place among pale ones, as a key beside its name."""
    leaves = "".join(_petal(other, state if other == place else "o") for other in range(4))
    return safe(f'<svg class="petals" width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">{leaves}</svg>')


def _petal(place: int, state: str, size: float = 20.0) -> str:
    """A disc with one square corner at the heart of the flower; a bud is half as large, a broken one is cut in two."""
    centre, gap = size / 2, size * 0.035
    radius = centre / 2 - gap * 0.9
    sx, sy = (-1 if place % 2 == 0 else 1), (-1 if place < 2 else 1)
    if state == "r":  # the diamond of the promise line: shape first, colour second
        cx, cy, half = centre + sx * (gap + radius), centre + sy * (gap + radius), radius * 0.82
        return f'<path class="p-risk" d="M{cx:.2f} {cy - half:.2f}l{half:.2f} {half:.2f}-{half:.2f} {half:.2f}-{half:.2f}-{half:.2f}z"/>'
    inset = size * 0.03 if state == "p" else 0.0
    radius = radius * 0.5 if state == "n" else radius - inset
    hx, hy = centre + sx * (gap + inset), centre + sy * (gap + inset)
    cx, cy, sweep = hx + sx * radius, hy + sy * radius, 1 if sx * sy > 0 else 0
    arc = f"A{radius:.2f} {radius:.2f} 0"
    if state != "b":
        return f'<path class="p-{LEAVES[state]}" d="M{hx:.2f} {hy:.2f}H{cx:.2f}{arc} 1 {sweep} {hx:.2f} {cy:.2f}Z"/>'
    side, slip = radius * math.sqrt(0.5), size * 0.06
    ax, ay, bx, by = cx - sx * side, cy + sy * side, cx + sx * side, cy - sy * side
    ox, oy = sx * slip, sy * slip
    inner = f"M{hx:.2f} {hy:.2f}H{cx:.2f}{arc} 0 {sweep} {bx:.2f} {by:.2f}L{ax:.2f} {ay:.2f}{arc} 0 {sweep} {hx:.2f} {cy:.2f}Z"
    outer = f"M{bx + ox:.2f} {by + oy:.2f}{arc} 0 {sweep} {ax + ox:.2f} {ay + oy:.2f}Z"
    return f'<path class="p-broken" d="{inner}"/><path class="p-broken" d="{outer}"/>'
