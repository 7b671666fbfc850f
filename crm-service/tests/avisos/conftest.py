"""A service that may call this machine, is quick to look and lets few changes wait; and receivers on it."""

import sys
from functools import partial
from pathlib import Path

import pytest

from crm.avisos import reparto
from crm.avisos.ritmo import Ritmo

sys.path.insert(0, str(Path(__file__).parent))  # `receptor`, beside this file

from receptor import FEW
from receptor import receptor as open_receptor


@pytest.fixture(scope="module")
def more_settings():
    """The operator lets webhooks call this machine."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reparto, "Ritmo", partial(Ritmo, sondeo=0.03, pendientes=FEW))
        yield {"webhooks_privados": "127.0.0.0/8"}


@pytest.fixture
def receptor():
    with open_receptor() as here:
        yield here
