"""Found by the interpreter of every process of a site, before the product is: its clock can be stepped.

The clock is the machine's plus the seconds in the file that `CAOS_RELOJ` names. Everything else is the
product as it is.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path

import http_rules
import http_rules.clock

_machine = http_rules.clock.system_clock
_offset = Path(os.environ["CAOS_RELOJ"])


def stepped_clock() -> datetime:
    """The machine's clock, stepped."""
    return _machine() + timedelta(seconds=float(_offset.read_text(encoding="ascii")))


http_rules.clock.system_clock = http_rules.system_clock = stepped_clock
