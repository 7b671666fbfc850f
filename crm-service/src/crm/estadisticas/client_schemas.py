"""A client's figures as the API shows them."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from contratos import Salida
from contratos.crm import TipoActividad
from contratos.types import Euros, Instante

from .analysis import Dias, Tasa
from .score import Factor

_ACT = "act_0193e2b0c1d27f3a8b4c5d6e7f809102"
_EXAMPLE: dict[str, Any] = {
    "cliente_id": "cli_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "facturas": 6,
    "facturado": "7260.00",
    "pagos": 5,
    "pagado": "6050.00",
    "pendiente": "1210.00",
    "dias_medios_pago": "24.5",
    "ultimo_contacto": {
        "actividad_id": _ACT,
        "tipo": "llamada",
        "titulo": "Hablado del pedido de enero",
        "fecha": "2026-11-20T09:15:00+00:00",
        "responsable": "Lucía",
    },
    "proximo_paso": {
        "actividad_id": _ACT,
        "tipo": "tarea",
        "titulo": "Enviar presupuesto",
        "cuando": "2026-11-27T17:00:00+00:00",
        "responsable": "Lucía",
        "atrasada": False,
    },
    "actividades": [{"tipo": "llamada", "hechas": 12, "pendientes": 1}],
    "actividades_vencidas": 0,
    "oportunidades": {
        "abiertas": 1,
        "valor_abiertas": "4500.00",
        "ganadas": 3,
        "valor_ganadas": "9300.00",
        "perdidas": 1,
        "valor_perdidas": "1200.00",
        "tasa_exito": "75",
    },
    "puntuacion": {
        "valor": 90,
        "motivos": [
            {
                "factor": "contacto",
                "puntos": 20,
                "maximo": 20,
                "explicacion": "El último contacto fue hace 4 días.",
            }
        ],
    },
}


class UltimoContacto(Salida):
    """The last call, e-mail or meeting that was held."""

    actividad_id: str = Field(description="La actividad.")
    tipo: TipoActividad = Field(description="Llamada, correo o reunión.")
    titulo: str = Field(description="Su título.")
    fecha: Instante = Field(description="Cuándo fue.")
    responsable: str | None = Field(description="De quién es; null, de nadie.")


class ProximoPaso(Salida):
    """What is to be done first."""

    actividad_id: str = Field(description="La actividad.")
    tipo: TipoActividad = Field(description="De qué tipo es.")
    titulo: str = Field(description="Su título.")
    cuando: Instante = Field(description="Su plazo o, si no lo tiene, su fecha.")
    responsable: str | None = Field(description="De quién es; null, de nadie.")
    atrasada: Annotated[bool, Field(description="Su plazo, o su fecha si no lo tiene, ya pasó.")]


class ActividadesDeTipo(Salida):
    """How many activities of a type."""

    tipo: TipoActividad = Field(description="El tipo de actividad.")
    hechas: int = Field(description="Cuántas hay hechas.")
    pendientes: int = Field(description="Cuántas quedan por hacer.")


class OportunidadesDelCliente(Salida):
    """What may be sold to a client, and what came of the rest."""

    abiertas: int = Field(description="Cuántas hay abiertas.")
    valor_abiertas: Euros = Field(description="Lo que valen las abiertas.")
    ganadas: int = Field(description="Cuántas se ganaron.")
    valor_ganadas: Euros = Field(description="Lo que valían las ganadas.")
    perdidas: int = Field(description="Cuántas se perdieron.")
    valor_perdidas: Euros = Field(description="Lo que valían las perdidas.")
    tasa_exito: Tasa


class MotivoDePuntos(Salida):
    """What a factor gives to the score, and why."""

    factor: Factor = Field(description="Qué se mira.")
    puntos: int = Field(description="Los que da.")
    maximo: int = Field(description="Los que puede dar.")
    explicacion: str = Field(description="Por qué, en una frase.")


class Puntuacion(Salida):
    """The score, which is the sum of its reasons' points."""

    valor: Annotated[int, Field(ge=0, le=100)] = Field(
        description="De 0 a 100: la suma de los puntos de sus motivos."
    )
    motivos: list[MotivoDePuntos] = Field(description="De dónde sale cada punto.")


class EstadisticasDelCliente(Salida):
    """The figures of a client. Nothing archived counts."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    cliente_id: str = Field(description="El cliente.")
    facturas: int = Field(description="Cuántas se le han hecho.")
    facturado: Annotated[
        Euros, Field(description="Las ventas, sin lo anulado ni sustituido y con lo rectificado.")
    ]
    pagos: int = Field(description="Cuántos ha hecho.")
    pagado: Annotated[Euros, Field(description="Los pagos, sin los devueltos.")]
    pendiente: Annotated[
        Euros, Field(description="Facturado menos pagado. De retenciones solo sabe facturación: su ficha.")
    ]
    dias_medios_pago: Annotated[
        Dias, Field(description="Desde la venta hasta el pago que la completa, de las pagadas del todo.")
    ]
    ultimo_contacto: UltimoContacto | None = Field(
        description="La última llamada, correo o reunión; null, ninguna."
    )
    proximo_paso: ProximoPaso | None = Field(description="Lo primero que hay que hacer; null, nada.")
    actividades: Annotated[list[ActividadesDeTipo], Field(description="De cada tipo que haya alguna.")]
    actividades_vencidas: int = Field(description="Las pendientes cuyo plazo pasó.")
    oportunidades: OportunidadesDelCliente = Field(description="Lo que se le puede vender, y cómo acabó.")
    puntuacion: Puntuacion = Field(description="Cuánto promete, y por qué.")
