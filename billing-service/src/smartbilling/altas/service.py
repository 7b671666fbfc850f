"""Use cases that make a company whole: installation, chain, series, administrator and first API key."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from contratos import SCOPES_DE_ROL, NotFound, Rol, Scope
from http_rules import Identity, check_version
from smartbilling import auditoria, empresas, identidad, series
from smartbilling.empresas import (
    Empresa,
    EmpresaCambios,
    EmpresaNueva,
    Entorno,
    Imagen,
    Instalacion,
    InstalacionNueva,
    InstalacionPublica,
    Logo,
)
from smartbilling.registros import Cabeza

_PRIMERA_CLAVE = "Primera clave"


@dataclass(frozen=True, slots=True)
class Alta:
    """A company just made, and its first API key, which is not kept."""

    empresa: Empresa
    clave_api: str


@dataclass(frozen=True, slots=True)
class AltaConUsuario:
    """A company made by command, and who administers it: the user was made with it when `es_nuevo`."""

    alta: Alta
    usuario: str
    es_nuevo: bool


def crear_empresa(
    session: Session,
    nueva: EmpresaNueva,
    usuario_id: str,
    entorno: Entorno,
    ahora: datetime,
    *,
    plataforma: bool = False,
) -> Alta:
    """A company with one installation at the start of its chain, the series `F`, and `usuario_id` as admin.

    Its first API key can do all but `plataforma`, and that too if asked. Raises NifDuplicado.
    """
    empresa, instalacion = empresas.crear(session, nueva, entorno, ahora)
    session.add(Cabeza(empresa_id=empresa.id, instalacion=instalacion.id))
    session.flush()
    scopes = SCOPES_DE_ROL[Rol.ADMIN] | ({Scope.PLATAFORMA} if plataforma else set())
    fundador = Identity(usuario_id, empresa.id, scopes, rol=Rol.ADMIN)
    auditoria.anotar(session, fundador, "empresa.creada", empresa.id, nueva.model_dump(mode="json"), ahora)
    series.crear(session, fundador, series.SerieNueva(codigo=series.SERIE_INICIAL), ahora)
    identidad.hacer_miembro(session, fundador, usuario_id, Rol.ADMIN, ahora)
    _, clave_api = identidad.crear_clave_api(session, fundador, _PRIMERA_CLAVE, scopes, ahora)
    return Alta(empresa, clave_api)


def crear_instalacion(
    session: Session,
    quien: Identity,
    empresa_id: str,
    nueva: InstalacionNueva,
    entorno: Entorno,
    ahora: datetime,
) -> Instalacion:
    """A further installation of the caller's company, at the start of a chain of its own.

    Raises NotFound for another company, InvalidData.
    """
    propia(session, quien, empresa_id)
    instalacion = empresas.crear_instalacion(session, empresa_id, nueva, entorno, ahora)
    session.add(Cabeza(empresa_id=empresa_id, instalacion=instalacion.id))
    session.flush()
    values = InstalacionPublica.model_validate(instalacion).model_dump(mode="json")
    auditoria.anotar(session, quien, "instalacion.creada", instalacion.id, values, ahora)
    return instalacion


def crear_empresa_con_usuario(
    session: Session, nueva: EmpresaNueva, usuario: str, clave_hash: str, entorno: Entorno, ahora: datetime
) -> AltaConUsuario:
    """A company administered by `usuario`, who is made with that password if there is no such user.

    The first user of a deployment bears the mark `plataforma`, and so does that first key.
    Raises NifDuplicado.
    """
    quien, es_nuevo, primero = identidad.primer_administrador(session, usuario, clave_hash, ahora)
    alta = crear_empresa(session, nueva, quien.id, entorno, ahora, plataforma=primero)
    return AltaConUsuario(alta, quien.usuario, es_nuevo)


def propia(session: Session, quien: Identity, empresa_id: str) -> Empresa:
    """The caller's company. Raises NotFound for any other, of the same user's too: the token fixes which."""
    exigir_propia(quien, empresa_id)
    return empresas.empresa(session, empresa_id)


def exigir_propia(quien: Identity, empresa_id: str) -> None:
    """Raises NotFound unless `empresa_id` is the caller's company."""
    if empresa_id != quien.empresa_id:
        raise NotFound("No hay ninguna empresa con ese identificador.")


def cambiar_empresa(
    session: Session,
    quien: Identity,
    empresa_id: str,
    cambios: EmpresaCambios,
    if_match: str | None,
    ahora: datetime,
) -> Empresa:
    """Change the caller's company; its NIF only until its first record exists.

    Raises NotFound, StaleVersion, DatosFiscalesFijados, NifDuplicado.
    """
    propia(session, quien, empresa_id)
    nif_fijado = "nif" in cambios.model_fields_set and _tiene_registros(session, empresa_id)
    empresa = empresas.empresa(session, empresa_id, lock=True)
    check_version(if_match, empresa.version)
    if distintos := empresas.cambiar(session, empresa, cambios, nif_fijado=nif_fijado):
        values = cambios.model_dump(mode="json", include=set(distintos))
        auditoria.anotar(session, quien, "empresa.cambiada", empresa_id, values, ahora)
    return empresa


def poner_logo(
    session: Session, quien: Identity, imagen: Imagen, if_match: str | None, ahora: datetime
) -> Logo:
    """The logo of the caller's company from now on. Raises StaleVersion."""
    empresas.empresa(session, quien.empresa_id, lock=True)
    logo, es_otro = empresas.poner_logo(session, quien.empresa_id, imagen, if_match, ahora)
    if es_otro:
        values = {"huella": logo.huella, "ancho": logo.ancho, "alto": logo.alto}
        auditoria.anotar(session, quien, "empresa.logo_cambiado", quien.empresa_id, values, ahora)
    return logo


def quitar_logo(session: Session, quien: Identity, if_match: str | None, ahora: datetime) -> None:
    """Take the logo of the caller's company away, if it has one. Raises StaleVersion."""
    empresas.empresa(session, quien.empresa_id, lock=True)
    if empresas.quitar_logo(session, quien.empresa_id, if_match):
        auditoria.anotar(session, quien, "empresa.logo_quitado", quien.empresa_id, {}, ahora)


def _tiene_registros(session: Session, empresa_id: str) -> bool:
    """Whether the company ever made a record; none is made until the transaction ends."""
    heads = session.exec(
        select(Cabeza)
        .where(Cabeza.empresa_id == empresa_id)
        .order_by(col(Cabeza.instalacion))
        .with_for_update()
    )
    return any(head.secuencia > 0 for head in heads.all())
