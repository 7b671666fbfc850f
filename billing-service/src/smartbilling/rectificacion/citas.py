"""The invoices that a new one rectifies or replaces: found, and checked against what is committed.

RD 1619/2012 arts. 7.3 and 15; AEAT, "Validaciones y errores" 1115–1119, 1189, 1190.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from contratos import Fault, InvalidData
from smartbilling.empresas import Instalacion
from smartbilling.facturas import CitaNueva, Contenido, Factura, FacturaSituacion, VinculoFactura
from smartbilling.fiscal import Estado
from smartbilling.series import Contador, Serie

from .compensacion import DIFERENCIA, SUSTITUCION
from .numeros import pudo_darlo

Clase = Literal["rectifica", "sustituye"]

SIMPLIFICADAS = frozenset({"F2", "R5"})
RECTIFICATIVAS = frozenset({"R1", "R2", "R3", "R4", "R5"})
_DE_SIMPLIFICADA = "R5"


@dataclass(frozen=True, slots=True)
class Cita:
    """An invoice that the new one speaks of; `otra_id` and its `instalacion` None: not one of ours."""

    numero: str
    fecha: date
    otra_id: str | None = None
    instalacion: str | None = None


@dataclass(frozen=True, slots=True)
class Pedidas:
    """What a new invoice of `tipo` says of others, before anybody looked for them."""

    tipo: str
    clase: Clase
    metodo: str
    campo: str
    facturas: tuple[tuple[str, date], ...]


@dataclass(frozen=True, slots=True)
class _Hallada:
    """An invoice of ours that is cited, and which live ones speak of it already."""

    factura: Factura
    estado: str
    instalacion: str
    entorno: str
    hablan: tuple[tuple[VinculoFactura, str], ...]
    habla_de: tuple[str, ...]

    @property
    def sustituta(self) -> str | None:
        """The number of the invoice that took its place."""
        return next((numero for vinculo, numero in self.hablan if vinculo.metodo == SUSTITUCION), None)

    @property
    def diferencias(self) -> list[str]:
        """The numbers of those that rectify it by difference."""
        return [numero for vinculo, numero in self.hablan if vinculo.metodo == DIFERENCIA]


def pedidas(contenido: Contenido) -> Pedidas | None:
    """What `contenido` says of other invoices; None when it is of no kind that does."""
    if contenido.tipo == "F3":
        return Pedidas(
            contenido.tipo, "sustituye", SUSTITUCION, "sustituidas", _numeros(contenido.sustituidas)
        )
    rectificacion = contenido.rectificacion
    if contenido.tipo not in RECTIFICATIVAS or rectificacion is None:
        return None
    return Pedidas(
        contenido.tipo,
        "rectifica",
        rectificacion.metodo,
        "rectificacion.facturas",
        _numeros(rectificacion.facturas),
    )


def _numeros(citas: Iterable[CitaNueva]) -> tuple[tuple[str, date], ...]:
    return tuple((cita.numero, cita.fecha) for cita in citas)


def buscar(session: Session, empresa_id: str, de: Pedidas) -> tuple[Cita, ...]:
    """The invoices that `de` names. Raises InvalidData with all that keeps it from naming them."""
    numeros = [numero for numero, _ in de.facturas]
    halladas = _halladas(session, empresa_id, numeros)
    ajenas = [numero for numero in numeros if numero not in halladas]
    faltas = list(_faltas_de_ajenas(session, empresa_id, de, ajenas))
    for n, (numero, fecha) in enumerate(de.facturas):
        if hallada := halladas.get(numero):
            faltas += _faltas_de_hallada(de, f"{de.campo}.{n}", hallada, fecha, set(numeros))
    faltas += _faltas_de_entorno(de, halladas)
    if faltas:
        raise InvalidData(faltas)
    return tuple(_cita(numero, fecha, halladas.get(numero)) for numero, fecha in de.facturas)


def faltas_al_recuperar(session: Session, empresa_id: str, de: Pedidas, ajenas: Sequence[str]) -> list[Fault]:
    """What keeps an annulled invoice from speaking again of those in `de`; `ajenas` are not ours.

    Their numbers were looked at when it was issued: what matters is what became of them since.
    """
    citadas = [numero for numero, _ in de.facturas]
    halladas = _halladas(session, empresa_id, [numero for numero in citadas if numero not in ajenas])
    sustituidas = _ajenas_sustituidas(session, empresa_id, ajenas)
    faltas: list[Fault] = []
    for n, (numero, fecha) in enumerate(de.facturas):
        if hallada := halladas.get(numero):
            faltas += _faltas_de_hallada(de, f"{de.campo}.{n}", hallada, fecha, set(citadas))
        elif numero in sustituidas:
            faltas.append(_ya_sustituida(f"{de.campo}.{n}.numero", numero, sustituidas[numero]))
    return faltas


def _cita(numero: str, fecha: date, hallada: _Hallada | None) -> Cita:
    return Cita(numero, fecha, hallada.factura.id, hallada.instalacion) if hallada else Cita(numero, fecha)


def es_simplificada(factura: Factura) -> bool:
    """Whether an invoice was recorded as a simplified one: an F2 that names its recipient was not."""
    if factura.tipo != "F2":
        return factura.tipo == _DE_SIMPLIFICADA
    return not (factura.cliente_cif or factura.cliente_id_otro or factura.destinatarios)


def _halladas(session: Session, empresa_id: str, numeros: Sequence[str]) -> dict[str, _Hallada]:
    same = (col(FacturaSituacion.empresa_id) == Factura.empresa_id) & (
        col(FacturaSituacion.factura_id) == Factura.id
    )
    en_serie = (col(Serie.empresa_id) == Factura.empresa_id) & (col(Serie.codigo) == Factura.serie)
    en_instalacion = (col(Instalacion.empresa_id) == Serie.empresa_id) & (
        col(Instalacion.id) == Serie.instalacion
    )
    rows = session.execute(
        select(Factura, col(FacturaSituacion.estado), col(Instalacion.id), col(Instalacion.entorno))
        .join(FacturaSituacion, same)
        .join(Serie, en_serie)
        .join(Instalacion, en_instalacion)
        .where(col(Factura.empresa_id) == empresa_id, col(Factura.numero).in_(numeros))
    ).all()
    ids = [row[0].id for row in rows]
    vinculos = vinculos_vivos(session, empresa_id, ids)
    return {
        factura.numero: _Hallada(
            factura,
            estado,
            instalacion,
            entorno,
            tuple((v, numero) for v, numero in vinculos if v.otra_id == factura.id),
            tuple(v.numero for v, _ in vinculos if v.nueva_id == factura.id and v.otra_id),
        )
        for factura, estado, instalacion, entorno in rows
    }


def vinculos_vivos(session: Session, empresa_id: str, ids: Sequence[str]) -> list[tuple[VinculoFactura, str]]:
    """The live links from and to the invoices `ids`, in order, each with the number of the newer one."""
    if not ids:
        return []
    nueva = (col(Factura.empresa_id) == VinculoFactura.empresa_id) & (
        col(Factura.id) == VinculoFactura.nueva_id
    )
    rows = session.execute(
        select(VinculoFactura, col(Factura.numero))
        .join(Factura, nueva)
        .where(
            col(VinculoFactura.empresa_id) == empresa_id,
            or_(col(VinculoFactura.otra_id).in_(ids), col(VinculoFactura.nueva_id).in_(ids)),
            col(VinculoFactura.vivo),
        )
        .order_by(col(VinculoFactura.nueva_id), col(VinculoFactura.n))
    )
    return [(vinculo, numero) for vinculo, numero in rows]


def _faltas_de_ajenas(
    session: Session, empresa_id: str, de: Pedidas, ajenas: Sequence[str]
) -> Iterator[Fault]:
    """An invoice of before may be cited by its number; not one that only our series could have given."""
    if not ajenas:
        return
    series = _series(session, empresa_id)
    sustituidas = _ajenas_sustituidas(session, empresa_id, ajenas)
    for n, (numero, _) in enumerate(de.facturas):
        if numero not in ajenas:
            continue
        campo = f"{de.campo}.{n}.numero"
        suya = next((serie for serie, anio in series if pudo_darlo(serie, anio, numero)), None)
        if suya is not None:
            yield Fault(
                campo,
                "factura_desconocida",
                f"La serie {suya.codigo} no ha dado el número {numero}: revisa el número de la factura.",
            )
        elif numero in sustituidas:
            yield _ya_sustituida(campo, numero, sustituidas[numero])


def _series(session: Session, empresa_id: str) -> list[tuple[Serie, int]]:
    """The company's series, and the year since which each gives numbers."""
    primeros = session.execute(
        select(col(Contador.serie), func.min(Contador.anio))
        .where(col(Contador.empresa_id) == empresa_id)
        .group_by(col(Contador.serie))
    )
    desde: dict[str, int] = {primero[0]: primero[1] for primero in primeros}
    todas = session.scalars(select(Serie).where(col(Serie.empresa_id) == empresa_id))
    return [(serie, desde.get(serie.codigo) or serie.creada.year) for serie in todas]


