"""Waiting for facts: never for time alone, and never without end."""

import time

PATIENCE = 60.0
"""Seconds that any fact may take on a busy machine; only what is broken takes longer."""


def wait_for(fact, what, seconds=PATIENCE):
    """What `fact` gives once it is true; fails, saying `what` was waited for, when that does not come."""
    end = time.monotonic() + seconds
    while not (found := fact()):
        assert time.monotonic() < end, f"not within {seconds:g} s: {what}"
        time.sleep(0.05)
    return found
