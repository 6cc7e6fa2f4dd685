"""How often Python looks for rings of dead objects."""

import gc

# An order leaves no rings behind; a file of a thousand orders makes half a million objects that all live until it is
# taken in. Looking through them after every 700 new ones cost a third of the time.
YOUNG, MIDDLE, OLD = 50_000, 20, 50


def settle() -> None:
    """Call once what the program is made of is loaded: it is never looked through again, and the rest seldom."""
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
