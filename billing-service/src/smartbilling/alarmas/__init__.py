"""Alarms: what is not well with a chain or its clock, kept until a person attends to it."""

from .metrics import figures
from .models import Alarma
from .service import Motivo, alarmar

__all__ = ["Alarma", "Motivo", "alarmar", "figures"]
