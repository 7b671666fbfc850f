"""Pipelines, and the board of each: open opportunities by stage and what is to be expected of them."""
