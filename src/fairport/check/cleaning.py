"""Text of a repository as it may be shown: nothing that a terminal or a reader would misread."""

from __future__ import annotations

from fairport.contract.characters import visible

clean = visible
"""Return text with control, reordering, undecodable and unseen characters written as escapes."""
