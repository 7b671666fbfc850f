"""Files that are made to be answered: exports, and what an import could not take."""

from .files import to_be_saved, written

__all__ = ["to_be_saved", "written"]
