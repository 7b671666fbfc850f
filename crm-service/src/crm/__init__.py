"""The CRM service: clients and all that happens with them, alone or told by billing."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("smartbilling-crm")
except PackageNotFoundError:  # the sources, not installed
    __version__ = "1.0.0"

__all__ = ["__version__"]
