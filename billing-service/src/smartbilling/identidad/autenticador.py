"""Who a request comes from, by its token or its API key."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contratos import SCOPES_DE_ROL, Rol, Scope, Unauthenticated
from http_rules import Clock, Credentials, Identity
from http_rules.tokens import bearer, is_void
from storage import Database

from . import queries
from .firmante import Firmante
from .models import Membresia, Usuario
from .secretos import huella

_RECUERDO = timedelta(seconds=5)
_RECORDADAS = 10_000


@dataclass(frozen=True, slots=True)
class _Recordada:
    identity: Identity
    desde: datetime


class Autenticador:
    """Says who the bearer of a credential is, as the database has it now or had it at most 5 s ago.

    What this process revokes stops at once: see `olvidar`.
    """

    def __init__(self, database: Database, clock: Clock, firmante: Firmante) -> None:
        self._database, self._clock, self._firmante = database, clock, firmante
        self._recordadas: dict[str, _Recordada] = {}

    def recordada(self, credentials: Credentials) -> Identity | None:
        """Who it is, when that was asked of the database in the last 5 s."""
        found = self._recordadas.get(_llave(credentials))
        ahora = self._clock()
        return found.identity if found and found.desde <= ahora < found.desde + _RECUERDO else None

    def __call__(self, credentials: Credentials) -> Identity:
        """Raises Unauthenticated when the credential is not, or is no longer, one of ours."""
        recordadas = self._recordadas
        found = self.recordada(credentials)
        if found is not None:
            return found
        ahora = self._clock()
        if credentials.api_key is not None:
            identity = self._por_clave(credentials.api_key)
        else:
            identity = self._por_token(credentials.token or "", ahora)
        if len(recordadas) >= _RECORDADAS:
            self.olvidar()
        recordadas[_llave(credentials)] = _Recordada(identity, ahora)
        return identity

    def olvidar(self) -> None:
        """Ask the database again about everybody. To be called once a revocation is committed.

        A request that asked before it keeps what it heard in the memory that is thrown away here.
        """
        self._recordadas = {}

    def _por_clave(self, api_key: str) -> Identity:
        with self._database.reading() as session:
            row = session.exec(queries.pertenencia_de_clave(huella(api_key))).first()
            if row is None:
                raise Unauthenticated("La clave de API no es válida o se ha revocado.")
            clave, usuario, membresia = row
            alcance = permitidos(usuario, membresia) & set(clave.scopes)
            return replace(identidad_de(usuario, membresia, alcance), clave_id=clave.id)

    def _por_token(self, token: str, ahora: datetime) -> Identity:
        said = self._firmante.verificar(token, ahora)
        with self._database.reading() as session:
            row = session.exec(queries.pertenencia_de_token(said.sub, said.empresa_id)).first()
            if row is None:
                raise Unauthenticated("Tu usuario ya no pertenece a esta empresa: vuelve a entrar.")
            usuario, membresia, antes = row
            if antes is not None and is_void(said, {bearer(said.empresa_id, said.sub): antes}):
                raise Unauthenticated("Tu acceso ha cambiado: renueva el token o vuelve a entrar.")
            return identidad_de(usuario, membresia, permitidos(usuario, membresia) & said.scopes)


def _llave(credentials: Credentials) -> str:
    """What a credential is remembered by: not itself."""
    return huella(f"{credentials.api_key or ''} {credentials.token or ''}")


def permitidos(usuario: Usuario, membresia: Membresia) -> frozenset[Scope]:
    """What a user may do in a company: its role's scopes, and `plataforma` if it bears the mark."""
    scopes = SCOPES_DE_ROL[Rol(membresia.rol)]
    return scopes | {Scope.PLATAFORMA} if usuario.plataforma else scopes


def identidad_de(usuario: Usuario, membresia: Membresia, scopes: Collection[Scope]) -> Identity:
    """A user as one who asks, in one company."""
    return Identity(
        sub=usuario.id, empresa_id=membresia.empresa_id, scopes=frozenset(scopes), rol=membresia.rol
    )
