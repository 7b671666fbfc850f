"""Exports: every list of the CRM as a file."""

from .files import to_be_saved, written

__all__ = ["to_be_saved", "written"]
