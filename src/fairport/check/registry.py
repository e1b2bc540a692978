"""The one list of modules that hold rules."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Final

from fairport.check.rule import FAMILIES, Rule
from fairport.contract.errors import UsageError

MODULES: Final = (
    "meta_reading",
    "meta_description",
    "meta_people",
    "meta_identifiers",
    "meta_licences",
    "meta_release",
    "meta_derived",
    "meta_characters",
    "meta_origin",
    "data_manifest",
    "data_quality",
    "wf_cwl",
    "wf_reana",
    "wf_reana_sync",
    "wf_runs",
    "wf_crates",
    "wf_portable",
    "res_record",
    "res_table",
    "res_provenance",
    "res_hepdata",
    "repo_content",
    "repo_example",
    "repo_health",
    "repo_secrets",
    "repo_archive",
    "link_local",
    "link_online",
    "link_catalogue",
)
"""Modules of :mod:`fairport.check.rules`; a new rule goes into one of them, or its module is added here."""


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return every rule, by family and number."""
    found = [
        value
        for name in MODULES
        for value in vars(import_module(f"fairport.check.rules.{name}")).values()
        if isinstance(value, Rule)
    ]
    families = list(FAMILIES)
    return tuple(sorted(found, key=lambda rule: (families.index(rule.family), rule.id)))


def find_rule(identifier: str) -> Rule:
    """Return a rule by its identifier, in any case.

    Raises:
        UsageError: there is no such rule.
    """
    import difflib

    for rule in all_rules():
        if rule.id == identifier.upper():
            return rule
    near = difflib.get_close_matches(identifier.upper(), [rule.id for rule in all_rules()], 1, 0.5)
    raise UsageError(
        f'there is no rule "{identifier}"',
        mend=f"did you mean {near[0]}?" if near else "see `fairport rules`",
    )
