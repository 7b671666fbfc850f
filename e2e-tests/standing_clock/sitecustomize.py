"""Found by the interpreter of a process before the product is: its clock stands where the file `RELOJ` says.

Everything else is the product as it is.
"""

import os
from datetime import datetime
from pathlib import Path

import http_rules

_SAYS = Path(os.environ["RELOJ"])


def standing_clock() -> datetime:
    """The instant that the file has."""
    return datetime.fromisoformat(_SAYS.read_text(encoding="ascii"))


http_rules.system_clock = standing_clock
