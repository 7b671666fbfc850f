"""Every table of the service, for whoever needs the whole schema."""

from sqlmodel import SQLModel

from crm.actividades import Actividad, Participante, Subtipo
from crm.adjuntos import Adjunto
from crm.auditoria import Auditoria, AuditoriaValores
from crm.busqueda import Termino
from crm.cifras import Cifras
from crm.clientes import Cliente
from crm.contactos import Contacto
from crm.empresas import Empresa
from crm.etapas import Embudo, Etapa
from crm.historial import Suceso
from crm.identidad import ClaveApi, ClaveEmisor, RevocacionEmisor
from crm.motivos import Motivo
from crm.oportunidades import Oportunidad, Paso, SumaAbierta, SumaDelDia
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
    Embudo,
    Etapa,
    Motivo,
    Cliente,
    Termino,
    Contacto,
    Actividad,
    Participante,
    Subtipo,
    Adjunto,
    Oportunidad,
    Paso,
    SumaAbierta,
    SumaDelDia,
    Suceso,
)
