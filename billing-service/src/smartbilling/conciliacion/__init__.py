"""Both sides compared: the facts of billing, what its outbox says of them, what the CRM shows."""
