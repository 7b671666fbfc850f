"""A billing that publishes its keys, and a CRM that trusts it."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient

from contratos.identidad import AUDIENCIA_CRM, SCOPES_DEL_SERVICIO, SERVICIO_BILLING
from crm.app import create_app
from crm.settings import Settings
from http_rules import Identity, new_id
from http_rules.tokens import bearer, jwk, milliseconds, sign
from storage import Database

ISSUER = "https://facturacion.example/instalacion-1"


class Billing:
    """Its signing key, and a server of its key set that counts who asks and may be slow, broken or away."""

    def __init__(self) -> None:
        self.private, self.kid = Ed25519PrivateKey.generate(), new_id("kid")
        self.asked, self.delay, self.status, self.issuer = 0, 0.0, 200, ISSUER
        self.keys: list[tuple[Ed25519PrivateKey, str]] = []
        self.revoked: dict[str, int] = {}
        billing = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                billing.asked += 1
                time.sleep(billing.delay)
                self.send_response(billing.status)
                self.end_headers()
                self.wfile.write(json.dumps(billing.document()).encode())

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/.well-known/jwks.json"
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def document(self) -> dict[str, object]:
        keys = [*self.keys, (self.private, self.kid)]
        return {
            "keys": [jwk(private.public_key(), kid) for private, kid in keys],
            "issuer": self.issuer,
            "revocaciones": self.revoked,
        }

    def rotate(self) -> None:
        self.private, self.kid = Ed25519PrivateKey.generate(), new_id("kid")

    def publish(self) -> tuple[Ed25519PrivateKey, str]:
        """One more key, which does not sign yet."""
        self.keys.append((Ed25519PrivateKey.generate(), new_id("kid")))
        return self.keys[-1]

    def revoke(self, empresa_id: str, sub: str, now) -> None:
        self.revoked[bearer(empresa_id, sub)] = milliseconds(now)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def token(self, now, *, key=None, kid=None, issuer=ISSUER, audience=AUDIENCIA_CRM, **who) -> str:
        identity = Identity(
            **{"sub": SERVICIO_BILLING, "empresa_id": new_id("emp"), "scopes": SCOPES_DEL_SERVICIO} | who
        )
        return sign(
            key or self.private,
            kid or self.kid,
            identity,
            issuer=issuer,
            audience=audience,
            now=now,
            lifetime=timedelta(minutes=5),
        )


@pytest.fixture
def billing() -> Iterator[Billing]:
    billing = Billing()
    yield billing
    billing.stop()


@pytest.fixture
def start(database_url, reloj):
    """Starts a CRM on the module's database that trusts the issuer at the address given, asking it often."""

    @contextmanager
    def run(url: str, every: float = 0.05) -> Iterator[TestClient]:
        database = Database(database_url)
        settings = Settings(database_url=database_url, jwks_url=url, jwks_cada=every)
        app = create_app(settings, database, reloj)
        with TestClient(app, raise_server_exceptions=False) as client:
            yield client

    return run
