"""Flows: what joins several rooms."""
