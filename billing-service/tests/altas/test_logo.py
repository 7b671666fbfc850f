"""`/api/empresas/{id}/logo`: an image that somebody sends, made again before it is kept."""

import io
import struct
import zlib

import pytest
from PIL import Image, ImageCms

from ..facturacion import Api, api, comun, problema

__all__ = ["api", "comun"]

PNG, JPEG = "image/png", "image/jpeg"
ROJO = (200, 30, 30)


def fichero(imagen, formato="PNG", **como):
    salida = io.BytesIO()
    imagen.save(salida, formato, **como)
    return salida.getvalue()


def trozo(nombre, datos):
    """A part of a PNG."""
    return struct.pack(">I", len(datos)) + nombre + datos + struct.pack(">I", zlib.crc32(nombre + datos))


def png_que_dice(ancho, alto, datos=b"", *mas):
    """A PNG that says it is of this size, whatever it holds."""
    cabeza = trozo(b"IHDR", struct.pack(">IIBBBBB", ancho, alto, 8, 2, 0, 0, 0))
    cuerpo = trozo(b"IDAT", zlib.compress(datos))
    return b"\x89PNG\r\n\x1a\n" + cabeza + b"".join(mas) + cuerpo + trozo(b"IEND", b"")


def poner(api, contenido, tipo=PNG, *, empresa_id=None, **mas):
    path = f"/api/empresas/{empresa_id or api.empresa.id}/logo"
    headers = {"Content-Type": tipo} | mas.pop("headers", {})
    return api.pedir("PUT", path, content=contenido, headers=headers, **mas)


def leer(api):
    answer = api.pedir("GET", f"/api/empresas/{api.empresa.id}/logo")
    assert (answer.status_code, answer.headers["content-type"]) == (200, PNG), answer.text
    return Image.open(io.BytesIO(answer.content))


def test_it_is_put_read_changed_and_taken_away(api):
    path = f"/api/empresas/{api.empresa.id}/logo"
    assert problema(api.pedir("GET", path)) == (404, "no_encontrado")
    puesto = poner(api, fichero(Image.new("RGB", (60, 20), ROJO)))
    assert puesto.status_code == 200, puesto.text
    assert puesto.json() == {
        "ancho": 60,
        "alto": 20,
        "bytes": len(api.pedir("GET", path).content),
        "cambiado": "2026-11-24T09:30:00+00:00",
    }
    tag = api.pedir("GET", path).headers["etag"]
    assert tag == puesto.headers["etag"]
    assert poner(api, fichero(Image.new("RGB", (60, 20), ROJO))).headers["etag"] == tag
    otro = fichero(Image.new("RGB", (9, 9)))
    assert problema(poner(api, otro, if_match='"viejo"')) == (412, "version_obsoleta")
    assert poner(api, otro, if_match=tag).status_code == 200
    assert [api.pedir("DELETE", path).status_code for _ in range(2)] == [204, 204]
    assert api.pedir("GET", path).status_code == 404
    hechos = api.filas("SELECT accion FROM auditoria WHERE empresa_id = :e ORDER BY id", e=api.empresa.id)
    logos = [accion for (accion,) in hechos if "logo" in accion]
    assert logos == ["empresa.logo_cambiado", "empresa.logo_cambiado", "empresa.logo_quitado"]


def test_who_may_not_administer_and_who_is_of_another_company_reach_nothing(api):
    contenido = fichero(Image.new("RGB", (9, 9)))
    assert poner(api, contenido).status_code == 200
    path = f"/api/empresas/{api.empresa.id}/logo"
    http = api.servicio.http
    for rol in ("facturacion", "comercial", "lectura"):
        headers = api.empresa.como(rol)
        for method in ("PUT", "DELETE"):
            answer = http.request(method, path, content=contenido, headers=headers | {"Content-Type": PNG})
            assert problema(answer) == (403, "sin_permiso")
        assert http.get(path, headers=headers).status_code == 200
    assert problema(http.put(path, content=contenido, headers={"Content-Type": PNG}))[0] == 401
    ajena = Api(api.servicio.empresa())
    for answer in (
        poner(ajena, contenido, empresa_id=api.empresa.id),
        ajena.pedir("GET", path),
        ajena.pedir("DELETE", path),
    ):
        assert problema(answer) == (404, "no_encontrado")
    assert leer(api).size == (9, 9)


