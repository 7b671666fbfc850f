"""Webhooks: telling other programs of what changes, signed, until they have it."""

from .direcciones import Destinos, redes
from .models import Entrega, Envio, Webhook

__all__ = ["Destinos", "Entrega", "Envio", "Webhook", "redes"]
