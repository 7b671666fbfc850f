"""How fast what waits in the outbox reaches the CRM once it is there."""

import time

from waiting import wait_for

from .report import Figure

MOST = 3000
"""Messages whose delivery is timed."""

GOAL = 150.0
"""Activities a second (house goal, between local services)."""

_WAITING = "SELECT count(*) AS n FROM mensajes_crm WHERE estado = 'pendiente'"


def drained(name, deployment):
    """Start the CRM, which billing found away, and time the delivery of what waited."""

    def left():
        return deployment.databases.billing.read(_WAITING)[0]["n"]

    waiting = left()
    deployment.crm.start()
    wait_for(lambda: left() < waiting, "the first is delivered")
    first, began = left(), time.perf_counter()
    wait_for(lambda: left() <= max(0, first - MOST), "what waited is delivered", 600)
    delivered, seconds = first - left(), time.perf_counter() - began
    return Figure(
        f"{name}: outbox drain, billing issues nothing",
        delivered / seconds,
        "activities/s",
        floor=GOAL,
        floor_is="the goal",
        goal=1.0,
        more={"delivered": delivered},
    )