@pytest.mark.parametrize("comun", ["sqlite"], indirect=True, scope="module")
class TestWhatIsSent:
    """One database is enough: nothing of this reaches it."""

    @pytest.mark.parametrize(
        ("contenido", "codigo"),
        [
            (b"", "imagen_vacia"),
            (b"no es una imagen", "imagen_ilegible"),
            (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "imagen_ilegible"),
            (b"\x89PNG\r\n\x1a\n", "imagen_ilegible"),
            (png_que_dice(20, 20), "imagen_ilegible"),
            (png_que_dice(0, 20), "imagen_ilegible"),
            (fichero(Image.new("RGB", (90, 90), ROJO))[:-30], "imagen_ilegible"),
            (fichero(Image.effect_noise((200, 200), 90), "JPEG")[:3000], "imagen_ilegible"),
            (fichero(Image.new("P", (90, 90)), "GIF"), "imagen_ilegible"),
            (fichero(Image.new("RGB", (90, 90)), "BMP"), "imagen_ilegible"),
            (fichero(Image.new("RGB", (90, 90)), "TIFF"), "imagen_ilegible"),
            (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "imagen_ilegible"),
            (png_que_dice(30_000, 30_000), "imagen_demasiado_grande"),
            (png_que_dice(2**31 - 1, 2**31 - 1), "imagen_demasiado_grande"),
            (png_que_dice(4_001, 4_000, b"\0" * 900_000), "imagen_demasiado_grande"),
            (
                png_que_dice(9, 9, b"", trozo(b"zTXt", b"a\0\0" + zlib.compress(b"x" * 2**27))),
                "imagen_ilegible",
            ),
        ],
    )
    def test_what_is_no_image_that_can_be_kept_is_refused_with_what_to_do(self, api, contenido, codigo):
        answer = poner(api, contenido)
        assert problema(answer) == (422, "datos_invalidos")
        (falta,) = answer.json()["errores"]
        assert (falta["campo"], falta["codigo"]) == ("cuerpo", codigo)
        assert api.pedir("GET", f"/api/empresas/{api.empresa.id}/logo").status_code == 404

    def test_other_kinds_and_large_bodies_are_refused_before_they_are_looked_at(self, api):
        for tipo in ("image/svg+xml", "image/gif", "application/json", "text/html", ""):
            assert problema(poner(api, b"x", tipo)) == (415, "tipo_de_contenido_no_admitido")
        assert problema(poner(api, b"x" * (2**20 + 1))) == (413, "cuerpo_demasiado_grande")

    def test_a_large_image_is_made_smaller_and_keeps_its_shape(self, api):
        assert poner(api, fichero(Image.new("RGB", (4_000, 1_000), ROJO))).status_code == 200
        kept = leer(api)
        assert (kept.size, kept.mode) == ((1_200, 300), "RGB")
        assert poner(api, fichero(Image.new("L", (3_000, 3_000)), "JPEG"), JPEG).status_code == 200
        assert leer(api).size == (1_200, 1_200)

    def test_every_way_to_keep_colours_becomes_plain_rgb(self, api):
        rojo = Image.new("RGB", (20, 10), ROJO)
        maneras = [
            (fichero(rojo.convert("CMYK"), "JPEG", quality=95), JPEG),
            (fichero(rojo, "JPEG", quality=95, progressive=True), JPEG),
            (fichero(rojo.quantize(4)), PNG),
            (
                fichero(rojo, icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()),
                PNG,
            ),
            (fichero(rojo, icc_profile=b"no es un perfil"), PNG),
        ]
        for contenido, tipo in maneras:
            assert poner(api, contenido, tipo).status_code == 200
            kept = leer(api)
            assert kept.mode == "RGB"
            assert kept.info.get("icc_profile") is None
            assert all(abs(a - b) < 12 for a, b in zip(kept.getpixel((9, 5)), ROJO, strict=True))
        assert poner(api, fichero(Image.new("I;16", (4, 4), 32_768))).status_code == 200
        assert abs(leer(api).getpixel((1, 1))[0] - 128) < 3

    def test_transparency_is_kept_where_there_is_some(self, api):
        clara = Image.new("RGBA", (20, 10), (*ROJO, 0))
        clara.paste((*ROJO, 255), (0, 0, 10, 10))
        for imagen, como in ((clara, {}), (Image.new("P", (20, 10)), {"transparency": 0})):
            assert poner(api, fichero(imagen, **como)).status_code == 200
            kept = leer(api)
            assert (kept.mode, kept.getpixel((15, 5))[3]) == ("RGBA", 0)
        assert poner(api, fichero(Image.new("RGBA", (20, 10), (*ROJO, 255)))).status_code == 200
        assert leer(api).mode == "RGB"

    def test_it_stands_upright_and_says_nothing_of_where_it_was_taken(self, api):
        foto = Image.new("RGB", (40, 20), ROJO)
        exif = Image.Exif()
        exif[0x0112], exif[0x010E] = 6, "secreto"
        assert poner(api, fichero(foto, "JPEG", exif=exif, comment=b"secreto"), JPEG).status_code == 200
        kept = leer(api)
        assert kept.size == (20, 40)
        assert not kept.getexif()
        raw = api.pedir("GET", f"/api/empresas/{api.empresa.id}/logo").content
        assert b"secreto" not in raw

    def test_of_many_pictures_the_first_is_kept_and_what_follows_the_image_is_not(self, api):
        uno, dos = Image.new("RGB", (20, 10), ROJO), Image.new("RGB", (20, 10))
        animada = fichero(uno, save_all=True, append_images=[dos], duration=50)
        assert poner(api, animada + b"<script>").status_code == 200
        kept = leer(api)
        assert (getattr(kept, "n_frames", 1), kept.getpixel((5, 5))) == (1, ROJO)
        assert b"script" not in api.pedir("GET", f"/api/empresas/{api.empresa.id}/logo").content

    def test_invoices_bear_it(self, api):
        path = f"/api/facturas/{api.emitir()['id']}/pdf"
        before = api.pedir("GET", path)
        assert poner(api, fichero(Image.new("RGB", (60, 20), ROJO))).status_code == 200
        after = api.pedir("GET", path)
        assert after.headers["etag"] != before.headers["etag"]
        assert after.content.count(b"/Subtype /Image") + after.content.count(b"/Subtype/Image") >= 1
