"""What can be set from outside: environment variables that begin with `CRM_`."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from .avisos import redes


class Settings(BaseSettings):
    """The service's settings."""

    model_config = SettingsConfigDict(env_prefix="CRM_", extra="ignore")

    data_dir: Path = Path(".data/crm")
    """Where SQLite keeps its files; made when missing."""
    adjuntos_dir: Path | None = None
    """Where files of clients are: `{data_dir}/adjuntos`. Processes of one database share it."""
    database_url: str = ""
    """`sqlite:///…` or `postgresql://…`; `sqlite:///{data_dir}/crm.db` unless given."""
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8001
    drain_seconds: Annotated[float, Field(ge=0, le=300)] = 0.0
    """How long it serves on, unready, once asked to stop."""
    jwks_url: str | None = None
    """Where billing publishes its keys; without it only the CRM's own API keys open it."""
    jwks_cada: Annotated[float, Field(gt=0, le=60)] = 20.0
    """Seconds between two looks at billing's keys and at what it has revoked."""
    billing_url: str | None = None
    """Where billing is; without it no won opportunity becomes an invoice draft."""
    cors_origins: Annotated[tuple[str, ...], NoDecode] = ()
    """Pages of other origins that may call the API, separated by commas; none unless given."""
    webhooks_privados: str = ""
    """Networks that webhooks may call though private, also without TLS, separated by commas; `1`: any."""
    log_level: str = "INFO"

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("jwks_url", "billing_url")
    @classmethod
    def _blank_is_absent(cls, value: str | None) -> str | None:
        return value or None

    @field_validator("webhooks_privados")
    @classmethod
    def _readable(cls, value: str) -> str:
        redes(value)
        return value

    @model_validator(mode="after")
    def _complete(self) -> "Settings":
        url = self.database_url or f"sqlite:///{self.data_dir / 'crm.db'}"
        self.database_url = url.replace("postgresql://", "postgresql+psycopg://", 1)
        self.adjuntos_dir = self.adjuntos_dir or self.data_dir / "adjuntos"
        return self
