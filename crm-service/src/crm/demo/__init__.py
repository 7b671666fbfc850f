"""A past for the demo's company: what its people did with the clients that billing's demo invoiced."""

from .build import build
from .seed import Semilla

__all__ = ["Semilla", "build"]
