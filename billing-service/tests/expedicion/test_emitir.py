"""Issuing an invoice: what is answered, what is refused, what the record says."""

import re
from decimal import Decimal

import pytest
from lxml import etree

from ..facturacion import CIF, CLIENTE, factura, faltas, linea, problema, simplificada

ESPACIO = "{https://www2.agenciatributaria.gob.es/static_files/common/internet/dep/aplicaciones/es/aeat/tike/cont/ws/SuministroInformacion.xsd}"
OTRO_CIF = "A58818501"
FRANCES = {"pais": "FR", "tipo": "02", "id": "FR40303265045"}


def registro(api, factura_id, tipo="alta"):
    """The stored record of an invoice, as XML."""
    ((xml,),) = api.filas(
        "SELECT xml FROM registros WHERE factura_id = :f AND tipo = :t", f=factura_id, t=tipo
    )
    return etree.fromstring(bytes(xml))


def textos(elemento, nombre):
    return [e.text for e in elemento.iter(ESPACIO + nombre)]


def test_an_issued_invoice_answers_what_the_contract_names(api):
    answer = api.crear(factura(referencia_externa="pedido-1", descripcion="Trabajos de noviembre"))
    hecha = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/facturas/{hecha['id']}"
    assert answer.headers["etag"] == '"1"'
    assert re.fullmatch("fac_[0-9a-f]{32}", hecha["id"])
    huella = hecha["verifactu"]["huella"]
    assert re.fullmatch("[0-9A-F]{64}", huella)
    esperada = {
        "numero": "F-2026-000001",
        "serie": "F",
        "tipo": "F1",
        "estado": "emitida",
        "fecha_expedicion": "2026-11-24",
        "fecha_operacion": None,
        "fecha_vencimiento": "2026-12-24",
        "emitida": "2026-11-24T09:30:00+00:00",
        "descripcion": "Trabajos de noviembre",
        "referencia_externa": "pedido-1",
        "cliente": {
            "nombre": "Talleres Ruiz, S.L.",
            "cif": CIF,
            "id_otro": None,
            "direccion": "Calle Mayor 1, 28013 Madrid",
            "email": "pagos@talleresruiz.example",
            "cliente_id": None,
        },
        "destinatarios": [],
        "rectificacion": None,
        "rectifica": [],
        "sustituidas": [],
        "emitida_por": None,
        "sin_identificar_destinatario": False,
        "acuerdo_facturacion": None,
        "acuerdo_sistema": None,
        "cupon": False,
        "redondeo": "por_tipo",
        "precios_con_impuestos": False,
        "descuento_global": "0",
        "retencion_irpf": None,
        "base_imponible": "100.00",
        "cuota_total": "21.00",
        "recargo_total": "0.00",
        "retencion": "0.00",
        "suplidos": "0.00",
        "total": "121.00",
        "total_a_pagar": "121.00",
        "pagado": "0.00",
        "compensado": "0.00",
        "pendiente": "121.00",
        "vencida": False,
        "rectificada_por": None,
        "rectificativas": [],
        "sustituida_por": None,
        "avisos": [],
        "verifactu": {
            "huella": huella,
            "huella_anterior": "",
            "fecha_hora_huso": "2026-11-24T10:30:00+01:00",
            "qr_url": f"https://prewww2.aeat.es/wlpl/TIKE-CONT/ValidarQR?nif={api.empresa.nif}"
            "&numserie=F-2026-000001&fecha=24-11-2026&importe=121.00",
            "estado_envio": "pendiente",
            "csv": None,
        },
        "crm": {"estado": "pendiente", "cliente_id": None},
        "lineas": [
            {
                "descripcion": "Revisión anual",
                "cantidad": "1",
                "precio_unitario": "100.00",
                "descuento": "0",
                "tipo_iva": "21",
                "recargo_equivalencia": None,
                "irpf": None,
                "suplido": False,
                "impuesto": "01",
                "clave_regimen": "01",
                "calificacion": "S1",
                "exencion": None,
                "importe": "100.00",
            }
        ],
        "desglose": [
            {
                "impuesto": "01",
                "clave_regimen": "01",
                "calificacion": "S1",
                "exencion": None,
                "tipo_iva": "21",
                "base": "100.00",
                "cuota": "21.00",
                "recargo_equivalencia": None,
                "recargo": "0.00",
            }
        ],
    }
    assert hecha == {"id": hecha["id"], "subsanaciones": []} | esperada


