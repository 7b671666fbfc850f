"""Every table of the service, gathered from its rooms."""

from sqlmodel import SQLModel

import smartbilling.auditoria
import smartbilling.cifras
import smartbilling.empresas
import smartbilling.facturas
import smartbilling.identidad
import smartbilling.integracion_crm
import smartbilling.pagos
import smartbilling.registros
import smartbilling.series  # noqa: F401 - imported for their tables

HEAD = "0004"
"""The revision that this code works with."""

SCRIPTS = "smartbilling.db:migrations"
"""Where Alembic finds the migrations."""

FROZEN = ("auditoria", "desgloses", "devoluciones", "facturas", "lineas", "pagos", "registros")
"""Tables whose rows are only ever added."""

metadata = SQLModel.metadata
