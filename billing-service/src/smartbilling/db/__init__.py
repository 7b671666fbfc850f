"""The schema: which tables there are, which never change, and how they came to be."""

from .schema import FROZEN, HEAD, SCRIPTS, metadata

__all__ = ["FROZEN", "HEAD", "SCRIPTS", "metadata"]
