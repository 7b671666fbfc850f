"""Every table of the service, gathered from its rooms."""

from sqlmodel import SQLModel

import smartbilling.alarmas
import smartbilling.auditoria
import smartbilling.cifras
import smartbilling.declaracion
import smartbilling.empresas
import smartbilling.evidencia
import smartbilling.facturas
import smartbilling.identidad
import smartbilling.integracion_crm
import smartbilling.pagos
import smartbilling.registros
import smartbilling.series  # noqa: F401 - imported for their tables

HEAD = "0010"
"""The revision that this code works with."""

SCRIPTS = "smartbilling.db:migrations"
"""Where Alembic finds the migrations."""

FROZEN = (
    "auditoria",
    "declaraciones",
    "desgloses",
    "devoluciones",
    "facturas",
    "lineas",
    "pagos",
    "puntos_control",
    "registros",
    "subsanaciones",
)
"""Tables whose rows are only ever added."""

metadata = SQLModel.metadata
