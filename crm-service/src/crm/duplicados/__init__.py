"""Likely duplicates among a company's clients, and the pairs that people said are none."""

from .models import Descarte

__all__ = ["Descarte"]
