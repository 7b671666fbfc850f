"""`/api/auth`, `/api/usuarios`, `/api/claves-api`, and the keys that verify tokens."""

from typing import Annotated

from fastapi import Query, Response
from fastapi.concurrency import run_in_threadpool
from sqlmodel import Session

from http_rules import Answer, IdEnRuta, IfMatch, Page, Paging, api_router, page, problems, to_response
from smartbilling.deps import Administra, Lectura, Quien, Reloj, UnaVez

from . import claves_api, presentacion, queries, usuarios
from .deps import Anonimo, Argon2, Desde, Firma, Puerta, Revoca
from .schemas import (
    CambioDeEmpresa,
    ClaveApiCreada,
    ClaveApiNueva,
    ClaveApiPublica,
    Credenciales,
    Jwks,
    Renovacion,
    Tokens,
    UsuarioCambios,
    UsuarioCreado,
    UsuarioNuevo,
    UsuarioPublico,
    Yo,
)
from .secretos import clave_inventada

acceso = api_router("/api/auth", "Acceso")
de_usuarios = api_router("/api/usuarios", "Usuarios")
de_claves = api_router("/api/claves-api", "Usuarios")
raiz = api_router("", "Acceso")

ROUTERS = (de_usuarios, de_claves, acceso, raiz)


@acceso.post("/login", dependencies=[Anonimo], responses=problems(401, 403, 404, 429, 503))
async def entrar(credenciales: Credenciales, puerta: Puerta, desde: Desde) -> Tokens:
    """Abre una sesión en la empresa indicada, o en la última que se usó, o en la más antigua."""
    return await puerta.entrar(credenciales.usuario, credenciales.clave, credenciales.empresa_id, desde)


@acceso.post("/refresh", dependencies=[Anonimo], responses=problems(401, 503))
def renovar(renovacion: Renovacion, puerta: Puerta) -> Tokens:
    """Renueva la sesión con otro `refresh_token`. Uno ya usado la termina, y los tokens del usuario."""
    return puerta.renovar(renovacion.refresh_token)


@acceso.post("/logout", dependencies=[Anonimo], status_code=204, responses=problems(503))
def salir(renovacion: Renovacion, puerta: Puerta) -> Response:
    """Termina la sesión: ya no se renueva. El token de acceso caduca solo, en 15 minutos como mucho."""
    puerta.salir(renovacion.refresh_token)
    return Response(status_code=204)


@acceso.post("/empresa", responses=problems(404))
def cambiar_de_empresa(cambio: CambioDeEmpresa, quien: Quien, puerta: Puerta) -> Tokens:
    """Abre una sesión del mismo usuario en otra de sus empresas."""
    return puerta.cambiar_de_empresa(quien, cambio.empresa_id)


@acceso.get("/yo")
def yo(quien: Quien, session: Lectura) -> Yo:
    """Quién pregunta, en qué empresa y qué puede hacer."""
    return presentacion.yo(session, quien)


@raiz.get("/.well-known/jwks.json", dependencies=[Anonimo])
def claves_publicas(firma: Firma, session: Lectura, reloj: Reloj) -> Jwks:
    """Las claves públicas que verifican los tokens, su emisor, y los tokens que ya no valen."""
    return presentacion.jwks(firma, session, reloj())


@de_usuarios.post("", status_code=201, response_model=UsuarioCreado, responses=problems(409))
async def crear_usuario(
    nuevo: UsuarioNuevo, quien: Administra, reloj: Reloj, una_vez: UnaVez, argon2: Argon2
) -> Response:
    """Da acceso a la empresa. `clave` se muestra una sola vez; es null si el usuario ya tenía la suya."""
    clave = nuevo.clave or clave_inventada()
    cifrada = await argon2.cifrar(clave)

    def escribir(session: Session) -> Answer:
        acceso = usuarios.dar_acceso(session, quien, nuevo.usuario, nuevo.rol, cifrada, reloj())
        return presentacion.usuario_creado(acceso, clave)

    return await run_in_threadpool(una_vez, escribir)


@de_usuarios.get("")
def listar_usuarios(
    quien: Administra, session: Lectura, paging: Annotated[Paging, Query()]
) -> Page[UsuarioPublico]:
    """Los usuarios de la empresa, los últimos primero."""
    filas = queries.miembros(quien.empresa_id)
    return page(session, filas, presentacion.POR_LLEGADA, paging, presentacion.usuario)


@de_usuarios.get("/{usuario_id}", response_model=UsuarioPublico, responses=problems(404))
def un_usuario(usuario_id: IdEnRuta, quien: Administra, session: Lectura) -> Response:
    """Un usuario de la empresa."""
    return to_response(presentacion.de_usuario(usuarios.miembro(session, quien.empresa_id, usuario_id)))


@de_usuarios.patch("/{usuario_id}", response_model=UsuarioPublico, responses=problems(404, 409, 412))
def cambiar_usuario(
    usuario_id: IdEnRuta,
    cambios: UsuarioCambios,
    quien: Administra,
    reloj: Reloj,
    revoca: Revoca,
    if_match: IfMatch = None,
) -> Response:
    """Cambia el rol de un usuario en la empresa."""

    def escribir(session: Session) -> Answer:
        fila = usuarios.cambiar_rol(session, quien, usuario_id, cambios.rol, if_match, reloj())
        return presentacion.de_usuario(fila)

    return to_response(revoca(escribir))


@de_usuarios.delete("/{usuario_id}", status_code=204, responses=problems(404, 409, 412))
def quitar_usuario(
    usuario_id: IdEnRuta, quien: Administra, reloj: Reloj, revoca: Revoca, if_match: IfMatch = None
) -> Response:
    """Quita a un usuario de la empresa: sus sesiones y sus claves de API en ella dejan de valer."""
    revoca(lambda session: usuarios.quitar_acceso(session, quien, usuario_id, if_match, reloj()))
    return Response(status_code=204)


@de_claves.post("", status_code=201, response_model=ClaveApiCreada)
def crear_clave(nueva: ClaveApiNueva, quien: Administra, reloj: Reloj, una_vez: UnaVez) -> Response:
    """Crea una clave de API, que se muestra una sola vez y no puede más que quien la crea."""

    def escribir(session: Session) -> Answer:
        clave, secreto = claves_api.crear(session, quien, nueva.nombre, nueva.scopes, reloj())
        return presentacion.clave_creada(clave, secreto)

    return una_vez(escribir)


@de_claves.get("")
def listar_claves(
    quien: Administra, session: Lectura, paging: Annotated[Paging, Query()]
) -> Page[ClaveApiPublica]:
    """Las claves de API que valen, las últimas primero."""
    filas = queries.claves(quien.empresa_id)
    return page(session, filas, presentacion.CLAVES_POR_FECHA, paging, ClaveApiPublica.model_validate)


@de_claves.get("/{clave_id}", responses=problems(404))
def una_clave(clave_id: IdEnRuta, quien: Administra, session: Lectura) -> ClaveApiPublica:
    """Una clave de API que vale."""
    return ClaveApiPublica.model_validate(claves_api.existente(session, quien.empresa_id, clave_id))


@de_claves.delete("/{clave_id}", status_code=204, responses=problems(404))
def revocar_clave(clave_id: IdEnRuta, quien: Administra, reloj: Reloj, revoca: Revoca) -> Response:
    """Revoca una clave de API: deja de valer en el acto."""
    revoca(lambda session: claves_api.revocar(session, quien, clave_id, reloj()))
    return Response(status_code=204)
