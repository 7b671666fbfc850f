"""A service that may call this machine, and receivers on it."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # `receptor`, beside this file

from receptor import receptor as open_receptor


@pytest.fixture(scope="module")
def more_settings():
    """The operator lets webhooks call this machine."""
    return {"webhooks_privados": "127.0.0.0/8"}


@pytest.fixture
def receptor():
    with open_receptor() as here:
        yield here
