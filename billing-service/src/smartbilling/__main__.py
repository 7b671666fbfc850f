"""`python -m smartbilling`."""

from .cli import app

app(prog_name="smartbilling")
