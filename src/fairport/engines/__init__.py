"""Engines: where a workflow runs. Each engine is one module that meets :mod:`fairport.engines.protocol`."""
