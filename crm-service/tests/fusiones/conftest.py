"""Two rows of one client."""

import pytest
from merging import OTHER


@pytest.fixture
def two(api):
    """Two rows of one client: with a NIF, and with the rest."""
    return api.cliente(cif_nif="B12345674")["id"], api.cliente(**OTHER)["id"]
