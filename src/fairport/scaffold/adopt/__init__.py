"""Bringing an existing repository in: find what its files tell, write the record beside them, or undo it.

from fairport.scaffold.adopt.adopting import adopt, undo
report = adopt(Path("my-analysis"), dry_run=True)
"""
