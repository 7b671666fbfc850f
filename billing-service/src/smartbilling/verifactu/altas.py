"""What a RegistroAlta is made of, as plain JSON and back: so an export brings it."""

from decimal import Decimal
from typing import Any, NamedTuple

from .datos import DatosAlta, FacturaReferida, ImporteRectificacion, Interviniente
from .valores import Json, euros, fecha, quizas_euros, texto


class OtroId(NamedTuple):
    """Who has no Spanish NIF."""

    tipo: str
    id: str
    pais: str | None


class Parte(NamedTuple):
    """Somebody named in a record."""

    nombre: str
    nif: str | None
    id_otro: OtroId | None


class Grupo(NamedTuple):
    """A row of the tax breakdown."""

    impuesto: str
    clave_regimen: str
    calificacion: str | None
    exencion: str | None
    tipo_iva: Decimal | None
    base: Decimal
    cuota: Decimal
    recargo_equivalencia: Decimal | None
    recargo: Decimal
    base_a_coste: Decimal | None


def alta_como_json(datos: DatosAlta) -> dict[str, Any]:
    """What a RegistroAlta is made of, as plain JSON; nothing that is absent."""
    valores = {
        "emisor_nif": datos.emisor_nif,
        "emisor_nombre": datos.emisor_nombre,
        "numero": datos.numero,
        "fecha_expedicion": datos.fecha_expedicion.isoformat(),
        "tipo": datos.tipo,
        "descripcion": datos.descripcion,
        "desglose": [_presentes(_grupo_como_json(grupo)) for grupo in datos.desglose],
        "destinatarios": [_parte_como_json(parte) for parte in datos.destinatarios],
        "fecha_operacion": datos.fecha_operacion.isoformat() if datos.fecha_operacion else None,
        "ref_externa": datos.ref_externa,
        "tipo_rectificativa": datos.tipo_rectificativa,
        "rectificadas": [_referida_como_json(una) for una in datos.rectificadas],
        "importe_rectificacion": _importe_como_json(datos.importe_rectificacion),
        "sustituidas": [_referida_como_json(una) for una in datos.sustituidas],
        "subsanacion": datos.subsanacion,
        "rechazo_previo": datos.rechazo_previo,
        "emitida_por": _interviniente_como_json(datos.emitida_por),
        "sin_identificar": datos.sin_identificar,
        "acuerdo_facturacion": datos.acuerdo_facturacion,
        "acuerdo_sistema": datos.acuerdo_sistema,
        "cupon": datos.cupon,
    }
    return {name: value for name, value in valores.items() if value not in (None, False, [])}


def alta_de_json(json_: Json) -> DatosAlta:
    """The other way round. Raises what a wrong shape raises (ERRORES_DE_FORMA)."""
    operacion = json_.get("fecha_operacion")
    return DatosAlta(
        emisor_nif=texto(json_["emisor_nif"]),
        emisor_nombre=texto(json_["emisor_nombre"]),
        numero=texto(json_["numero"]),
        fecha_expedicion=fecha(json_["fecha_expedicion"]),
        tipo=texto(json_["tipo"]),
        descripcion=texto(json_["descripcion"]),
        desglose=[grupo_de_json(grupo) for grupo in json_["desglose"]],
        destinatarios=[_parte_de_json(parte) for parte in json_.get("destinatarios", ())],
        fecha_operacion=fecha(operacion) if operacion else None,
        ref_externa=json_.get("ref_externa"),
        tipo_rectificativa=json_.get("tipo_rectificativa"),
        rectificadas=[_referida_de_json(una) for una in json_.get("rectificadas", ())],
        importe_rectificacion=_importe_de_json(json_.get("importe_rectificacion")),
        sustituidas=[_referida_de_json(una) for una in json_.get("sustituidas", ())],
        subsanacion=json_.get("subsanacion") is True,
        rechazo_previo=json_.get("rechazo_previo"),
        emitida_por=_interviniente_de_json(json_.get("emitida_por")),
        sin_identificar=json_.get("sin_identificar") is True,
        acuerdo_facturacion=json_.get("acuerdo_facturacion"),
        acuerdo_sistema=json_.get("acuerdo_sistema"),
        cupon=json_.get("cupon") is True,
    )


def grupo_de_json(fila: Json) -> Grupo:
    """A row of the tax breakdown. Raises as `alta_de_json` does."""
    return Grupo(
        texto(fila["impuesto"]),
        texto(fila["clave_regimen"]),
        fila.get("calificacion"),
        fila.get("exencion"),
        quizas_euros(fila.get("tipo_iva")),
        euros(fila["base"]),
        euros(fila["cuota"]),
        quizas_euros(fila.get("recargo_equivalencia")),
        euros(fila["recargo"]),
        quizas_euros(fila.get("base_a_coste")),
    )


def _presentes(valores: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in valores.items() if value is not None}


def _grupo_como_json(grupo: Any) -> dict[str, Any]:
    return {
        name: value if value is None or isinstance(value, str) else str(value)
        for name, value in ((name, getattr(grupo, name)) for name in Grupo._fields)
    }


def _parte_como_json(parte: Any) -> dict[str, Any]:
    otro = parte.id_otro
    return _presentes(
        {
            "nombre": parte.nombre,
            "nif": parte.nif,
            "id_otro": _presentes({"tipo": otro.tipo, "id": otro.id, "pais": otro.pais}) if otro else None,
        }
    )


def _parte_de_json(parte: Json) -> Parte:
    return Parte(texto(parte["nombre"]), parte.get("nif"), _otro_de_json(parte.get("id_otro")))


def _otro_de_json(otro: Json | None) -> OtroId | None:
    return None if otro is None else OtroId(texto(otro["tipo"]), texto(otro["id"]), otro.get("pais"))


def _referida_como_json(una: FacturaReferida) -> dict[str, str]:
    return {
        "emisor_nif": una.emisor_nif,
        "numero": una.numero,
        "fecha_expedicion": una.fecha_expedicion.isoformat(),
    }


def _referida_de_json(una: Json) -> FacturaReferida:
    return FacturaReferida(texto(una["emisor_nif"]), texto(una["numero"]), fecha(una["fecha_expedicion"]))


def _importe_como_json(importe: ImporteRectificacion | None) -> dict[str, str] | None:
    if importe is None:
        return None
    recargo = None if importe.recargo is None else str(importe.recargo)
    return _presentes({"base": str(importe.base), "cuota": str(importe.cuota), "recargo": recargo})


def _importe_de_json(importe: Json | None) -> ImporteRectificacion | None:
    if importe is None:
        return None
    return ImporteRectificacion(
        euros(importe["base"]), euros(importe["cuota"]), quizas_euros(importe.get("recargo"))
    )


def _interviniente_como_json(quien: Interviniente | None) -> dict[str, Any] | None:
    if quien is None:
        return None
    return {"quien": quien.quien} | _parte_como_json(quien)


def _interviniente_de_json(quien: Json | None) -> Interviniente | None:
    if quien is None:
        return None
    return Interviniente(
        quien["quien"], quien.get("nombre"), quien.get("nif"), _otro_de_json(quien.get("id_otro"))
    )
