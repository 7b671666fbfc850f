"""Factories of records and whole chains: valid unless a test breaks them."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from smartbilling.fiscal import Destinatario, GrupoDesglose
from smartbilling.verifactu import (
    Asiento,
    DatosAlta,
    DatosAnulacion,
    FacturaGuardada,
    RegistroAnterior,
    RegistroGuardado,
    RegistroPropio,
    SistemaInformatico,
    alta_como_json,
    construir_alta,
    construir_anulacion,
    en_zona,
    factura_guardada,
    resumen,
    texto_canonico,
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
        """The invoice altered as rows are: its estado, or what was frozen with it."""
        otra = con_cambios(self.facturas[n], **cambios)
        return replace(self, facturas=[*self.facturas[:n], otra, *self.facturas[n + 1 :]])

    def asientos(self):
        """Each record with the invoice that it names, which knows the records that are there."""
        facturas = {factura.id: self._con_sus_registros(factura) for factura in self.facturas}
        return [
            Asiento(
                registro,
                factura := facturas.get(registro.factura_id),
                resumen(registro.xml, texto_canonico(factura.contenido) if factura else ""),
            )
            for registro in self.registros
        ]

    def sueltas(self):
        """The invoices whose first record is not there."""
        hay = {(registro.id, registro.factura_id) for registro in self.registros}
        return [
            self._con_sus_registros(factura)
            for factura in self.facturas
            if (factura.registro_id, factura.id) not in hay
        ]

    def _con_sus_registros(self, factura):
        suyos = [RegistroPropio(r.id, r.tipo) for r in self.registros if r.factura_id == factura.id]
        return replace(factura, registros=suyos)


def con_cambios(factura, estado=None, **cambios):
    """An invoice whose rows were changed: what its record should say changes with them."""
    contenido = {**factura.contenido, **cambios}
    altas = {
        ident: replace(
            alta,
            numero=contenido["numero"],
            fecha_expedicion=date.fromisoformat(contenido["fecha_expedicion"]),
        )
        for ident, alta in factura.altas.items()
    }
    return factura_guardada(
        contenido, estado=estado or factura.estado, registros=factura.registros, altas=altas
    )


def factura_de(registro, datos, *, serie="F", secuencia=1, estado="emitida"):
    """The stored invoice of an alta, of one line."""
    [grupo] = datos.desglose
    linea = {
        "n": 1,
        "descripcion": datos.descripcion,
        "cantidad": "1",
        "precio_unitario": str(grupo.base),
        "descuento": "0",
        "tipo_iva": str(grupo.tipo_iva),
        "suplido": False,
        "impuesto": grupo.impuesto,
        "clave_regimen": grupo.clave_regimen,
        "calificacion": grupo.calificacion,
        "importe": str(grupo.base),
    }
    contenido = {
        "id": registro.factura_id,
        "numero": datos.numero,
        "serie": serie,
        "anio": 2026,
        "secuencia": secuencia,
        "fecha_expedicion": datos.fecha_expedicion.isoformat(),
        "registro_id": registro.id,
        "huella": registro.huella,
        "huella_anterior": registro.huella_anterior,
        "fecha_hora_huso": registro.fecha_hora_huso,
        "descuento_global": "0",
        "precios_con_impuestos": False,
        "base_imponible": str(grupo.base),
        "cuota_total": str(grupo.cuota),
        "recargo_total": "0.00",
        "retencion": "0.00",
        "suplidos": "0.00",
        "total": str(registro.importe_total),
        "total_a_pagar": str(registro.importe_total),
        "lineas": [linea],
        "desglose": alta_como_json(datos)["desglose"],
    }
    propio = RegistroPropio(registro.id, "alta")
    return factura_guardada(contenido, estado=estado, registros=[propio], altas={registro.id: datos})


def _guardado(secuencia, factura_id, registro):
    return RegistroGuardado(
        id=f"reg_{secuencia}",
        secuencia=secuencia,
        tipo=registro.tipo,
        factura_id=factura_id,
        emisor_nif=registro.emisor_nif,
        numero=registro.numero,
        fecha_expedicion=registro.fecha_expedicion,
        xml=registro.xml,
        huella=registro.huella,
        huella_anterior=registro.huella_anterior,
        fecha_hora_huso=registro.fecha_hora_huso,
        instante=datetime.fromisoformat(registro.fecha_hora_huso),
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
            ref_externa=factura_id,
        )
        anotar(factura_id, construir_alta(datos, SISTEMA, anterior, momento))
        estado = "anulada" if n in anuladas else "emitida"
        facturas.append(factura_de(registros[-1], datos, secuencia=n, estado=estado))
        if n in anuladas:
            baja = DatosAnulacion(
                emisor_nif=datos.emisor_nif,
                numero=datos.numero,
                fecha_expedicion=datos.fecha_expedicion,
                ref_externa=factura_id,
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