def test_it_reads_the_same_as_it_was_answered(api):
    answer = api.crear(
        factura(
            lineas=[
                linea(cantidad="2.5", precio_unitario="33.333333", descuento="12.5", irpf=15),
                linea(tipo_iva=10, recargo_equivalencia="1.4"),
                linea(exencion="E1"),
                linea(suplido=True, precio_unitario="7"),
            ],
            descuento_global=3,
            retencion_irpf=7,
            destinatarios=[{"nombre": "Otra, S.A.", "cif": OTRO_CIF}],
            fecha_operacion="2026-11-01",
            fecha_vencimiento="2027-02-28",
            redondeo="por_linea",
        )
    )
    read = api.pedir("GET", answer.headers["location"])
    assert read.content == answer.content
    assert read.headers["etag"] == answer.headers["etag"]


def test_quantities_prices_and_rates_come_back_without_needless_zeros(api):
    hecha = api.emitir(
        lineas=[
            linea(cantidad="1.500000", precio_unitario="10.123400", descuento="5.50", tipo_iva="21.00"),
            linea(cantidad=-1, precio_unitario=2, descuento=0, recargo_equivalencia="5.20"),
            linea(cantidad="0.000001", precio_unitario="999999999.999999"),
        ],
        descuento_global="1.000",
    )
    shown = [
        [
            fila[campo]
            for campo in ("cantidad", "precio_unitario", "descuento", "tipo_iva", "recargo_equivalencia")
        ]
        for fila in hecha["lineas"]
    ]
    assert shown == [
        ["1.5", "10.1234", "5.5", "21", None],
        ["-1", "2.00", "0", "21", "5.2"],
        ["0.000001", "999999999.999999", "0", "21", None],
    ]
    assert hecha["descuento_global"] == "1"
    assert [fila["importe"] for fila in hecha["lineas"]] == ["14.21", "-1.98", "990.00"]


@pytest.mark.parametrize(
    ("dado", "campos"),
    [
        ({}, {"tipo_iva": "21", "calificacion": "S1", "exencion": None}),
        ({"calificacion": "S2"}, {"tipo_iva": "0", "calificacion": "S2"}),
        ({"calificacion": "N1"}, {"tipo_iva": None, "calificacion": "N1"}),
        ({"calificacion": "N2"}, {"tipo_iva": None, "calificacion": "N2"}),
        ({"exencion": "E1"}, {"tipo_iva": None, "calificacion": None, "exencion": "E1"}),
        ({"tipo_iva": 0}, {"tipo_iva": "0", "calificacion": "S1"}),
    ],
)
def test_tax_fields_that_are_not_said_are_taken_for_granted(api, dado, campos):
    (fila,) = api.emitir(lineas=[linea(**dado)])["lineas"]
    assert {name: fila[name] for name in campos} == campos
    assert (fila["impuesto"], fila["clave_regimen"]) == ("01", "01")


def test_the_due_date_is_the_issue_date_and_the_company_s_days(api):
    api.servicio.http.patch(
        f"/api/empresas/{api.empresa.id}", json={"dias_pago": 15}, headers=api.empresa.con_clave
    )
    assert api.emitir(fecha_expedicion="2026-11-20")["fecha_vencimiento"] == "2026-12-05"


