"""Many invoices in one request: each is issued, kept as a draft or refused by itself, in their order."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from http import HTTPStatus

from fastapi import Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlmodel import Session

from contratos import Overloaded, invalid
from http_rules import Answer, Identity
from smartbilling import borradores, expedicion
from smartbilling.emision import ClaveDeEncargo, EmisionPorTandas, Encargo, Peticion, no_atiende
from smartbilling.expedicion import Productor
from smartbilling.facturas import FacturaNueva

TANDA = 32
"""How many invoices of a request are under way at most: half of those that share a transaction."""

LINEAS_DE_TANDA = 1_000
"""How many lines they have at most, one long invoice aside: others wait little while they are checked."""

FALTAS_MAXIMAS = 1_000
"""How many faults in the form of one invoice are told one by one."""

ComoProblema = Callable[[Exception], Response]
"""The problem that tells why a part of a request was refused."""


class FacturaDeLote:
    """One of the invoices, as it was sent: it may be anything that JSON can say."""

    def __init__(
        self, contenido: object, clave: ClaveDeEncargo | None, quien: Identity, productor: Productor
    ) -> None:
        self.clave, self._contenido, self._quien, self._productor = clave, contenido, quien, productor

    def preparar(self, session: Session, peticion: Peticion) -> Encargo | None:
        """The invoice ready to issue; None for a draft. Raises InvalidData."""
        try:
            nueva = self._leida()
        except RequestValidationError as error:
            empresa_id = self._quien.empresa_id
            raise expedicion.todas_las_faltas(
                session, empresa_id, self._contenido, error, peticion.ahora
            ) from None
        if nueva.estado == "borrador":
            return None
        return expedicion.preparar_alta(session, peticion, nueva, self._productor)

    def escribir(self, session: Session, peticion: Peticion) -> Answer:
        """The draft, kept. Raises ReferenciaDuplicada."""
        return borradores.crear(session, self._quien, self._leida(), peticion.ahora)

    @property
    def lineas(self) -> int:
        """How many lines it has, as far as can be told."""
        lineas = self._campo("lineas")
        return len(lineas) if isinstance(lineas, list) else 0

    @property
    def es_borrador(self) -> bool:
        """Whether it is to be kept as a draft."""
        return self._campo("estado") == "borrador"

    @property
    def referencia(self) -> str | None:
        """Its external reference, as far as can be told."""
        referencia = self._campo("referencia_externa")
        return referencia if isinstance(referencia, str) else None

    def _campo(self, name: str) -> object:
        return self._contenido.get(name) if isinstance(self._contenido, dict) else None

    def _leida(self) -> FacturaNueva:
        try:
            return FacturaNueva.model_validate(self._contenido, from_attributes=True)
        except ValidationError as error:
            if error.error_count() > FALTAS_MAXIMAS:
                raise invalid(
                    "cuerpo", "demasiadas_faltas", f"Tiene más de {FALTAS_MAXIMAS} faltas: revisa su forma."
                ) from None
            faults = error.errors(include_url=False, include_input=False)
            raise RequestValidationError(
                [{**fault, "loc": ("body", *fault["loc"])} for fault in faults]
            ) from None


async def emitir(
    facturas: Sequence[FacturaDeLote], emite: EmisionPorTandas, como_problema: ComoProblema
) -> AsyncIterator[bytes]:
    """Issue or keep them, some at a time; gives the JSON of a `LotePublico` as it comes to be.

    Once the service cannot serve, what is left is not tried: it is answered 503.
    """
    recuento, indice, sobran = Counter[str](), 0, None
    yield b'{"resultados":['
    for tanda in _tandas(facturas):
        hechas = await emite(tanda) if sobran is None else [sobran] * len(tanda)
        filas = []
        for hecha in hechas:
            response = hecha if isinstance(hecha, Response) else como_problema(hecha)
            recuento[_suerte(response)] += 1
            filas.append(_fila(indice, response))
            indice += 1
        yield (b"," if indice > len(filas) else b"") + b",".join(filas)
        if sobran is None and any(no_atiende(hecha) for hecha in hechas):
            sobran = Overloaded(
                "No se ha intentado: el servicio no da abasto. Vuelve a enviarla en unos segundos."
            )
    cuentas = {"total": indice} | {
        suerte: recuento[suerte] for suerte in ("creadas", "repetidas", "rechazadas")
    }
    yield b'],"recuento":%b}' % json.dumps(cuentas, separators=(",", ":")).encode()


def _tandas(facturas: Sequence[FacturaDeLote]) -> Iterator[list[FacturaDeLote]]:
    """Some at a time, in order.

    A draft is kept while a *tanda* is prepared, before what it issues: one whose reference stands in an
    earlier invoice waits for the next *tanda*, so that the first has it.
    """
    tanda: list[FacturaDeLote] = []
    lineas, referencias = 0, set[str]()
    for factura in facturas:
        llena = len(tanda) == TANDA or lineas + factura.lineas > LINEAS_DE_TANDA
        if tanda and (llena or (factura.es_borrador and factura.referencia in referencias)):
            yield tanda
            tanda, lineas, referencias = [], 0, set()
        tanda.append(factura)
        lineas += factura.lineas
        if factura.referencia is not None and not factura.es_borrador:
            referencias.add(factura.referencia)
    yield tanda


def _suerte(response: Response) -> str:
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        return "rechazadas"
    return "repetidas" if _es_repetida(response) else "creadas"


def _es_repetida(response: Response) -> bool:
    return "idempotent-replayed" in response.headers


def _fila(indice: int, response: Response) -> bytes:
    """The JSON of a `ResultadoDeLote`: the body of an answer stands in it byte for byte."""
    rechazada = response.status_code >= HTTPStatus.BAD_REQUEST
    espera = response.headers.get("retry-after")
    campos = {
        "indice": indice,
        "status": response.status_code,
        "repetida": _es_repetida(response),
        "etag": response.headers.get("etag"),
        "reintentar_en": int(espera) if espera else None,
    }
    cuerpos = (b"null", bytes(response.body))
    factura, problema = cuerpos if rechazada else reversed(cuerpos)
    cabeza = json.dumps(campos, separators=(",", ":")).encode().removesuffix(b"}")
    return b'%b,"factura":%b,"problema":%b}' % (cabeza, factura, problema)
