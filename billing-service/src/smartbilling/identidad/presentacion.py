"""What the API shows of users, API keys and who is asking."""

from datetime import datetime

from sqlmodel import Session, col

from contratos import Rol, Scope
from http_rules import Answer, Identity, Orden
from smartbilling import empresas

from . import claves_api, queries, revocaciones, usuarios
from .firmante import Firmante
from .models import ClaveApi, Membresia, Usuario
from .schemas import (
    ClaveApiCreada,
    ClaveApiPublica,
    EmpresaConRol,
    EmpresaCorta,
    Jwks,
    UsuarioCorto,
    UsuarioCreado,
    UsuarioPublico,
    Yo,
)
from .usuarios import AccesoDado

_OCULTA = frozenset({"clave"})
"""What an answer shows once and is never kept for its replays."""

POR_LLEGADA = Orden(
    (col(Membresia.creada), col(Membresia.usuario_id)), lambda row: (row[1].creada, row[1].usuario_id)
)
CLAVES_POR_FECHA = Orden((col(ClaveApi.id),), lambda clave: (clave.id,))


def usuario(fila: tuple[Usuario, Membresia]) -> UsuarioPublico:
    """A user, as the company that has it sees it."""
    quien, membresia = fila
    return UsuarioPublico(id=quien.id, usuario=quien.usuario, rol=Rol(membresia.rol), creado=membresia.creada)


def de_usuario(fila: tuple[Usuario, Membresia]) -> Answer:
    """A user of the company, with its version there."""
    return Answer(usuario(fila), version=fila[1].version)


def usuario_creado(dado: AccesoDado, clave: str) -> Answer:
    """A user just given access, with its password if it got that now."""
    shown = usuario((dado.usuario, dado.membresia))
    return Answer(
        UsuarioCreado(**shown.model_dump(), clave=clave if dado.es_nuevo else None),
        201,
        recurso=shown.id,
        location=f"/api/usuarios/{shown.id}",
        version=dado.membresia.version,
        hidden=_OCULTA,
    )


def releer_usuario(session: Session, empresa_id: str, usuario_id: str) -> Answer:
    """The user as it stands, for a replay whose answer is forgotten."""
    return de_usuario(usuarios.miembro(session, empresa_id, usuario_id))


def clave_creada(clave: ClaveApi, secreto: str) -> Answer:
    """An API key just made, with the key itself."""
    shown = ClaveApiPublica.model_validate(clave)
    return Answer(
        ClaveApiCreada(**shown.model_dump(), clave=secreto),
        201,
        recurso=shown.id,
        location=f"/api/claves-api/{shown.id}",
        hidden=_OCULTA,
    )


def releer_clave(session: Session, empresa_id: str, clave_id: str) -> Answer:
    """The API key as it stands, for a replay whose answer is forgotten."""
    return Answer(ClaveApiPublica.model_validate(claves_api.existente(session, empresa_id, clave_id)))


def yo(session: Session, quien: Identity) -> Yo:
    """Who is asking. An API key, which is of one company, is told of no other."""
    persona, membresia = usuarios.miembro(session, quien.empresa_id, quien.sub)
    filas = session.exec(queries.empresas_de(quien.sub).order_by(col(Membresia.empresa_id)))
    suyas = [
        EmpresaConRol(id=empresa.id, nombre=empresa.nombre, rol=Rol(suya.rol))
        for empresa, suya in filas
        if quien.clave_id is None or empresa.id == quien.empresa_id
    ]
    return Yo(
        usuario=UsuarioCorto.model_validate(persona),
        empresa=EmpresaCorta.model_validate(empresas.empresa(session, quien.empresa_id)),
        rol=Rol(membresia.rol),
        scopes=[scope for scope in Scope if scope in quien.scopes],
        empresas=suyas,
    )


def jwks(firmante: Firmante, session: Session, ahora: datetime) -> Jwks:
    """The public keys, who issues the tokens they verify, and which tokens are void before they expire."""
    emisor, keys = firmante.jwks()
    return Jwks(keys=keys, issuer=emisor, revocaciones=revocaciones.publicadas(session, ahora))
