"""The check of a company's chains, numbering and invoices against one another."""
