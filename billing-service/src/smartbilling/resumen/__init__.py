"""The executive dashboard, and the record of a client over both services."""
