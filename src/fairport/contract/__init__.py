"""Typed documents, safe loading and saving: everything that crosses a wall of the house."""
