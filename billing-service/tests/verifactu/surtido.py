"""Invoices of every kind, the same ones each time, each of which the fiscal check lets pass."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple

from smartbilling.fiscal import (
    Destinatario,
    EmitidaPor,
    FacturaCitada,
    FacturaPropuesta,
    IdOtro,
    Linea,
    Rectificacion,
    aprobar,
)
from smartbilling.verifactu import (
    DatosAlta,
    FacturaReferida,
    ImporteRectificacion,
    Interviniente,
    SistemaInformatico,
)

SISTEMA = SistemaInformatico(
    nombre_razon="SmartBilling SL",
    nif="B76543214",
    nombre_sistema="SmartBilling",
    id_sistema="SB",
    version="1.0.0",
    numero_instalacion="inst_0193a1b2",
    multiples_ot=True,
)
EMISOR = "B12345674"
HOY = date(2026, 11, 24)
CLIENTE = {"cliente_nombre": "Cliente & Hijos SA", "cliente_cif": "A58818501"}
SIN_NIF = {"cliente_nombre": None, "cliente_cif": None}
FRANCES = {"cliente_cif": None, "cliente_id_otro": IdOtro("02", "FR12345678901")}
SIMPLIFICADA = SIN_NIF | {"tipo": "F2", "limite_simplificada": Decimal(3000)}
IMPOSITIVOS = [
    {"tipo_iva": "21"},
    {"tipo_iva": "10"},
    {"tipo_iva": "4"},
    {"tipo_iva": "0"},
    {"tipo_iva": "21", "recargo_equivalencia": "5.2", "clave_regimen": "18"},
    {"tipo_iva": "21", "recargo_equivalencia": "1.75"},
    {"tipo_iva": "10", "recargo_equivalencia": "1.4"},
    {"tipo_iva": "4", "recargo_equivalencia": "0.5"},
    {"exencion": "E1"},
    {"exencion": "E2", "clave_regimen": "02"},
    {"exencion": "E3", "clave_regimen": "17"},
    {"exencion": "E4"},
    {"exencion": "E6"},
    {"calificacion": "N1"},
    {"calificacion": "N2", "clave_regimen": "08"},
    {"clave_regimen": "03"},
    {"clave_regimen": "05"},
    {"clave_regimen": "07"},
    {"clave_regimen": "09"},
    {"clave_regimen": "11"},
    {"clave_regimen": "17", "calificacion": "N2"},
    {"clave_regimen": "19"},
    {"clave_regimen": "20"},
    {"impuesto": "02", "tipo_iva": "4", "clave_regimen": "01"},
    {"impuesto": "02", "tipo_iva": "10", "clave_regimen": "20", "base_a_coste": "80"},
    {"impuesto": "02", "tipo_iva": "0.5"},
    {"impuesto": "03", "tipo_iva": "7"},
    {"impuesto": "03", "tipo_iva": "13.5", "clave_regimen": "21"},
    {"impuesto": "03", "calificacion": "N2", "clave_regimen": "20"},
    {"impuesto": "05", "tipo_iva": "3.25"},
]
"""Taxes of a line that any invoice may bear. E7 and E8 are left out: the linter's list ends with E6."""

DE_COMPLETA = [
    {"calificacion": "S2"},
    {"clave_regimen": "04", "calificacion": "S2"},
    {"clave_regimen": "04", "exencion": "E1"},
]
A_COSTE = {"clave_regimen": "06", "tipo_iva": "21", "base_a_coste": "80"}


class Hecha(NamedTuple):
    """A generated invoice: what was proposed, and what its first record was made of."""

    propuesta: FacturaPropuesta
    datos: DatosAlta


