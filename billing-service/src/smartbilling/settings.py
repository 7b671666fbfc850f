"""What a deployment may set, all from `BILLING_…` variables."""

from datetime import date
from ipaddress import ip_network
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """The settings of one billing process."""

    model_config = SettingsConfigDict(env_prefix="BILLING_", env_file=None)

    data_dir: Path = Field(default=Path(".data"), description="Where SQLite keeps its file.")
    database_url: SecretStr | None = Field(
        default=None, description="SQLAlchemy URL; SQLite in `data_dir` when absent."
    )
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    crm_url: str | None = Field(default=None, description="The CRM's address; without it none is told.")
    entrega: Literal["dentro", "aparte"] = Field(
        default="dentro",
        description="Who tells the CRM: this process, or «smartbilling worker» ones apart (PostgreSQL only).",
    )
    drain_seconds: float = Field(
        default=0.0, ge=0, le=300, description="How long it serves on, unready, once asked to stop."
    )
    cors_origins: list[str] = Field(default_factory=list, description="Origins that browsers may call from.")
    proxies: list[str] = Field(
        default_factory=list, description="Addresses and networks whose X-Forwarded-For is believed."
    )
    claves_dias: int = Field(default=90, ge=1, description="Days after which a signing key is changed.")
    claves_repaso: float = Field(
        default=15.0, gt=0, le=60, description="Seconds between two looks at the signing keys."
    )
    log_level: str = "INFO"
    entorno: Literal["pruebas", "produccion"] = Field(
        default="pruebas", description="The AEAT's environment in which new companies' installations stand."
    )
    productor_nombre: str = Field(default="SmartBilling", description="Producer of this software (Order 15).")
    productor_nif: str = Field(default="B00000000", description="The producer's NIF.")
    productor_direccion: str | None = Field(default=None, description="The producer's postal address.")
    declaracion_lugar: str | None = Field(
        default=None, description="Where the declaración responsable is signed."
    )
    declaracion_fecha: date | None = Field(
        default=None, description="When it is signed; the day on which a version first runs when absent."
    )
    obligacion_sociedades: date = Field(
        default=date(2027, 1, 1), description="From when those who pay corporate tax are obliged."
    )
    obligacion_resto: date = Field(default=date(2027, 7, 1), description="From when everybody else is.")
    hora_url: str | None = Field(
        default=None, description="A trusted server whose Date the clock is compared with; none when absent."
    )
    hora_cada: float = Field(default=600.0, gt=0, description="Seconds between two comparisons.")

    @field_validator("proxies")
    @classmethod
    def _are_addresses(cls, value: list[str]) -> list[str]:
        return [str(ip_network(each, strict=False)) for each in value]

    @field_validator("hora_url")
    @classmethod
    def _is_web_address(cls, value: str | None) -> str | None:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("neither http:// nor https://")
        return value or None

    @property
    def url(self) -> str:
        """The database's SQLAlchemy URL, on psycopg when it is PostgreSQL."""
        if self.database_url is None:
            return f"sqlite:///{self.data_dir.absolute() / 'billing.db'}"
        url = self.database_url.get_secret_value()
        return url.replace("postgresql://", "postgresql+psycopg://", 1)
