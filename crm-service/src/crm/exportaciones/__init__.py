"""Exports: every list of the CRM as a file."""