def test_all_faults_come_at_once_and_no_number_is_spent(api):
    body = factura(
        serie="NADIE",
        cliente_cif=None,
        cliente_nombre=None,
        fecha_expedicion="2026-11-25",
        fecha_operacion="2026-12-24",
        lineas=[
            linea(tipo_iva=20),
            linea(exencion="E1", tipo_iva=21),
            linea(calificacion="S1", exencion="E2"),
            linea(recargo_equivalencia=3),
            linea(suplido=True, tipo_iva=10),
        ],
    )
    assert set(faltas(api.crear(body))) >= {
        ("serie", "serie_desconocida"),
        ("cliente_cif", "destinatario_obligatorio"),
        ("fecha_expedicion", "fecha_futura"),
        ("fecha_operacion", "fecha_futura"),
        ("lineas.0.tipo_iva", "tipo_iva_no_valido"),
        ("lineas.1.tipo_iva", "tipo_iva_no_admitido"),
        ("lineas.2.exencion", "calificacion_y_exencion"),
        ("lineas.3.recargo_equivalencia", "recargo_no_valido"),
        ("lineas.4.tipo_iva", "suplido_con_impuestos"),
    }
    assert api.filas("SELECT 1 FROM facturas_situacion WHERE empresa_id = :e", e=api.empresa.id) == []
    assert api.emitir()["numero"] == "F-2026-000001"


def test_a_date_before_the_last_of_its_series_is_refused_by_name(api):
    api.emitir(fecha_expedicion="2026-11-20")
    answer = api.crear(factura(fecha_expedicion="2026-11-19"))
    assert problema(answer) == (422, "fecha_anterior")
    assert faltas(answer) == [("fecha_expedicion", "fecha_anterior")]
    both = api.crear(factura(fecha_expedicion="2026-11-19", cliente_cif="B12345675"))
    assert problema(both) == (422, "datos_invalidos")
    assert api.emitir(fecha_expedicion="2026-11-20")["numero"] == "F-2026-000002"


def test_several_state_and_data_faults_are_told_together(api):
    api.emitir(fecha_expedicion="2026-11-20")
    body = factura(fecha_expedicion="2026-11-19", lineas=[linea(tipo_iva=20)])
    assert faltas(api.crear(body)) == [
        ("fecha_expedicion", "fecha_anterior"),
        ("lineas.0.tipo_iva", "tipo_iva_no_valido"),
    ]


def test_a_date_to_come_is_refused(api):
    assert faltas(api.crear(factura(fecha_expedicion="2026-11-25"))) == [("fecha_expedicion", "fecha_futura")]


@pytest.mark.parametrize("cantidad", ["-1", "-0.01"])
def test_a_negative_total_is_refused_by_name(api, cantidad):
    for body in (factura(lineas=[linea(cantidad=cantidad)]), simplificada(lineas=[linea(cantidad=cantidad)])):
        answer = api.crear(body)
        assert problema(answer) == (422, "total_negativo")
        assert faltas(answer) == [("lineas", "total_negativo")]


def test_a_negative_line_in_a_positive_invoice_is_fine(api):
    hecha = api.emitir(lineas=[linea(cantidad=2), linea(cantidad=-1)])
    assert (hecha["base_imponible"], hecha["total"]) == ("100.00", "121.00")


def test_an_invoice_of_nothing_is_issued_and_owes_nothing(api):
    hecha = api.emitir(descuento_global=100)
    assert (hecha["total"], hecha["pendiente"], hecha["estado"]) == ("0.00", "0.00", "emitida")
    assert api.lista(vencidas=True)["total"] == 0


def test_a_reference_is_unique_in_its_company_and_the_refusal_names_the_first(api):
    first = api.emitir(referencia_externa="pedido-7")
    answer = api.crear(factura(referencia_externa="pedido-7"))
    assert problema(answer) == (409, "referencia_duplicada")
    assert answer.json()["factura_id"] == first["id"]
    draft = api.crear(factura(referencia_externa="pedido-7", estado="borrador"))
    assert (problema(draft), draft.json()["factura_id"]) == ((409, "referencia_duplicada"), first["id"])
    otra = type(api)(api.servicio.empresa())
    assert otra.emitir(referencia_externa="pedido-7")["numero"] == "F-2026-000001"
    assert api.emitir()["numero"] == "F-2026-000002"


