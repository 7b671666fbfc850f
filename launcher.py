"""`make run`: both services on one data folder, with a demo company at the first start.

    launcher.py            both, until Ctrl-C
    launcher.py billing    one of them alone, on the same folder and with the same settings
    launcher.py crm

Reads BILLING_PORT, CRM_PORT, SMARTBILLING_DATA, DEMO, EMPRESA_NOMBRE and EMPRESA_NIF. Standard library only.

Whatever is killed and whenever, the next start works: the first data are made aside and put in place whole
(`first_data.py`), `credenciales.json` is written last, the locks on the folder end with the processes that
hold them, and the services end with the launcher.
"""

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from functools import partial
from types import TracebackType
from typing import Any, NoReturn, Self

from first_data import FirstData
from processes import (
    HOST,
    PROGRAMS,
    TO_END,
    DataFolder,
    Progress,
    Refusal,
    Settings,
    Stopped,
    StopRequest,
    end,
    say,
    spawn,
    wait_for_ports,
)

TO_BE_READY = 120.0
WITHOUT_DELIVERY = 60.0


class Services:
    """Services that run while the block does, their words in the folder's logs or on the screen."""

    def __init__(
        self, names: Iterable[str], settings: Settings, folder: DataFolder, stop: StopRequest, *, logged: bool
    ) -> None:
        self._names, self._logged = tuple(names), logged
        self._settings, self._folder, self._stop = settings, folder, stop
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        """Start them."""
        for service in self._names:
            with self._folder.log(service) if self._logged else nullcontext() as log:
                self._running[service] = spawn(
                    service, ["servir"], self._settings.of(service), self._folder, stdout=log, stderr=log
                )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop them and wait until they have ended."""
        if not end(self._running.values()) and kind is Stopped:
            raise Refusal(f"Un servicio no ha terminado en {TO_END:.0f} s y se le ha tenido que matar.")

    def check(self) -> None:
        """Raises Refusal when one has ended on its own."""
        for service, process in self._running.items():
            if (code := process.poll()) is not None:
                self._stop.pause()  # whoever stopped it may have stopped us
                words = self._folder.last_words(service) if self._logged else ""
                where = f" y, entero, en {self._folder.log_path(service)}" if self._logged else ""
                raise Refusal(
                    f"{words}El servicio {service} ha terminado por su cuenta (código {code}) y se para "
                    f"todo: el motivo está aquí arriba{where}."
                )

    def wait_until_ready(self) -> None:
        """Raises Refusal when one never says that it is."""
        for service in self._names:
            if not self._stop.wait_for(partial(self._is_ready, service), TO_BE_READY):
                raise Refusal(
                    f"El servicio {service} no está listo después de {TO_BE_READY:.0f} s: el motivo está "
                    f"{f'en {self._folder.log_path(service)}' if self._logged else 'aquí arriba'}."
                )

    def watch(self) -> NoReturn:
        """Until a stop is asked for, which raises Stopped, or one ends on its own, which raises Refusal."""
        while True:
            self.check()
            self._stop.pause(0.2)

    def _is_ready(self, service: str) -> bool:
        self.check()
        return self._get(service, "/health/ready").get("listo") is True

    def wait_until_delivered(self, billing_api_key: str) -> None:
        """Until the CRM has what billing had to tell it. Raises Refusal when nothing moves for a minute."""
        progress = Progress("Entrega al CRM")
        total, left, moved = 0, -1, time.monotonic()
        while left:
            self.check()
            answer = self._get("billing", "/api/integracion/crm", {"X-API-Key": billing_api_key})
            if isinstance(now := answer.get("pendientes"), int) and now != left:
                total, left, moved = max(total, now), now, time.monotonic()
                if total:
                    progress.show(total - left, total)
            elif time.monotonic() - moved > WITHOUT_DELIVERY:
                raise Refusal(
                    f"El CRM no recibe lo que facturación le entrega (última respuesta: {answer}): "
                    f"mira {self._folder.log_path('billing')} y repite."
                )
            self._stop.pause(0.2)
        progress.close()

    def _get(self, service: str, path: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The JSON object that `service` answers; empty when there is none."""
        from http.client import HTTPConnection, HTTPException  # noqa: PLC0415 - read while the services start

        connection = HTTPConnection(HOST, self._settings.ports[service], timeout=5)
        try:
            connection.request("GET", path, headers=dict(headers or {}))
            answer = json.loads(connection.getresponse().read())
        except (OSError, HTTPException, ValueError):
            return {}
        finally:
            connection.close()
        return answer if isinstance(answer, dict) else {}


