"""Scaffolding: new analysis repositories from questions, and metadata files in step with the record."""
