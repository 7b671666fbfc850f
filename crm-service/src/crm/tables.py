"""Every table of the service, for whoever needs the whole schema."""

from sqlmodel import SQLModel

from crm.actividades import Actividad, FacturaSustituida, Participante, Subtipo, SumaDeActividades
from crm.adjuntos import Adjunto
from crm.auditoria import Auditoria, AuditoriaValores, Cambio
from crm.avisos import Entrega, Envio, Webhook
from crm.busqueda import Termino, Variante
from crm.campos import Campo
from crm.cifras import Cifras
from crm.clientes import ClaveFusionada, Cliente, EstadoVivido, Fusionado
from crm.coincidencias import Coincidencia, Duplicado
from crm.consentimientos import Consentimiento
from crm.contactos import Contacto, Vinculo
from crm.duplicados import Descarte
from crm.empresas import Empresa
from crm.etapas import Embudo, Etapa
from crm.fusiones import FilaFusionada, Fusion
from crm.historial import Suceso
from crm.identidad import ClaveApi, ClaveEmisor, RevocacionEmisor
from crm.importaciones import FilaImportada, Importacion
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
    Cambio,
    Webhook,
    Envio,
    Entrega,
    Cifras,
    Embudo,
    Etapa,
    Motivo,
    Campo,
    Cliente,
    Fusionado,
    ClaveFusionada,
    Coincidencia,
    Duplicado,
    Descarte,
    Fusion,
    FilaFusionada,
    EstadoVivido,
    Termino,
    Variante,
    Contacto,
    Vinculo,
    Consentimiento,
    Actividad,
    Participante,
    Subtipo,
    FacturaSustituida,
    SumaDeActividades,
    Adjunto,
    Oportunidad,
    Paso,
    SumaAbierta,
    SumaDelDia,
    Suceso,
    Importacion,
    FilaImportada,
)
