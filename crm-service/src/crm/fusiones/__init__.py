"""Merges of clients: two rows of the same client made one, and taken apart again."""

from .models import FilaFusionada, Fusion

__all__ = ["FilaFusionada", "Fusion"]