def _ajenas_sustituidas(session: Session, empresa_id: str, numeros: Sequence[str]) -> Mapping[str, str]:
    """Those invoices of elsewhere that one of ours took the place of, and its number."""
    nueva = (col(Factura.empresa_id) == VinculoFactura.empresa_id) & (
        col(Factura.id) == VinculoFactura.nueva_id
    )
    rows = session.execute(
        select(col(VinculoFactura.numero), col(Factura.numero))
        .join(Factura, nueva)
        .where(
            col(VinculoFactura.empresa_id) == empresa_id,
            col(VinculoFactura.numero).in_(numeros),
            col(VinculoFactura.otra_id).is_(None),
            col(VinculoFactura.metodo) == SUSTITUCION,
            col(VinculoFactura.vivo),
        )
    )
    return {row[0]: row[1] for row in rows}


def _faltas_de_entorno(de: Pedidas, halladas: Mapping[str, _Hallada]) -> Iterator[Fault]:
    """Tests and production never cross: those named are all of one of them."""
    nuestras = [(n, halladas[numero]) for n, (numero, _) in enumerate(de.facturas) if numero in halladas]
    for n, hallada in nuestras:
        primera = nuestras[0][1]
        if hallada.entorno != primera.entorno:
            yield Fault(
                f"{de.campo}.{n}.numero",
                "factura_de_otro_entorno",
                f"La factura {hallada.factura.numero} es de {hallada.entorno} y la "
                f"{primera.factura.numero}, de {primera.entorno}: cítalas en facturas distintas.",
            )


