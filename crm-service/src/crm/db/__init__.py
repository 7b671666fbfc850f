"""What the CRM's tables are made of, and how they come to be."""
