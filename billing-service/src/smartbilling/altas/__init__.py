"""The coming to be of a company: what each room adds so that it can issue its first invoice."""

from .inicial import crear_inicial, nif_inventado, semilla_de
from .service import Alta, AltaConUsuario, crear_empresa, crear_empresa_con_usuario

__all__ = [
    "Alta",
    "AltaConUsuario",
    "crear_empresa",
    "crear_empresa_con_usuario",
    "crear_inicial",
    "nif_inventado",
    "semilla_de",
]
