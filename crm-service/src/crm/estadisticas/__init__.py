"""The company's figures: at a glance, and what became of its opportunities."""