def test_a_simplified_invoice_names_nobody_and_tells_the_crm_nothing(api):
    answer = api.crear(simplificada())
    hecha = answer.json()
    assert (answer.status_code, hecha["tipo"]) == (201, "F2")
    assert hecha["cliente"]["nombre"] is None
    assert hecha["crm"] == {"estado": "no_aplica", "cliente_id": None}
    xml = registro(api, hecha["id"])
    assert textos(xml, "TipoFactura") == ["F2"]
    assert textos(xml, "Destinatarios") == textos(xml, "FacturaSimplificadaArt7273") == []


def test_a_simplified_invoice_with_the_customer_s_nif_is_recorded_as_f1(api):
    hecha = api.crear(simplificada(**CLIENTE)).json()
    assert (hecha["tipo"], hecha["crm"]["estado"]) == ("F2", "pendiente")
    xml = registro(api, hecha["id"])
    assert textos(xml, "TipoFactura") == ["F1"]
    assert textos(xml, "FacturaSimplificadaArt7273") == ["S"]
    (destinatario,) = xml.iter(ESPACIO + "IDDestinatario")
    assert (textos(destinatario, "NombreRazon"), textos(destinatario, "NIF")) == (
        ["Talleres Ruiz, S.L."],
        [CIF],
    )
    assert api.leer(hecha["id"])["tipo"] == "F2"


def test_a_simplified_invoice_with_an_e_mail_alone_is_told_to_the_crm(api):
    hecha = api.crear(simplificada(cliente_email="Ana@Correo.example")).json()
    assert (hecha["crm"]["estado"], hecha["cliente"]["email"]) == ("pendiente", "Ana@correo.example")


@pytest.mark.parametrize(
    ("limite", "bien", "mal"), [("400.00", "400.00", "400.01"), ("3000.00", "3000", "3000.01")]
)
def test_a_simplified_invoice_stays_within_the_company_s_limit(api, limite, bien, mal):
    api.servicio.http.patch(
        f"/api/empresas/{api.empresa.id}", json={"limite_simplificada": limite}, headers=api.empresa.con_clave
    )
    gross = {"precios_con_impuestos": True}
    assert faltas(api.crear(simplificada(lineas=[linea(precio_unitario=mal)], **gross))) == [
        ("tipo", "limite_simplificada")
    ]
    answer = api.crear(simplificada(lineas=[linea(precio_unitario=bien)], **gross))
    assert (answer.status_code, Decimal(answer.json()["total"])) == (201, Decimal(bien))


def test_whoever_has_no_spanish_nif_is_named_by_another_document(api):
    hecha = api.emitir(cliente_cif=None, cliente_id_otro=FRANCES, lineas=[linea(exencion="E5")])
    assert hecha["cliente"]["id_otro"] == FRANCES
    xml = registro(api, hecha["id"])
    assert (textos(xml, "IDType"), textos(xml, "ID")) == (["02"], ["FR40303265045"])


@pytest.mark.parametrize(
    "nombre",
    [
        "🚀 Cohetes «Ñandú» & Cía. <SL>",
        "شركة النور للتجارة",
        "חברת אור בע״מ",
        "株式会社ひかり",
        "Ångström—O’Neill",
    ],
)
def test_emoji_right_to_left_and_any_script_are_accepted_and_readable_in_the_record(api, nombre):
    hecha = api.emitir(cliente_nombre=nombre, lineas=[linea(descripcion=f"Obra para {nombre}")])
    assert hecha["cliente"]["nombre"] == nombre
    xml = registro(api, hecha["id"])
    (destinatario,) = xml.iter(ESPACIO + "IDDestinatario")
    assert textos(destinatario, "NombreRazon") == [nombre]
    assert textos(xml, "DescripcionOperacion") == [f"Obra para {nombre}"]
    assert api.verificacion() == {"correcta": True, "registros": 1, "hallazgos": []}