def banner(settings: Settings, folder: DataFolder, secrets: Mapping[str, str]) -> str:
    """What to do now that everything runs."""
    billing, crm = settings.url("billing"), settings.url("crm")
    invoice = {
        "cliente_nombre": "Ferretería Hermanos Soler SL",
        "cliente_cif": "B12345674",
        "lineas": [{"descripcion": "Hora de consultoría", "cantidad": 2, "precio_unitario": "60.00"}],
    }
    curl = ["curl", "-sS", f"{billing}/api/facturas", "-H", f"X-API-Key: {secrets['billing_api_key']}"]
    curl += ["-H", "Content-Type: application/json", "-d", json.dumps(invoice, ensure_ascii=False)]
    return f"""
SmartBilling está en marcha. Para pararlo, Ctrl-C.

  Facturación   {billing}   (su API, en {billing}/docs)
  CRM           {crm}   (su API, en {crm}/docs)
  Usuario       {secrets["usuario"]}
  Clave         {secrets["clave"]}
  Credenciales  {folder.credentials}
  Registros     {folder.logs}

Para emitir una factura:

  {shlex.join(curl)}
"""


def run_both(settings: Settings, folder: DataFolder, stop: StopRequest) -> None:
    """Both services, with the first company. Raises Stopped in the end, or Refusal when one cannot go on."""
    for service in PROGRAMS:
        if (variable := f"{service.upper()}_DATABASE_URL") in os.environ:
            raise Refusal(
                f"{variable} está puesta y make run usa siempre las bases de datos de su carpeta: "
                f"quítala, o arranca cada servicio por separado (make run-{service})."
            )
    folder.lock(*PROGRAMS)
    wait_for_ports(settings, PROGRAMS, stop)
    first = FirstData(settings, folder, stop)
    secrets = first.secrets()
    with Services(PROGRAMS, settings, folder, stop, logged=True) as services:
        services.wait_until_ready()
        if secrets is None:
            say(f"En marcha, pero falta {folder.credentials}: entra con tu usuario y tu clave.")
        else:
            if not first.is_delivered():
                services.wait_until_delivered(secrets["billing_api_key"])
            urls = {f"{service}_url": settings.url(service) for service in PROGRAMS}
            first.publish({"panel_url": urls["billing_url"] + "/docs", **urls}, secrets)
            print(banner(settings, folder, secrets), flush=True)
        services.watch()


def run_alone(service: str, settings: Settings, folder: DataFolder, stop: StopRequest) -> None:
    """One service, its log on the screen. Raises Stopped in the end, or Refusal when it cannot go on."""
    first = FirstData(settings, folder, stop)
    if first.are_whole():
        folder.lock(*PROGRAMS)
        first.place()
    else:
        folder.lock(service)
    wait_for_ports(settings, [service], stop)
    with Services([service], settings, folder, stop, logged=False) as services:
        services.wait_until_ready()
        say(f"En marcha en {settings.url(service)}. Para pararlo, Ctrl-C.")
        services.watch()


def main(arguments: list[str]) -> int | str:
    """The exit status, or the sentence that says why nothing runs."""
    stop = StopRequest()
    os.umask(0o077)
    try:
        settings = Settings.read(os.environ)
    except Refusal as refusal:
        return str(refusal)
    try:
        folder = DataFolder(settings.data, stop)
        folder.make()
        if arguments:
            run_alone(arguments[0], settings, folder, stop)
        else:
            run_both(settings, folder, stop)
    except Stopped:
        say("SmartBilling se ha parado.")
    except Refusal as refusal:
        return str(refusal)
    except OSError as error:
        return (
            f"No se ha podido usar {error.filename or settings.data} ({error.strerror}): libera sitio en el "
            "disco o elige otra carpeta con SMARTBILLING_DATA=/otra/carpeta."
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
