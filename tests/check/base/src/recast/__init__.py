"""Toy recast."""