def test_an_invoice_of_two_thousand_lines_works(api):
    lineas = [linea(descripcion=f"Pieza {n}", precio_unitario="0.01", cantidad=n + 1) for n in range(2_000)]
    hecha = api.emitir(lineas=lineas)
    assert (len(hecha["lineas"]), hecha["base_imponible"]) == (2_000, "20010.00")
    assert api.leer(hecha["id"]) == hecha
    assert faltas(api.crear(factura(lineas=[*lineas, linea()]))) == [("lineas", "demasiados_elementos")]


def test_twelve_tax_groups_fit_in_a_record_and_thirteen_do_not(api):
    tipos = [linea(tipo_iva=tipo) for tipo in (0, 4, 10, 21)]
    recargos = [
        linea(tipo_iva=t, recargo_equivalencia=r)
        for t, r in ((4, "0.5"), (10, "1.4"), (21, "5.2"), (21, "1.75"))
    ]
    otras = [linea(calificacion=c) for c in ("S2", "N1", "N2")]
    exentas = [linea(exencion=e) for e in ("E1", "E4")]
    doce = [*tipos, *recargos, *otras, exentas[0]]
    assert len(api.emitir(lineas=doce)["desglose"]) == 12
    assert ("lineas", "demasiados_tipos") in faltas(api.crear(factura(lineas=[*doce, exentas[1]])))


def test_the_record_says_what_the_invoice_says(api):
    hecha = api.emitir(
        fecha_operacion="2026-11-10",
        lineas=[linea(tipo_iva=10, recargo_equivalencia="1.4"), linea(exencion="E1"), linea(suplido=True)],
        retencion_irpf=15,
    )
    xml = registro(api, hecha["id"])
    assert textos(xml, "RefExterna") == [hecha["id"]]
    assert textos(xml, "FechaOperacion") == ["10-11-2026"]
    assert textos(xml, "CuotaTotal") == ["11.40"]
    assert textos(xml, "ImporteTotal") == [hecha["total"]] == ["211.40"]
    assert (hecha["retencion"], hecha["suplidos"], hecha["total_a_pagar"]) == ("30.00", "100.00", "281.40")
    assert textos(xml, "Huella")[-1] == hecha["verifactu"]["huella"]
    assert textos(xml, "FechaHoraHusoGenRegistro") == [hecha["verifactu"]["fecha_hora_huso"]]


def test_records_of_an_installation_follow_one_another(api):
    first, second = api.emitir(), api.emitir()
    assert second["verifactu"]["huella_anterior"] == first["verifactu"]["huella"]
    xml = registro(api, second["id"])
    (anterior,) = xml.iter(ESPACIO + "RegistroAnterior")
    assert textos(anterior, "NumSerieFactura") == [first["numero"]]
    assert textos(registro(api, first["id"]), "PrimerRegistro") == ["S"]


def test_a_crm_client_given_by_id_is_kept(api):
    cliente = "cli_" + "0" * 31 + "a"
    hecha = api.emitir(cliente_id=cliente)
    assert (hecha["cliente"]["cliente_id"], hecha["crm"]["cliente_id"]) == (cliente, cliente)
    assert faltas(api.crear(factura(cliente_id="cli_1"))) == [("cliente_id", "formato_incorrecto")]


def test_audit_says_who_issued_what(api):
    hecha = api.emitir()
    rows = api.filas("SELECT accion, quien, huella FROM auditoria WHERE recurso = :f", f=hecha["id"])
    assert [row.accion for row in rows] == ["factura.emitida"]
    assert rows[0].quien.startswith("usr_")
    assert re.fullmatch("[0-9a-f]{64}", rows[0].huella)
