"""Writes the documentation of the rules: ``python -m fairport.check.docs OUTDIR``."""

from __future__ import annotations

import sys
from pathlib import Path

from fairport.check.registry import all_rules
from fairport.check.words import rule_page, rules_table
from fairport.contract.files import write_atomic


def write_docs(folder: Path) -> list[Path]:
    """Write ``index.md`` and one page for each rule; return the files in the order of the rules."""
    rules = all_rules()
    pages = {folder / "index.md": rules_table(rules)}
    pages |= {folder / f"{rule.id.lower()}.md": rule_page(rule) for rule in rules}
    for path, text in pages.items():
        write_atomic(path, text)
    return list(pages)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m fairport.check.docs OUTDIR")
    write_docs(Path(sys.argv[1]))
