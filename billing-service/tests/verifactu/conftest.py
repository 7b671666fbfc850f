"""Factories of records and whole chains: valid unless a test breaks them."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from smartbilling.fiscal import Destinatario, GrupoDesglose
from smartbilling.verifactu import (
    DatosAlta,
    DatosAnulacion,
    FacturaGuardada,
    RegistroAnterior,
    RegistroGuardado,
    SistemaInformatico,
    construir_alta,
    construir_anulacion,
    en_zona,
)

AHORA = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
SISTEMA = SistemaInformatico(
    nombre_razon="SmartBilling SL",
    nif="B76543214",
    nombre_sistema="SmartBilling",
    id_sistema="SB",
    version="1.0.0",
    numero_instalacion="inst_0193a1b2",
    multiples_ot=False,
)


def _fila(base="100.00", cuota="21.00", **cambios):
    valores = {
        "impuesto": "01",
        "clave_regimen": "01",
        "calificacion": "S1",
        "exencion": None,
        "tipo_iva": Decimal(21),
        "base": Decimal(base),
        "cuota": Decimal(cuota),
        "recargo_equivalencia": None,
        "recargo": Decimal("0.00"),
    }
    return GrupoDesglose(**valores | cambios)


def _datos(**cambios):
    valores = {
        "emisor_nif": "B12345674",
        "emisor_nombre": "Emisora SL",
        "numero": "F-2026-000001",
        "fecha_expedicion": date(2026, 11, 24),
        "tipo": "F1",
        "descripcion": "Consultoría",
        "desglose": (_fila(),),
        "destinatarios": (Destinatario("Cliente SA", "A58818501"),),
        "ref_externa": "fac_0193a1b2c3d4e5f60718293a4b5c6d7e",
    }
    return DatosAlta(**valores | cambios)


@dataclass(frozen=True)
class Cadena:
    """One installation as it is stored: its records in order, and its invoices."""

    registros: list[RegistroGuardado]
    facturas: list[FacturaGuardada]

    def sin_registro(self, n):
        return replace(self, registros=self.registros[:n] + self.registros[n + 1 :])

    def con_registro(self, n, registro):
        return replace(self, registros=[*self.registros[:n], registro, *self.registros[n + 1 :]])

    def con_factura(self, n, **cambios):
        otra = replace(self.facturas[n], **cambios)
        return replace(self, facturas=[*self.facturas[:n], otra, *self.facturas[n + 1 :]])


def _guardado(secuencia, factura_id, registro):
    return RegistroGuardado(
        id=f"reg_{secuencia}",
        secuencia=secuencia,
        tipo=registro.tipo,
        factura_id=factura_id,
        numero=registro.numero,
        fecha_expedicion=registro.fecha_expedicion,
        xml=registro.xml,
        huella=registro.huella,
        huella_anterior=registro.huella_anterior,
        fecha_hora_huso=registro.fecha_hora_huso,
        cuota_total=registro.cuota_total,
        importe_total=registro.importe_total,
    )


def _cadena(altas=6, anuladas=(2,)):
    """`altas` invoices, ten seconds apart; those in `anuladas` are annulled just after being issued."""
    registros, facturas, anterior, instante = [], [], None, AHORA - timedelta(days=1)

    def anotar(factura_id, registro):
        nonlocal anterior, instante
        registros.append(_guardado(len(registros) + 1, factura_id, registro))
        anterior, instante = registro.como_anterior(), instante + timedelta(seconds=10)

    for n in range(1, altas + 1):
        factura_id, momento = f"fac_{n}", en_zona(instante, "Europe/Madrid")
        datos = _datos(
            numero=f"F-2026-{n:06}",
            emisor_nombre="Emisora & Hijas, SL" if n % 2 else "Emisora SL",
            desglose=(_fila(f"{n}00.00", f"{n * 21}.00"),),
        )
        alta = construir_alta(datos, SISTEMA, anterior, momento)
        anotar(factura_id, alta)
        facturas.append(
            FacturaGuardada(
                id=factura_id,
                numero=datos.numero,
                serie="F",
                anio=2026,
                secuencia=n,
                fecha_expedicion=datos.fecha_expedicion,
                total=alta.importe_total,
                cuota=alta.cuota_total,
                estado="anulada" if n in anuladas else "emitida",
            )
        )
        if n in anuladas:
            baja = DatosAnulacion(
                emisor_nif=datos.emisor_nif, numero=datos.numero, fecha_expedicion=datos.fecha_expedicion
            )
            anotar(
                factura_id, construir_anulacion(baja, SISTEMA, anterior, en_zona(instante, "Europe/Madrid"))
            )
    return Cadena(registros, facturas)


@pytest.fixture
def ahora():
    return AHORA


@pytest.fixture
def sistema():
    return SISTEMA


@pytest.fixture
def fila():
    return _fila


@pytest.fixture
def datos():
    return _datos


@pytest.fixture
def guardado():
    return _guardado


@pytest.fixture
def cadena():
    return _cadena


@pytest.fixture
def anterior():
    return RegistroAnterior("B12345674", "F-2026-000041", date(2026, 11, 23), "0A" * 32)
