"""What a deployment may set, all from `BILLING_…` variables."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
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
    cors_origins: list[str] = Field(default_factory=list, description="Origins that browsers may call from.")
    log_level: str = "INFO"
    entorno: Literal["pruebas", "produccion"] = Field(
        default="pruebas", description="The AEAT's environment in which new companies' installations stand."
    )
    productor_nombre: str = Field(default="SmartBilling", description="Producer of this software (Order 15).")
    productor_nif: str = Field(default="B00000000", description="The producer's NIF.")

    @property
    def url(self) -> str:
        """The database's SQLAlchemy URL, on psycopg when it is PostgreSQL."""
        if self.database_url is None:
            return f"sqlite:///{self.data_dir.absolute() / 'billing.db'}"
        url = self.database_url.get_secret_value()
        return url.replace("postgresql://", "postgresql+psycopg://", 1)
