"""Whatever is changed in a chain of every kind of record is found and named, and nothing else is."""

import json
import re
from dataclasses import replace

import pytest

from smartbilling.verifactu import (
    Asiento,
    Contexto,
    FacturaIlegible,
    Vigia,
    leer_factura,
    leer_registro,
    resumen,
    texto_canonico,
    verificar,
)
from verificar.comprobacion import _punto

CARPETA = "instalacion-01"
TROZO = f"{CARPETA}/000001"
LEIDOS = {}


@pytest.fixture(scope="module")
def material(exportada):
    """The records as exported: columns, bytes, both halves of the invoice; the checkpoints; the manifest."""
    xml = exportada.todo.miembros[f"{TROZO}.xml"]
    filas = exportada.todo.lineas(f"{TROZO}.registros.jsonl")
    facturas = exportada.todo.lineas(f"{TROZO}.facturas.jsonl")
    registros = [
        (fila, xml[fila["desde"] : fila["desde"] + fila["largo"]], factura["contenido"], factura["situacion"])
        for fila, factura in zip(filas, facturas, strict=True)
    ]
    puntos = [_punto(fila, "puntos") for fila in exportada.todo.lineas(f"{CARPETA}/puntos.jsonl")]
    [parte] = exportada.todo.json("manifiesto.json")["instalaciones"]
    LEIDOS.clear()
    LEIDOS.update({id(uno): asiento(*uno) for uno in registros})
    return registros, puntos, parte


def asiento(fila, xml, contenido, situacion):
    registro = leer_registro(fila, xml)
    digesto = resumen(xml, texto_canonico(contenido))
    try:
        return Asiento(registro, leer_factura(contenido, situacion), digesto)
    except FacturaIlegible as error:
        return Asiento(registro, None, digesto, str(error))


def hallados(registros, puntos, parte):
    """What is wrong: which records or invoices, by which codes. Untouched records are read once."""
    vigia = Vigia(puntos, lambda *_: True)
    asientos = [LEIDOS.get(id(uno)) or asiento(*uno) for uno in registros]
    found = verificar(asientos, Contexto(numero=parte["numero"]), vigia=vigia)
    return [(h.registro, h.codigo) for h in found]


def suyos(fila):
    return {fila["id"], fila["factura_id"]}


def test_nothing_is_found_in_what_nobody_changed(material):
    assert len(material[0]) > 20
    assert {fila["tipo"] for fila, *_ in material[0]} == {"alta", "anulacion"}
    assert hallados(*material) == []


def otro(texto):
    """Another text of the same kind: the last digit or letter is another one."""
    m = list(re.finditer(r"[0-9A-Za-zá-ú]", texto))
    if not m:
        return texto + "1"
    i, c = m[-1].start(), texto[m[-1].start()]
    return (
        texto[:i] + ("1" if c != "1" else "2" if c.isdigit() else "a" if c != "a" else "b") + texto[i + 1 :]
    )


def mutar(registros, n, **cambios):
    fila, xml, contenido, situacion = registros[n]
    nuevo = {"fila": fila, "xml": xml, "contenido": contenido, "situacion": situacion} | cambios
    return [*registros[:n], tuple(nuevo.values()), *registros[n + 1 :]]


def exigir(registros, n, found, que):
    """The record or its invoice is named; besides them only the next record, which was tied to it."""
    fila = registros[n][0]
    nombrados = {cual for cual, _ in found}
    siguiente = {registros[n + 1][0]["id"]} if n + 1 < len(registros) else set()
    del_mismo = {otra["id"] for otra, *_ in registros if otra["factura_id"] == fila["factura_id"]}
    assert nombrados & suyos(fila), (que, found)
    assert nombrados <= suyos(fila) | siguiente | del_mismo, (que, found)


def test_every_field_of_every_record_counts(material):
    registros, puntos, parte = material
    for n, (_, xml, _, _) in enumerate(registros):
        for m in re.finditer(rb">([^<>]+)</([A-Za-z0-9]+)>", xml):
            texto = otro(m[1].decode()).encode()
            mutado = mutar(registros, n, xml=xml[: m.start(1)] + texto + xml[m.end(1) :])
            exigir(registros, n, hallados(mutado, puntos, parte), m[2])


def test_every_stored_column_of_every_record_counts(material):
    registros, puntos, parte = material
    sin_sentido = {"desde", "largo", "sha256", "factura", "id"}
    for n, (fila, *_) in enumerate(registros):
        for columna, valor in fila.items():
            if columna in sin_sentido or valor == "":
                continue
            cambiado = valor + 1 if isinstance(valor, int) else otro(valor)
            mutado = mutar(registros, n, fila=fila | {columna: cambiado})
            exigir(mutado, n, hallados(mutado, puntos, parte), columna)


def hojas(valor, camino=()):
    """Every value within a JSON document, and where it is."""
    if isinstance(valor, dict):
        for nombre, dentro in valor.items():
            yield from hojas(dentro, (*camino, nombre))
    elif isinstance(valor, list):
        for n, dentro in enumerate(valor):
            yield from hojas(dentro, (*camino, n))
    elif valor is not None:
        yield camino, valor


