"""Many invoices in one request."""
