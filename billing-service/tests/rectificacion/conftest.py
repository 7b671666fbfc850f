"""A company for each test: see `facturacion`."""

from ..facturacion import api, api_propia, comun

__all__ = ["api", "api_propia", "comun"]
