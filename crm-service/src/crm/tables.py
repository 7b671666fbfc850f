"""Every table of the service, for whoever needs the whole schema."""

from sqlmodel import SQLModel

from crm.actividades import Actividad
from crm.auditoria import Auditoria, AuditoriaValores
from crm.busqueda import Termino
from crm.cifras import Cifras
from crm.clientes import Cliente
from crm.contactos import Contacto
from crm.empresas import Empresa
from crm.etapas import Etapa
from crm.historial import Suceso
from crm.identidad import ClaveApi, ClaveEmisor, RevocacionEmisor
from crm.oportunidades import Oportunidad
from http_rules.idempotency import IdempotencyKey

TABLES: tuple[type[SQLModel], ...] = (
    Empresa,
    ClaveApi,
    ClaveEmisor,
    RevocacionEmisor,
    IdempotencyKey,
    Auditoria,
    AuditoriaValores,
    Cifras,
    Etapa,
    Cliente,
    Termino,
    Contacto,
    Actividad,
    Oportunidad,
    Suceso,
)