def con(documento, camino, valor):
    copia = json.loads(json.dumps(documento))
    donde = copia
    for paso in camino[:-1]:
        donde = donde[paso]
    donde[camino[-1]] = valor
    return copia


def test_every_column_of_every_invoice_counts(material):
    registros, puntos, parte = material
    for n, (_, _, contenido, _) in enumerate(registros):
        for camino, valor in hojas(contenido):
            if isinstance(valor, bool):
                cambiado = not valor
            else:
                cambiado = valor + 1 if isinstance(valor, int) else otro(valor)
            mutado = mutar(registros, n, contenido=con(contenido, camino, cambiado))
            found = hallados(mutado, puntos, parte)
            nombrados = {cual for cual, _ in found}
            assert nombrados & (suyos(registros[n][0]) | {cambiado}), (camino, found)


@pytest.mark.parametrize("estado", ["emitida", "anulada"])
def test_the_state_of_an_annulled_invoice_and_of_any_other_counts(material, estado):
    registros, puntos, parte = material
    for n, (fila, _, _, situacion) in enumerate(registros):
        es_ultimo = situacion["registros"][-1]["id"] == fila["id"]
        if not es_ultimo or (situacion["estado"] == "anulada") == (estado == "anulada"):
            continue
        mutado = mutar(registros, n, situacion=situacion | {"estado": estado})
        exigir(registros, n, hallados(mutado, puntos, parte), estado)


def test_any_record_that_is_dropped_is_missed(material):
    registros, puntos, parte = material
    for n, (fila, *_) in enumerate(registros):
        quedan = registros[:n] + registros[n + 1 :]
        found = hallados(quedan, puntos, parte)
        codigos = {codigo for _, codigo in found}
        assert codigos & {"secuencia_rota", "cola_cortada"}, fila
        if n + 1 < len(registros):
            assert (registros[n + 1][0]["id"], "secuencia_rota") in found


def test_any_two_records_that_are_swapped_are_found(material):
    registros, puntos, parte = material
    for n in range(len(registros) - 1):
        cruzados = [*registros[:n], registros[n + 1], registros[n], *registros[n + 2 :]]
        nombrados = {cual for cual, _ in hallados(cruzados, puntos, parte)}
        assert {registros[n][0]["id"], registros[n + 1][0]["id"]} <= nombrados


def test_any_record_that_is_there_twice_or_was_put_in_is_found(material):
    registros, puntos, parte = material
    for n, (fila, *resto) in enumerate(registros):
        copia = (fila | {"id": "reg_intruso", "secuencia": fila["secuencia"] + 1}, *resto)
        metidos = [*registros[: n + 1], copia, *registros[n + 1 :]]
        assert "reg_intruso" in {cual for cual, _ in hallados(metidos, puntos, parte)}


def test_a_cut_tail_is_seen_by_the_checkpoints_alone(material):
    registros, puntos, parte = material
    for quedan in range(len(registros)):
        found = hallados(registros[:quedan], puntos, parte)
        ultimo = registros[quedan - 1][0]["id"] if quedan else ""
        assert (ultimo, "cola_cortada") in found


def test_a_clock_turned_back_is_found(material):
    registros, puntos, parte = material
    for n in range(1, len(registros)):
        fila, xml, *_ = registros[n]
        antes = fila["fecha_hora_huso"].replace("2026-11", "2026-10")
        atrasado = xml.replace(fila["fecha_hora_huso"].encode(), antes.encode())
        found = hallados(mutar(registros, n, xml=atrasado), puntos, parte)
        assert (fila["id"], "instante_retrocede") in found


def test_a_second_first_record_is_found(material):
    registros, puntos, parte = material
    primero = b"<Encadenamiento><PrimerRegistro>S</PrimerRegistro></Encadenamiento>"
    for n in range(1, len(registros)):
        fila, xml, *_ = registros[n]
        otra = re.sub(rb"<Encadenamiento>.*</Encadenamiento>", primero, xml)
        assert (fila["id"], "primer_registro_repetido") in hallados(
            mutar(registros, n, xml=otra), puntos, parte
        )


def test_a_checkpoint_that_is_altered_taken_out_or_forged_is_found(material):
    registros, puntos, parte = material
    uno, dos, *_ = puntos
    for malo, codigo in (
        (replace(uno, huella="0" * 64), "punto_no_coincide"),
        (replace(uno, resumenes=bytes(len(uno.resumenes))), "sello_roto"),
        (replace(uno, resumenes=uno.resumenes[:-1]), "punto_descolgado"),
        (replace(uno, n=7), "punto_descolgado"),
    ):
        assert codigo in {c for _, c in hallados(registros, [malo, dos], parte)}
    assert "punto_descolgado" in {c for _, c in hallados(registros, [dos], parte)}
    firmas = Vigia(puntos, lambda *_: False)
    found = list(verificar((asiento(*r) for r in registros), Contexto(), vigia=firmas))
    assert {h.codigo for h in found} == {"punto_firma_incorrecta"}
