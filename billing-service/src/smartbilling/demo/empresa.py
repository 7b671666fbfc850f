"""The demo company's eighteen months, fact by fact, under a clock that moves through them."""

import random
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import col

from contratos import Scope
from http_rules import Identity
from smartbilling import altas, borradores
from smartbilling.correcciones import RectificativaNueva, preparar_anulacion, preparar_rectificativa
from smartbilling.emision import Emisor, Encargo, Peticion
from smartbilling.empresas import EmpresaNueva
from smartbilling.expedicion import Productor, preparar_alta
from smartbilling.facturas import FacturaNueva, FacturaPublica, situacion
from smartbilling.identidad import Usuario
from smartbilling.pagos import Caja, DevolucionNueva, Metodo, PagoNuevo, devolver, registrar
from storage import Database

from . import datos, papeles

_SEMILLA = 2026
_MESES = 18
_FACTURAS = 240
_BORRADORES = 4
_ZONA = ZoneInfo("Europe/Madrid")

Progreso = Callable[[int, int], None]


class RelojMovil:
    """A clock that stands where it was put."""

    def __init__(self, instante: datetime) -> None:
        self.instante = instante

    def __call__(self) -> datetime:
        """The instant it was put at."""
        return self.instante


def construir(
    database: Database,
    ahora: datetime,
    clave_hash: str,
    productor: Productor,
    *,
    entorno: Any,
    progreso: Progreso,
) -> tuple[altas.AltaConUsuario, dict[str, Any]]:
    """The demo company up to `ahora`, and what the CRM's demo must know of its clients."""
    hoy = ahora.astimezone(_ZONA).date()
    dias = _dias_de_factura(hoy)
    reloj = RelojMovil(_a_las(dias[0] - timedelta(days=20), 9))
    nueva = EmpresaNueva(
        nombre=datos.NOMBRE, nif=datos.nif_de_sociedad("B", 9815204), direccion=datos.DIRECCION
    )
    with database.unit_of_work() as session:
        alta = altas.crear_empresa_con_usuario(session, nueva, datos.USUARIO, clave_hash, entorno, reloj())
        usuario = session.execute(select(Usuario).where(col(Usuario.usuario) == alta.usuario)).scalar_one()
    quien = Identity(usuario.id, alta.alta.empresa.id, frozenset(Scope))
    emisor = Emisor(database, reloj, {}, on_commit=lambda: None)
    emisor.start()
    try:
        vida = _Vida(database, emisor, reloj, quien, productor, hoy)
        vida.vivir(dias, progreso)
    finally:
        emisor.stop()
    return alta, {
        "empresa": alta.alta.empresa.model_dump(include={"id", "nombre", "nif", "zona_horaria"}),
        "clientes": [
            asdict(cliente) | {"alta": vida.primeras[cliente.nombre].isoformat()}
            for cliente in datos.clientes()
            if cliente.nombre in vida.primeras
        ],
        "desde": dias[0].isoformat(),
        "hasta": hoy.isoformat(),
    }


def _a_las(dia: date, hora: int, minuto: int = 0) -> datetime:
    return datetime.combine(dia, time(hora, minuto), _ZONA).astimezone(UTC)


def _dias_de_factura(hoy: date) -> list[date]:
    """The working days on which an invoice is issued, in order, up to yesterday."""
    azar = random.Random(_SEMILLA)  # noqa: S311 - the same demo each time
    primero = hoy - timedelta(days=_MESES * 30 + 5)
    laborables = [
        day
        for day in (primero + timedelta(days=n) for n in range((hoy - primero).days))
        if day.weekday() < 5  # noqa: PLR2004 - Monday to Friday
    ]
    return sorted(azar.choices(laborables, k=_FACTURAS))