def _faltas_de_hallada(
    de: Pedidas, campo: str, hallada: _Hallada, fecha: date, citadas: set[str]
) -> Iterator[Fault]:
    factura, numero = hallada.factura, hallada.factura.numero
    if factura.fecha_expedicion != fecha:
        yield Fault(
            f"{campo}.fecha",
            "fecha_no_coincide",
            f"La factura {numero} es del {factura.fecha_expedicion:%d/%m/%Y}: corrige la fecha.",
        )
    if hallada.estado == Estado.ANULADA:
        yield Fault(
            f"{campo}.numero",
            "factura_anulada",
            f"La factura {numero} está anulada, y así no hay nada que corregir en ella: recupérala antes "
            "con una subsanación si se anuló por error, o emite otra.",
        )
    elif hallada.sustituta is not None:
        yield _ya_sustituida(f"{campo}.numero", numero, hallada.sustituta)
    elif de.metodo == SUSTITUCION and (faltan := [n for n in hallada.diferencias if n not in citadas]):
        yield Fault(
            f"{campo}.numero",
            "faltan_rectificativas",
            f"La factura {numero} está rectificada por {', '.join(faltan)}: nómbrala también, porque la "
            "nueva ocupa el lugar de todas.",
        )
    elif faltan := _primeras_que_faltan(de, hallada, citadas):
        yield Fault(
            f"{campo}.numero",
            "rectificativa_por_diferencias",
            f"La factura {numero} rectifica por diferencias a {', '.join(faltan)}: rectifica esa, o anula "
            f"{numero} si no debió emitirse.",
        )
    yield from _faltas_de_tipo(de, campo, factura)


def _primeras_que_faltan(de: Pedidas, hallada: _Hallada, citadas: set[str]) -> list[str]:
    """Those that a rectification by difference adds to: it is corrected by correcting them."""
    rectificacion = hallada.factura.rectificacion
    if rectificacion is None or rectificacion["metodo"] == SUSTITUCION:
        return []
    return [n for n in hallada.habla_de if de.metodo == DIFERENCIA or n not in citadas]


def _faltas_de_tipo(de: Pedidas, campo: str, factura: Factura) -> Iterator[Fault]:
    if de.clase == "sustituye":
        if factura.tipo not in SIMPLIFICADAS:
            yield Fault(
                f"{campo}.numero",
                "no_es_simplificada",
                f"La factura {factura.numero} es completa: una F3 solo sustituye simplificadas. Para "
                "corregirla, rectifícala.",
                "1116",
            )
        return
    simplificada = es_simplificada(factura)
    if simplificada and de.tipo != _DE_SIMPLIFICADA:
        yield Fault(
            "tipo",
            "tipo_de_rectificativa",
            f"La factura {factura.numero} es simplificada y no nombra al cliente: se rectifica con una R5.",
        )
    elif not simplificada and de.tipo == _DE_SIMPLIFICADA:
        yield Fault(
            "tipo",
            "tipo_de_rectificativa",
            f"La factura {factura.numero} nombra al cliente: se rectifica con una R1, R2, R3 o R4; la R5 es "
            "para simplificadas que no lo nombran.",
            "1190",
        )


def _ya_sustituida(campo: str, numero: str, por: str) -> Fault:
    return Fault(
        campo,
        "factura_sustituida",
        f"La factura {por} ya ocupa el lugar de {numero}: rectifica esa, que es la última.",
    )
