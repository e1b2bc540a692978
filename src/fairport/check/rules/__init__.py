"""The rules, one module for each handful of a family; :mod:`fairport.check.registry` lists them."""