class _Vida:
    """What happens to the company: invoices and what corrects them, payments, refunds, drafts."""

    def __init__(
        self,
        database: Database,
        emisor: Emisor,
        reloj: RelojMovil,
        quien: Identity,
        productor: Productor,
        hoy: date,
    ) -> None:
        self._database, self._emisor, self._reloj = database, emisor, reloj
        self._quien, self._productor, self._hoy = quien, productor, hoy
        self._azar = random.Random(_SEMILLA + 1)  # noqa: S311 - the same demo each time
        self._clientes = datos.clientes()
        self._cobros: list[tuple[date, int, str, Decimal | None]] = []
        self._orden = count()
        self._de_mostrador: FacturaPublica | None = None
        self.primeras: dict[str, date] = {}

    def vivir(self, dias: list[date], progreso: Progreso) -> None:
        """Live through `dias`: on each its invoice, and before it the payments that came meanwhile."""
        for n, dia in enumerate(dias, 1):
            self._cobrar_hasta(dia)
            self._reloj.instante = max(
                self._reloj.instante + timedelta(minutes=3), _a_las(dia, 9 + n % 8, n % 60)
            )
            self._facturar(n, dia)
            progreso(n, len(dias) + 1)
        self._cobrar_hasta(self._hoy)
        self._dejar_borradores()
        progreso(len(dias) + 1, len(dias) + 1)

    def _facturar(self, n: int, dia: date) -> None:
        """The invoice of the day, and what becomes of it: some are annulled, some rectified or replaced."""
        cliente = self._cliente(n)
        nueva = self._papel(n, cliente, dia)
        if nueva.cliente_cif:
            self.primeras.setdefault(cliente.nombre, dia)
        hecha = self._alta(nueva)
        if n % 24 == 0:
            self._de_mostrador = hecha
        if n % 60 == 31:  # noqa: PLR2004 - one in sixty
            self._anular(hecha.id)
            return
        if n % 30 == 17:  # noqa: PLR2004 - one in thirty
            self._rectificar(hecha, papeles.abono(nueva))
        elif n % 40 == 23:  # noqa: PLR2004 - one in forty
            hecha = self._rectificar(hecha, papeles.correccion(nueva))
        self._prever_cobro(hecha.id, hecha.total_a_pagar, dia)
        if n % 72 == 1 and self._de_mostrador is not None:
            self._prever_canje(self._de_mostrador, cliente, dia)

    def _papel(self, n: int, cliente: datos.ClienteDemo, dia: date) -> FacturaNueva:
        if n % 24 == 0:
            return papeles.simplificada(dia)
        if n % 48 == 12:  # noqa: PLR2004 - one in forty-eight
            return papeles.simplificada(dia, cliente)
        if n % 80 == 50:  # noqa: PLR2004 - one in eighty
            return papeles.al_extranjero(dia)
        return self._completa(n, cliente, dia)

    def _prever_canje(self, simplificada: FacturaPublica, cliente: datos.ClienteDemo, dia: date) -> None:
        """The client of the day asks for a full invoice in the place of the last simplified one."""
        hecha = self._alta(papeles.canje(simplificada, cliente, dia))
        self._apuntar(dia + timedelta(days=20), hecha.id, None)

    def _alta(self, nueva: FacturaNueva) -> FacturaPublica:
        peticion = Peticion(self._quien, None, self._reloj())
        with self._database.reading() as session:
            alta = preparar_alta(session, peticion, nueva, self._productor)
        return self._emitida(alta)

    def _rectificar(self, primera: FacturaPublica, nueva: RectificativaNueva) -> FacturaPublica:
        self._reloj.instante += timedelta(minutes=1)
        peticion = Peticion(self._quien, None, self._reloj())
        with self._database.reading() as session:
            alta = preparar_rectificativa(session, peticion, primera.id, nueva, None, self._productor)
        return self._emitida(alta)

    def _cliente(self, n: int) -> datos.ClienteDemo:
        """At first each in turn, then more often the first ones, who are the best clients."""
        if n <= len(self._clientes):
            return self._clientes[n - 1]
        return self._clientes[min(int(self._azar.expovariate(0.09)), len(self._clientes) - 1)]

    def _completa(self, n: int, cliente: datos.ClienteDemo, dia: date) -> FacturaNueva:
        trabajos = self._azar.sample(datos.TRABAJOS, k=self._azar.choice((1, 1, 2, 3)))
        lineas = [
            {
                "descripcion": descripcion,
                "cantidad": self._azar.choice((1, 1, 1, 2, 4)),
                "precio_unitario": precio,
                "descuento": 5 if n % 9 == 0 else 0,
            }
            | impuestos
            for descripcion, precio, impuestos in trabajos
        ]
        if n % 17 == 0:
            lineas.append(
                {
                    "descripcion": "Tasa municipal de obra (suplido)",
                    "cantidad": 1,
                    "precio_unitario": "87.30",
                    "suplido": True,
                }
            )
        otros = [self._clientes[n % 7]] if n % 70 == 20 else []  # noqa: PLR2004 - one in seventy
        return papeles.completa(
            cliente,
            dia,
            referencia_externa=f"parte-{dia.year}-{n:04}",
            destinatarios=[{"nombre": otro.nombre, "cif": otro.cif} for otro in otros if otro != cliente],
            lineas=lineas,
        )

    def _prever_cobro(self, factura_id: str, debido: Decimal, dia: date) -> None:
        """Most pay in time, some late, some in parts, some not at all."""
        suerte = self._azar.random()
        dias = self._azar.randint(3, 30) if suerte < 0.6 else self._azar.randint(25, 75)  # noqa: PLR2004
        if suerte < 0.75:  # noqa: PLR2004
            self._apuntar(dia + timedelta(days=dias), factura_id, None)
        elif suerte < 0.9:  # noqa: PLR2004
            mitad = (debido / 2).quantize(Decimal("0.01"))
            self._apuntar(dia + timedelta(days=dias // 2), factura_id, mitad)
            if suerte < 0.84:  # noqa: PLR2004
                self._apuntar(dia + timedelta(days=dias + 15), factura_id, None)

    def _apuntar(self, dia: date, factura_id: str, monto: Decimal | None) -> None:
        self._cobros.append((dia, next(self._orden), factura_id, monto))

    def _cobrar_hasta(self, dia: date) -> None:
        for cobro in sorted(c for c in self._cobros if c[0] < dia):
            self._cobros.remove(cobro)
            self._cobrar(*cobro)

    def _cobrar(self, dia: date, orden: int, factura_id: str, monto: Decimal | None) -> None:
        """Register a payment, the rest when `monto` is None; one in forty is given back the next day."""
        self._reloj.instante = max(self._reloj.instante, _a_las(dia, 8, orden % 60))
        with self._database.unit_of_work() as session:
            caja = Caja(session, self._quien, self._reloj(), dia)
            debido = situacion(session, self._quien.empresa_id, factura_id, lock=True).pendiente
            if debido <= 0:
                return
            metodo = self._azar.choice(list(Metodo))
            nuevo = PagoNuevo(
                monto=min(monto or debido, debido), fecha=dia, metodo=metodo, referencia=f"cobro-{orden}"
            )
            pago = registrar(caja, factura_id, nuevo)
            if orden % 40 == 39:  # noqa: PLR2004 - one in forty
                devolver(caja, pago.id, DevolucionNueva(motivo="Recibo devuelto por el banco", fecha=dia))

    def _anular(self, factura_id: str) -> None:
        peticion = Peticion(self._quien, None, self._reloj())
        with self._database.reading() as session:
            anulacion = preparar_anulacion(
                session,
                peticion,
                factura_id,
                motivo="El trabajo no llegó a encargarse",
                if_match=None,
                productor=self._productor,
            )
        self._emitida(anulacion)

    def _emitida(self, encargo: Encargo) -> FacturaPublica:
        return FacturaPublica.model_validate_json(bytes(self._emisor.encolar(encargo).result().body))

    def _dejar_borradores(self) -> None:
        for cliente in self._los_de_hoy():
            contenido = papeles.presupuesto(cliente)
            with self._database.unit_of_work() as session:
                borradores.crear(session, self._quien, contenido, self._reloj())

    def _los_de_hoy(self) -> Iterator[datos.ClienteDemo]:
        yield from self._clientes[:_BORRADORES]
