"""The life of an invoice: `PUT /api/facturas/{id}/estado`, where drafts, payments and records meet."""