class Fabrica:
    """Makes invoices of every kind by turns, their figures by a seeded chance."""

    def __init__(self):
        self._azar = Random(20261125)
        self._hechas: dict[str, list[Hecha]] = {}
        self._tipos = (
            self._completa,
            self._de_extranjero,
            self._especial,
            self._simplificada,
            self._simplificada_con_nif,
            self._sin_identificar,
            self._sustitutiva,
            self._por_diferencias,
            self._por_sustitucion,
            self._de_simplificada,
        )

    def hacer(self, n):
        """The invoice `n` of the chain."""
        cambios = self._tipos[n % len(self._tipos)]() if n else self._enorme()
        cambios.setdefault("descripcion", self._azar.choice([None, "Servicios de «mayo» <2026> & otros 🏢"]))
        valores = {
            "emisor_nif": EMISOR,
            "emisor_nombre": "Emisora & Hijas, SL",
            "hoy": HOY,
            "fecha_expedicion": date(2025, 1, 1) + timedelta(days=n // 4),
            "retencion_irpf": self._azar.choice([None, Decimal(15)]),
            "descuento_global": self._azar.choice([Decimal(0), Decimal("2.5")]),
        }
        propuesta = FacturaPropuesta(**CLIENTE | valores | cambios)
        hecha = Hecha(propuesta, datos_de(propuesta, n))
        self._hechas.setdefault(propuesta.tipo, []).append(hecha)
        return hecha

    def _linea(self, impositivo, signo=1, hasta=900):
        cifras = {nombre: Decimal(valor) for nombre, valor in impositivo.items() if nombre in _CIFRAS}
        coste = cifras.get("base_a_coste")
        if coste is not None:
            cifras["base_a_coste"] = signo * coste
        return Linea(
            descripcion="Consultoría <ñ>",
            cantidad=Decimal(signo * self._azar.randint(1, 40)) / 4,
            precio_unitario=Decimal(self._azar.randint(1, hasta * 1000)) / 1000,
            descuento=self._azar.choice([Decimal(0), Decimal("12.5")]),
            **{nombre: valor for nombre, valor in impositivo.items() if nombre not in _CIFRAS} | cifras,
        )

    def _lineas(self, *propias, signo=1, hasta=900):
        """One to four lines of any tax, and those given; now and then a suplido."""
        de_todos = self._azar.sample(IMPOSITIVOS, self._azar.randint(0 if propias else 1, 4))
        lineas = [self._linea(impositivo, signo, hasta) for impositivo in (*propias, *de_todos)]
        if signo > 0 and self._azar.random() < 0.1:
            lineas.append(
                Linea(descripcion="Tasa", cantidad=Decimal(1), precio_unitario=Decimal(30), suplido=True)
            )
        return tuple(lineas)

    def _enorme(self):
        """All the limits at once: 12 groups, 1,000 recipients, a hundred million, 60 characters."""
        grande = Linea(descripcion="Obra", cantidad=Decimal(900_000), precio_unitario=Decimal(900))
        doce = (grande, *[self._linea(impositivo) for impositivo in IMPOSITIVOS[1:12]])
        otros = tuple(Destinatario(f"Cliente {n}", "B76543214") for n in range(999))
        return {"lineas": doce, "destinatarios": otros}

    def _completa(self):
        bruta = self._azar.random() < 0.2
        sin_recargo = [i for i in IMPOSITIVOS if "recargo_equivalencia" not in i]
        lineas = (self._linea(self._azar.choice(sin_recargo)),) if bruta else self._lineas(DE_COMPLETA[0])
        emisor = EmitidaPor("T", "Gestoría SL", "b-76543214")
        return {
            "lineas": lineas,
            "precios_con_impuestos": bruta,
            "redondeo": "por_linea" if bruta else "por_tipo",
            "emitida_por": self._azar.choice([None, emisor, EmitidaPor("D")]),
            "acuerdo_sistema": self._azar.choice([None, "SIS-1"]),
        }

    def _de_extranjero(self):
        documentos = [("03", "X 1", "US"), ("04", "AB/1", "MA"), ("05", "9", "CH"), ("06", "Z9", "XN")]
        quien = self._azar.choice([*documentos, ("07", "12345678Z", "ES"), ("02", "DE123456789", None)])
        otros = (Destinatario("Otra SL", "B76543214"), Destinatario("Ltd", None, IdOtro("06", "1", "GB")))
        documento = {"cliente_cif": None, "cliente_id_otro": IdOtro(*quien)}
        if self._azar.random() < 0.3:
            return FRANCES | {"lineas": self._lineas({"exencion": "E5"})}
        return documento | {"lineas": self._lineas(), "destinatarios": self._azar.choice([(), otros])}

    def _especial(self):
        """Regimes that ask something of the whole invoice."""
        return self._azar.choice(
            [
                {"lineas": self._lineas(A_COSTE, DE_COMPLETA[1])},
                {"lineas": (self._linea({"clave_regimen": "10", "calificacion": "N1"}),)},
                {"lineas": self._lineas({"clave_regimen": "15"}), "fecha_operacion": date(2027, 12, 31)},
                {
                    "lineas": (self._linea({"clave_regimen": "14"}),),
                    "fecha_operacion": date(2027, 6, 1),
                    "cliente_cif": "P2807900B",
                },
                {"lineas": self._lineas({"tipo_iva": "5"}), "fecha_operacion": date(2024, 9, 30)},
                {
                    "lineas": self._lineas({"tipo_iva": "7.5", "recargo_equivalencia": "1"}),
                    "fecha_operacion": date(2024, 10, 1),
                },
                {"lineas": self._lineas(DE_COMPLETA[2])},
            ]
        )

    def _simplificada(self):
        return SIMPLIFICADA | {"lineas": self._lineas(hasta=9)}

    def _simplificada_con_nif(self):
        return {"tipo": "F2", "limite_simplificada": Decimal(3000), "lineas": self._lineas(hasta=9)}

    def _sin_identificar(self):
        sin_limite = self._azar.choice([{"sin_identificar": True}, {"acuerdo_facturacion": "AC-2026/1"}])
        return SIMPLIFICADA | sin_limite | {"lineas": self._lineas()}

    def _sustitutiva(self):
        return {"tipo": "F3", "sustituidas": self._citar("F2", 3), "lineas": self._lineas(DE_COMPLETA[0])}

    def _por_diferencias(self):
        tipo, signo = self._azar.choice(["R1", "R2", "R3", "R4"]), self._azar.choice([1, -1])
        return {
            "tipo": tipo,
            "rectificacion": Rectificacion("I", "Devolución", self._citar("F1", 2)),
            "lineas": self._lineas(signo=signo),
            "cupon": tipo == "R1",
        }

    def _por_sustitucion(self):
        importes = Decimal("100.00"), Decimal("21.00"), self._azar.choice([None, Decimal("5.20")])
        return {
            "tipo": self._azar.choice(["R1", "R2", "R3", "R4"]),
            "rectificacion": Rectificacion("S", "Precio equivocado", self._citar("F1", 1), *importes),
            "lineas": self._lineas(A_COSTE),
        }

    def _de_simplificada(self):
        signo = self._azar.choice([1, -1])
        return SIN_NIF | {
            "tipo": "R5",
            "rectificacion": Rectificacion("I", "Devolución", self._citar("F2", 1)),
            "lineas": self._lineas(signo=signo),
        }

    def _citar(self, tipo, hasta):
        otras = self._hechas[tipo]
        elegidas = self._azar.sample(otras, min(len(otras), self._azar.randint(1, hasta)))
        return tuple(FacturaCitada(h.datos.numero, h.datos.fecha_expedicion) for h in elegidas)


_CIFRAS = frozenset({"tipo_iva", "recargo_equivalencia", "base_a_coste"})


def _referidas(citadas):
    return tuple(FacturaReferida(c.emisor_nif or EMISOR, c.numero, c.fecha) for c in citadas)


def datos_de(propuesta, n):
    """The record's contents of the invoice `n`, which passes the fiscal check."""
    hecho, rectifica = aprobar(propuesta), propuesta.rectificacion
    importe = None
    if rectifica is not None and rectifica.metodo == "S":
        importe = ImporteRectificacion(rectifica.base, rectifica.cuota, rectifica.recargo)
    por = hecho.emitida_por
    return DatosAlta(
        emisor_nif=propuesta.emisor_nif,
        emisor_nombre=propuesta.emisor_nombre,
        numero=f"F-{n:06}" if n % 7 else f"SERIE A&B/{n} ".ljust(60, "x"),
        fecha_expedicion=propuesta.fecha_expedicion,
        tipo=propuesta.tipo,
        descripcion=hecho.descripcion,
        desglose=hecho.totales.desglose,
        destinatarios=hecho.destinatarios,
        fecha_operacion=hecho.fecha_operacion,
        ref_externa=f"fac_{n}",
        tipo_rectificativa=rectifica.metodo if rectifica else None,
        rectificadas=_referidas(rectifica.facturas) if rectifica else (),
        importe_rectificacion=importe,
        sustituidas=_referidas(propuesta.sustituidas),
        emitida_por=por and Interviniente(por.quien, por.nombre, por.nif, por.id_otro),
        sin_identificar=propuesta.sin_identificar,
        acuerdo_facturacion=propuesta.acuerdo_facturacion,
        acuerdo_sistema=propuesta.acuerdo_sistema,
        cupon=propuesta.cupon,
    )
