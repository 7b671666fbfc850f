"""The company's figures at a glance."""
