"""From the credentials of a request to who asks."""

from contratos import Unauthenticated
from contratos.identidad import AUDIENCIA_CRM
from crm.auditoria import Acto
from crm.empresas import EmpresaNueva, asegurar
from http_rules import Clock, Credentials, Identity
from http_rules.tokens import is_void, key_id, verify
from storage import Database

from . import service
from .issuer import Issuer

_REMEMBERED = 10_000


class Authenticator:
    """Says who a key or a token speaks for; a company's first valid token makes its row."""

    def __init__(self, database: Database, clock: Clock, issuer: Issuer | None) -> None:
        self._database, self._clock, self._issuer = database, clock, issuer
        self._known: set[str] = set()

    def __call__(self, credentials: Credentials) -> Identity:
        """Raises Unauthenticated, or what `Issuer.key` does."""
        if credentials.api_key is not None:
            with self._database.reading() as session:
                return service.de_clave(session, credentials.api_key)
        if credentials.token is None or self._issuer is None:
            raise Unauthenticated("Este CRM no admite tokens: usa «X-API-Key».")
        identity = self._of_token(credentials.token, self._issuer)
        self._ensure_company(identity)
        return identity

    def _of_token(self, token: str, issuer: Issuer) -> Identity:
        trusted = issuer.key(key_id(token))
        found = verify(token, trusted.key, audience=AUDIENCIA_CRM, issuer=trusted.issuer, now=self._clock())
        if is_void(found, issuer.void_until):
            raise Unauthenticated("Tu acceso ha cambiado: renueva el token o vuelve a entrar.")
        return found

    def _ensure_company(self, identity: Identity) -> None:
        if identity.empresa_id in self._known:
            return
        acto = Acto(identity.empresa_id, identity.sub, self._clock())
        with self._database.unit_of_work() as session:
            asegurar(session, acto, EmpresaNueva(id=identity.empresa_id))
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known.add(identity.empresa_id)
