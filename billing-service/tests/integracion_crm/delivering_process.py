"""A process that delivers until it is killed: `delivering_process.py DATABASE_URL CRM_URL INSTANT`."""

import asyncio
import sys
from datetime import datetime

from smartbilling.integracion_crm import IntegracionCrm
from storage import Database


async def deliver(database_url: str, crm_url: str, instant: str) -> None:
    """Deliver for ever, at a clock that stands still."""
    now = datetime.fromisoformat(instant)
    integration = IntegracionCrm(
        Database(database_url), lambda: now, crm_url, lambda empresa_id, _: f"{empresa_id}.x"
    )
    await integration.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(deliver(*sys.argv[1:]))
