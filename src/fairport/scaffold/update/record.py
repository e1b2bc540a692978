"""Migrations of ``fairport.yaml``: keys and values are changed in place, everything else stays byte for byte.

Two kinds: those that a template declares (a key or a value has a new name), and those of the contract (an
older major version of the record).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

from fairport.contract.errors import DocumentError
from fairport.contract.loading import parse_yaml
from fairport.contract.migrations import declared_version, migrate
from fairport.contract.saving import rewritten_yaml
from fairport.scaffold.update.migrations import Migration


def migrate_record(text: str, migrations: Iterable[Migration]) -> tuple[str, list[str]]:
    """Apply what a template declares for the record.

    Args:
        text: text of ``fairport.yaml``.
        migrations: in their order.

    Returns:
        The new text, and one line for each change; a text that is not YAML is returned as it is.
    """
    said: list[str] = []
    for migration in migrations:
        suffix = f" ({migration.why})" if migration.why else ""
        for pointer, values in migration.record_values.items():
            found = _find(text, pointer)
            value = _scalar(found[1]) if found else None
            for old, new in values.items():
                if found and value == old:
                    text = _replaced(text, found[1], _written(new, found[1]))
                    said.append(f"fairport.yaml: {pointer} is {new} now, was {old}{suffix}")
        for pointer, name in migration.record_renamed.items():
            found = _find(text, pointer)
            parent = pointer.rsplit("/", 1)[0]
            if found and not _find(text, f"{parent}/{name}"):
                text = _replaced(text, found[0], name)
                said.append(f"fairport.yaml: {pointer} is called {parent}/{name} now{suffix}")
    return text, said


def migrate_contract(text: str) -> tuple[str, list[str]]:
    """Rewrite a record that follows an older major version of the contract.

    Returns:
        The new text, and what was done; the same text when nothing is to be done or it is not YAML.
    """
    try:
        data = parse_yaml(text, "fairport.yaml").data
        version = declared_version(data)
        migrated = migrate("analysis", data, "fairport.yaml")
    except DocumentError:
        return text, []
    if migrated is data or version is None:
        return text, []
    line = f"fairport.yaml: contract {version[0]}.{version[1]} rewritten as {migrated['schema_version']}"
    return rewritten_yaml(text, migrated), [line]


def _find(text: str, pointer: str) -> tuple[yaml.ScalarNode, yaml.Node] | None:
    """Return key and value node at a JSON pointer through mappings."""
    try:
        parse_yaml(text, "fairport.yaml")  # the bounds of safe loading
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (DocumentError, yaml.YAMLError):
        return None
    found: tuple[yaml.ScalarNode, yaml.Node] | None = None
    for part in pointer.strip("/").split("/"):
        if not isinstance(node, yaml.MappingNode):
            return None
        pairs = [
            pair for pair in node.value if isinstance(pair[0], yaml.ScalarNode) and pair[0].value == part
        ]
        if not pairs:
            return None
        found = pairs[0]
        node = found[1]
    return found


def _scalar(node: yaml.Node) -> Any:
    return node.value if isinstance(node, yaml.ScalarNode) else None


def _replaced(text: str, node: yaml.Node, new: str) -> str:
    return text[: node.start_mark.index] + new + text[node.end_mark.index :]


def _written(value: Any, node: yaml.Node) -> str:
    """Return a value as YAML in the quotes that the old one has."""
    import json

    style = getattr(node, "style", None)
    if style == "'":
        return "'" + str(value).replace("'", "''") + "'"
    plain = (
        isinstance(value, str) and yaml.safe_load(f"{value}\n") == value if ":" not in str(value) else False
    )
    return str(value) if plain and style is None else json.dumps(value, ensure_ascii=False)
