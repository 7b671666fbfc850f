"""The PDF of an invoice: what stands on it, in what order, and what it says of itself."""

import re

import pypdfium2
import pytest

from smartbilling import empresas

from ..facturacion import CIF, linea

pytestmark = pytest.mark.parametrize("comun", ["sqlite"], indirect=True, scope="module")

A4 = (595, 842)
PARTE = "{http://www.aiim.org/pdfa/ns/id/}part"
CONFORMIDAD = "{http://www.aiim.org/pdfa/ns/id/}conformance"
UA = "{http://www.aiim.org/pdfua/ns/id/}part"


@pytest.fixture
def de_verdad(api):
    """The company issues in production."""
    with api.servicio.database.unit_of_work() as session:
        empresas.primera_instalacion(session, api.empresa.id).entorno = "produccion"
    return api


def marca(api, **cambios):
    answer = api.pedir("PATCH", f"/api/empresas/{api.empresa.id}", cambios)
    assert answer.status_code == 200, answer.text


def rectificar(api, factura_id, metodo, *lineas):
    body = {"tipo": "R1", "metodo": metodo, "motivo": "Devolución de envases", "lineas": list(lineas)}
    answer = api.pedir("POST", f"/api/facturas/{factura_id}/rectificativa", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def elementos(nodo):
    """The elements of a tagged PDF, in the order in which they are read."""
    import pikepdf  # noqa: PLC0415

    if isinstance(nodo, pikepdf.Array):
        for uno in nodo:
            yield from elementos(uno)
    elif isinstance(nodo, pikepdf.Dictionary):
        if "/S" in nodo:
            yield str(nodo["/S"]), str(nodo.get("/Alt", ""))
        if "/K" in nodo:
            yield from elementos(nodo["/K"])


def test_it_has_every_figure_and_name_of_the_invoice(api, emitido):
    marca(
        api,
        iban="ES91 2100 0418 4502 0005 1332",
        condiciones_pago="Transferencia a 30 días.",
        pie_factura="Inscrita en el Registro Mercantil de Madrid.",
        web="www.ruiz.example",
        email="hola@ruiz.example",
    )
    hecha, pdf = emitido(
        descripcion="Trabajos de noviembre",
        referencia_externa="pedido-1042",
        fecha_operacion="2026-11-20",
        retencion_irpf=15,
        destinatarios=[{"nombre": "Pierre Dupont", "id_otro": {"pais": "FR", "tipo": "03", "id": "P12345"}}],
        lineas=[
            linea(cantidad="1234.5", precio_unitario="8.205", descuento=10),
            linea(descripcion="Libros", tipo_iva=4),
            linea(descripcion="Recargo", tipo_iva=10, recargo_equivalencia="1.4"),
            linea(descripcion="Clases", exencion="E1"),
            linea(descripcion="Chatarra", calificacion="S2"),
            linea(descripcion="Caja", clave_regimen="07"),
            linea(descripcion="Tasa", suplido=True, precio_unitario="45.30"),
        ],
    )

    def euros(texto):
        entero, decimales = texto.split(".")
        return f"{int(entero):,}".replace(",", ".") + f",{decimales} €"

    dichos = [euros(hecha[name]) for name in ("base_imponible", "cuota_total", "recargo_total", "suplidos")]
    dichos += [euros(hecha["total"]), f"-{euros(hecha['retencion'])}", euros(hecha["total_a_pagar"])]
    dichos += [euros(fila["importe"]) for fila in hecha["lineas"]]
    dichos += [euros(grupo[name]) for grupo in hecha["desglose"] for name in ("base", "cuota", "recargo")]
    dichos += [fila["descripcion"] for fila in hecha["lineas"]]
    dichos += [
        "1.234,5",
        "8,205 €",
        "10 %",
        "IVA 21 %",
        "IVA 10 % · RE 1,4 %",
        "Exenta",
        "Inv. suj. pasivo",
        "Suplido",
    ]
    dichos += ["Factura", hecha["numero"], "24/11/2026", "20/11/2026", "24/12/2026", "pedido-1042"]
    dichos += ["Talleres Ruiz, S.L.", f"NIF: {api.empresa.nif}", f"NIF: {CIF}", "Calle Mayor 1, 28013 Madrid"]
    dichos += ["Pierre Dupont · Pasaporte (FR): P12345", "Trabajos de noviembre", "Retención de IRPF (15 %)"]
    dichos += ["Operación exenta de IVA (art. 20 de la Ley 37/1992).", "Inversión del sujeto pasivo."]
    dichos += [
        "Régimen especial del criterio de caja.",
        "ES91 2100 0418 4502 0005 1332",
        "Transferencia a 30 días.",
    ]
    dichos += [
        "Inscrita en el Registro Mercantil de Madrid.",
        "www.ruiz.example",
        "hola@ruiz.example",
        "Página 1 de 1",
    ]
    assert [dicho for dicho in dichos if dicho not in pdf.texto] == []


def test_its_qr_is_read_from_the_page_at_its_top_and_centre_and_before_all_else(emitido):
    hecha, pdf = emitido()
    ((url, [(izquierda, arriba), (derecha, abajo)]),) = pdf.codigos
    assert url == hecha["verifactu"]["qr_url"]
    assert 30 <= (derecha - izquierda) * 210 <= 40
    assert abs((izquierda + derecha) / 2 - 0.5) < 0.01
    assert (arriba < 0.15, abajo < 0.3) == (True, True)
    texto = pdf.paginas[0].removeprefix("PRUEBA PRUEBA — SIN VALIDEZ FISCAL ")
    legend = "Factura verificable en la sede electrónica de la AEAT VERI*FACTU"
    assert texto.startswith(f"QR tributario: {legend} ")


def test_it_is_pdf_a_3b_and_can_be_read_aloud(emitido):
    hecha, pdf = emitido(cliente_nombre="Ñandú, S.L.")
    with pdf.abierto() as abierto:
        root = abierto.Root
        with abierto.open_metadata() as metadata:
            said = dict(metadata)
        assert (said[PARTE], said[CONFORMIDAD], said[UA]) == ("3", "B", "1")
        assert (str(root.Lang), bool(root.MarkInfo.Marked)) == ("es", True)
        assert str(abierto.docinfo.Title) == f"Factura {hecha['numero']}"
        assert str(abierto.docinfo.Author) == "Talleres Ruiz, S.L."
        assert str(abierto.docinfo.CreationDate).startswith("D:20261124093000")
        partes = list(elementos(root.StructTreeRoot.K))
    tipos = [tipo for tipo, _ in partes]
    assert tipos.index("/Figure") < tipos.index("/H1") < tipos.index("/H2") < tipos.index("/Table")
    assert [alt for tipo, alt in partes if tipo == "/Figure"] == [
        f"Código QR para comprobar la factura {hecha['numero']} en la sede electrónica de la AEAT."
    ]
    assert {"/THead", "/TH", "/TD"} <= set(tipos)


def test_many_lines_go_on_page_after_page_with_the_sum_so_far(emitido):
    hecha, pdf = emitido(
        lineas=[linea(descripcion=f"Pieza {n:03} de hierro", precio_unitario=f"{n}.01") for n in range(1, 91)]
    )
    paginas = pdf.paginas
    assert len(paginas) == 3
    hasta = 0
    for n, pagina in enumerate(paginas, 1):
        assert f"Página {n} de 3" in pagina
        assert "Concepto Cantidad Precio Impuesto Importe" in pagina
        suyas = [int(numero) for numero in re.findall(r"Pieza (\d+)", pagina)]
        assert suyas[0] == hasta + 1
        anterior, hasta = hasta, suyas[-1]
        assert ("Suma anterior" in pagina, "Suma y sigue" in pagina) == (n > 1, n < 3)
        for nombre, cuantas in (("Suma anterior", anterior), ("Suma y sigue", hasta)):
            if nombre in pagina:
                suma = sum(n * 100 + 1 for n in range(1, cuantas + 1))
                assert f"{nombre} {suma // 100:,}".replace(",", ".") + f",{suma % 100:02} €" in pagina
    assert (hasta, len(pdf.codigos), len(hecha["lineas"])) == (90, 1, 90)
    with pdf.abierto() as abierto:
        assert [tuple(round(float(n)) for n in page.mediabox[2:]) for page in abierto.pages] == [A4] * 3


def test_texts_of_many_lines_never_drive_the_invoice_off_its_page(api, emitido):
    marca(
        api,
        pie_factura="pie\n" * 120 + "final del pie",
        direccion="calle\n" * 80 + "Madrid",
        condiciones_pago="plazo\n" * 80 + "al final",
        iban="ES91 2100 0418 4502 0005 1332",
        nombre_comercial="Compañía Mediterránea de Suministros Industriales y Servicios del Levante",
    )
    hecha, pdf = emitido(cliente_direccion="b\n" * 200 + "fin", lineas=[linea()] * 3)
    assert len(pdf.paginas) <= 2
    for dicho in (hecha["numero"], "Suministros", "Madrid", "fin", "363,00 €", "al final", "final del pie"):
        assert dicho in pdf.texto
    marca(api, pie_factura="W" * 500)
    _, pdf = emitido()
    with pypdfium2.PdfDocument(pdf.contenido) as abierto:
        textos = abierto[0].get_textpage()
        cajas = [
            textos.get_charbox(n) for n in range(textos.count_chars()) if textos.get_text_range(n, 1) == "W"
        ]
    assert len(cajas) == 500
    assert min(abajo for _, abajo, _, _ in cajas) > 10


def test_what_is_said_of_one_part_of_the_base_shows_of_which(emitido):
    _, pdf = emitido(
        lineas=[
            linea(exencion="E1"),
            linea(exencion="E4"),
            linea(),
            linea(clave_regimen="07"),
            linea(calificacion="S2"),
        ]
    )
    for dicho in (
        "IVA · Exenta (1) 100,00 €",
        "IVA · Exenta (2) 100,00 €",
        "IVA 100,00 € 21 %",
        "IVA (3) 100,00 € 21 %",
        "IVA · Inv. suj. pasivo (4) 100,00 €",
        "(1) Operación exenta de IVA (art. 20 de la Ley 37/1992).",
        "(2) Operación exenta de IVA (arts. 23 y 24 de la Ley 37/1992).",
        "(3) Régimen especial del criterio de caja.",
        "(4) Inversión del sujeto pasivo.",
    ):
        assert dicho in pdf.texto
    _, sola = emitido(lineas=[linea(exencion="E1")])
    assert "IVA · Exenta 100,00 €" in sola.texto
    assert "(1)" not in sola.texto


@pytest.mark.parametrize(
    ("documento", "dicho"),
    [
        ({"tipo": "02", "id": "FR40303265045"}, "NIF-IVA: FR40303265045"),
        ({"pais": "MA", "tipo": "03", "id": "AB1234567"}, "Pasaporte (MA): AB1234567"),
        ({"pais": "GB", "tipo": "04", "id": "987654321"}, "Documento (GB): 987654321"),
        ({"pais": "ES", "tipo": "07", "id": "12345678Z"}, "NIF: 12345678Z"),
    ],
)
def test_a_foreign_customer_s_document_is_called_by_its_name(emitido, documento, dicho):
    _, pdf = emitido(cliente_cif=None, cliente_id_otro=documento)
    assert dicho in pdf.texto


def test_an_invoice_of_two_thousand_lines_has_them_all(emitido):
    lineas = [linea(descripcion=f"Pieza {n} de hierro", precio_unitario="1.00") for n in range(1, 2001)]
    _, pdf = emitido(lineas=lineas)
    assert [int(n) for n in re.findall(r"Pieza (\d+)", pdf.texto)] == list(range(1, 2001))
    assert pdf.texto.count("Suma y sigue") == pdf.texto.count("Suma anterior") == len(pdf.paginas) - 1
    assert "2.420,00 €" in pdf.paginas[-1]


def test_english_and_catalan_have_their_own_words_and_figures(api, emitido, leido):
    hecha, _ = emitido(
        lineas=[linea(precio_unitario="1234.5"), linea(exencion="E1"), linea(calificacion="S2")]
    )
    english = leido(hecha["id"], idioma="en")
    for dicho in ("Invoice", "€1,234.50", "24 Nov 2026", "VAT (IVA) 21%", "Amount due", "Page 1 of 1"):
        assert dicho in english.texto
    assert "VAT exempt (art. 20 of Spanish Law 37/1992)." in english.texto
    assert "Reverse charge (inversión del sujeto pasivo)." in english.texto
    assert "QR tributario: Factura verificable en la sede electrónica de la AEAT" in english.texto
    with english.abierto() as abierto:
        assert str(abierto.Root.Lang) == "en"
    marca(api, idioma="ca")
    catala = leido(hecha["id"]).texto
    for dicho in ("Data d’expedició", "Base imposable", "1.234,50 €", "Venciment", "Pàgina 1 de 1"):
        assert dicho in catala
    assert "Inversió del subjecte passiu" in catala


def test_a_simplified_invoice_asks_for_no_customer_and_no_payment(api, leido):
    body = {"tipo": "F2", "precios_con_impuestos": True, "lineas": [linea(descripcion="Café", tipo_iva=10)]}
    texto = leido(api.crear(body).json()["id"]).texto
    assert "Factura simplificada" in texto
    assert "Los precios y los importes de las líneas llevan los impuestos incluidos." in texto
    assert "CLIENTE" not in texto
    assert "Vence el" not in texto


def test_a_rectifying_invoice_says_what_it_rectifies_how_and_why(api, leido):
    primera, segunda = api.emitir(), api.emitir()
    por_sustitucion = leido(rectificar(api, primera["id"], "S", linea(precio_unitario="90"))["id"]).texto
    for dicho in (
        "Factura rectificativa",
        "Esta factura rectifica",
        f"{primera['numero']}, del 24/11/2026",
        "Devolución de envases",
        "Por sustitución: sus importes sustituyen a los de la factura rectificada.",
        "Base: 100,00 € · Cuota: 21,00 €",
        "108,90 €",
    ):
        assert dicho in por_sustitucion
    por_diferencias = leido(rectificar(api, segunda["id"], "I", linea(cantidad=-1))["id"]).texto
    assert "Por diferencias: sus importes se suman a los de la factura rectificada." in por_diferencias
    assert "-121,00 €" in por_diferencias
    assert "Total a pagar" not in por_diferencias
    assert "Importes sustituidos" not in por_diferencias


def test_a_full_invoice_that_replaces_simplified_ones_names_them(api, emitido):
    simple = api.crear({"tipo": "F2", "lineas": [linea()]}).json()
    cita = {"numero": simple["numero"], "fecha": simple["fecha_expedicion"]}
    _, pdf = emitido(tipo="F3", sustituidas=[cita])
    assert "Esta factura sustituye a facturas simplificadas" in pdf.texto
    assert f"{simple['numero']}, del 24/11/2026" in pdf.texto


def test_who_issues_for_the_company_is_named(emitido):
    _, pdf = emitido(emitida_por={"quien": "destinatario"})
    assert "Facturación por el destinatario." in pdf.texto
    _, pdf = emitido(emitida_por={"quien": "tercero", "nombre": "Gestoría Luna", "cif": "B10000008"})
    assert "Factura expedida por un tercero: Gestoría Luna" in pdf.texto


def test_drafts_annulled_and_test_invoices_are_marked_and_others_are_not(de_verdad, emitido, leido):
    hecha, pdf = emitido()
    assert re.search("PRUEBA|ANULADA|BORRADOR", pdf.texto) is None
    de_verdad.anular(hecha["id"])
    anulada = leido(hecha["id"])
    assert anulada.texto.count("ANULADA") == 2
    assert len(anulada.codigos) == 1
    assert "Total a pagar" not in anulada.texto
    borrador = leido(de_verdad.borrador()["id"])
    assert borrador.texto.count("BORRADOR") == 2
    assert "Borrador de factura" in borrador.texto
    assert borrador.codigos == []


def test_what_a_test_installation_issues_says_so_on_every_page(emitido):
    hecha, pdf = emitido(lineas=[linea()] * 60)
    assert len(pdf.paginas) == 2
    assert all("PRUEBA — SIN VALIDEZ FISCAL" in pagina for pagina in pdf.paginas)
    assert hecha["verifactu"]["qr_url"].startswith("https://prewww2.aeat.es/")


HOSTILES = (
    '#let x = 1; #panic("no") $ sum_i $ *negrita* _cursiva_ `código` <etiqueta> @cita // /* */ \\u{41} \\n',
    '#image("/etc/passwd") #read("factura.typ") #import "@preview/x:1.0.0": y',
    "<script>alert(1)</script> &amp; %PDF-1.7 endstream endobj",
)


def test_texts_are_never_read_as_markup(emitido):
    for hostil in HOSTILES:
        _, pdf = emitido(
            cliente_nombre=hostil[:120],
            cliente_direccion=hostil,
            descripcion=hostil,
            lineas=[linea(descripcion=hostil)],
        )
        assert pdf.texto.replace("\u200b", "").count(hostil[:40]) == 4
    _, pdf = emitido(
        cliente_nombre="\u202eoditrevni\u202c 中文 \U0001f469\u200d\U0001f680",
        lineas=[linea(descripcion="W" * 500), linea(descripcion="a\nb")],
    )
    assert "oditrevni ◊◊ ◊" in pdf.texto
    assert re.sub(r"\s|\u200b", "", pdf.texto).count("W" * 500) == 1
