"""What the record of a stored invoice is made of, from its rows as they are exported."""

from datetime import date
from functools import lru_cache
from json import dumps, loads
from typing import Any, Literal

from smartbilling.fiscal import (
    Destinatario,
    EmitidaPor,
    FacturaPropuesta,
    IdOtro,
    descripcion_de_lineas,
    identificados,
    tercero,
)
from smartbilling.verifactu import (
    DatosAlta,
    FacturaReferida,
    ImporteRectificacion,
    Interviniente,
    euros,
    grupo_de_json,
)

Json = dict[str, Any]

_UN_DIA = date(2024, 10, 28)
_QUIEN: dict[str, Literal["T", "D"]] = {"tercero": "T", "destinatario": "D"}
_CERO = "0.00"


def datos_de_alta(contenido: Json) -> DatosAlta:
    """An issued invoice for its RegistroAlta. Raises what a wrong shape raises (ERRORES_DE_FORMA)."""
    emisor, rectificacion = contenido["emisor"], contenido.get("rectificacion")
    fecha = date.fromisoformat(contenido["fecha_expedicion"])
    operacion = contenido.get("fecha_operacion")
    return DatosAlta(
        emisor_nif=emisor["nif"],
        emisor_nombre=emisor["nombre"],
        numero=contenido["numero"],
        fecha_expedicion=fecha,
        tipo=contenido["tipo"],
        descripcion=_descripcion(contenido),
        desglose=[grupo_de_json(fila) for fila in contenido["desglose"]],
        destinatarios=_destinatarios(contenido),
        fecha_operacion=date.fromisoformat(operacion) if operacion else None,
        ref_externa=contenido["id"],
        tipo_rectificativa=rectificacion["metodo"] if rectificacion else None,
        rectificadas=_referidas(emisor["nif"], rectificacion.get("facturas") if rectificacion else None),
        importe_rectificacion=_importe(rectificacion),
        sustituidas=_referidas(emisor["nif"], contenido.get("sustituidas")),
        emitida_por=_interviniente(contenido.get("emitida_por")),
        sin_identificar=contenido.get("sin_identificar_destinatario") is True,
        acuerdo_facturacion=contenido.get("acuerdo_facturacion"),
        acuerdo_sistema=contenido.get("acuerdo_sistema"),
        cupon=contenido.get("cupon") is True,
    )


def _descripcion(contenido: Json) -> str:
    dada: str = (contenido.get("descripcion") or "").strip()
    if dada:
        return dada
    return descripcion_de_lineas(
        linea["descripcion"] for linea in contenido["lineas"] if not linea["suplido"]
    )


def _destinatarios(contenido: Json) -> tuple[Destinatario, ...]:
    otro = contenido.get("cliente_id_otro")
    otros = contenido.get("destinatarios")
    return _identificados(
        contenido["tipo"],
        contenido.get("cliente_nombre"),
        contenido.get("cliente_cif"),
        dumps(otro) if otro else "",
        dumps(otros) if otros else "",
    )


@lru_cache(maxsize=4096)
def _identificados(
    tipo: str, nombre: str | None, cif: str | None, id_otro: str, otros: str
) -> tuple[Destinatario, ...]:
    """Customers come back: the same one is worked out once."""
    return identificados(
        FacturaPropuesta(
            emisor_nif="",
            emisor_nombre="",
            hoy=_UN_DIA,
            fecha_expedicion=_UN_DIA,
            lineas=(),
            tipo=tipo,
            cliente_nombre=nombre,
            cliente_cif=cif,
            cliente_id_otro=_id_otro(loads(id_otro)) if id_otro else None,
            destinatarios=tuple(
                Destinatario(d["nombre"], d.get("cif"), _id_otro(d.get("id_otro")))
                for d in (loads(otros) if otros else ())
            ),
        )
    )


def _id_otro(otro: Json | None) -> IdOtro | None:
    return None if otro is None else IdOtro(tipo=otro["tipo"], id=otro["id"], pais=otro.get("pais"))


def _referidas(nif: str, citas: list[Json] | None) -> list[FacturaReferida]:
    return [FacturaReferida(nif, cita["numero"], date.fromisoformat(cita["fecha"])) for cita in citas or ()]


def _importe(rectificacion: Json | None) -> ImporteRectificacion | None:
    if rectificacion is None or rectificacion["metodo"] != "S":
        return None
    recargo = euros(str(rectificacion.get("recargo_rectificado") or _CERO))
    return ImporteRectificacion(
        euros(str(rectificacion.get("base_rectificada") or _CERO)),
        euros(str(rectificacion.get("cuota_rectificada") or _CERO)),
        recargo or None,
    )


def _interviniente(dado: Json | None) -> Interviniente | None:
    if dado is None:
        return None
    quien = tercero(
        EmitidaPor(_QUIEN[dado["quien"]], dado.get("nombre"), dado.get("cif"), _id_otro(dado.get("id_otro")))
    )
    return quien if quien is None else Interviniente(quien.quien, quien.nombre, quien.nif, quien.id_otro)
