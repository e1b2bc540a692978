"""Which licence a text is, told by sentences that only this licence has."""

from __future__ import annotations

import re
from typing import Final

_MARKS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("Apache-2.0", ("apache license", "version 2.0")),
    ("AGPL-3.0", ("gnu affero general public license version 3, 19 november 2007",)),
    ("LGPL-3.0", ("gnu lesser general public license version 3, 29 june 2007",)),
    ("LGPL-2.1", ("gnu lesser general public license version 2.1, february 1999",)),
    ("GPL-3.0", ("gnu general public license version 3, 29 june 2007",)),
    ("GPL-2.0", ("gnu general public license version 2, june 1991",)),
    ("MPL-2.0", ("mozilla public license version 2.0",)),
    ("EUPL-1.2", ("european union public licence", "1.2")),
    ("CC0-1.0", ("cc0 1.0 universal",)),
    ("CC-BY-NC-SA-4.0", ("attribution-noncommercial-sharealike 4.0 international",)),
    ("CC-BY-NC-ND-4.0", ("attribution-noncommercial-noderivatives 4.0 international",)),
    ("CC-BY-NC-4.0", ("attribution-noncommercial 4.0 international",)),
    ("CC-BY-SA-4.0", ("attribution-sharealike 4.0 international",)),
    ("CC-BY-ND-4.0", ("attribution-noderivatives 4.0 international",)),
    ("CC-BY-4.0", ("attribution 4.0 international",)),
    ("ODbL-1.0", ("open database license", "odbl")),
    ("BSD-3-Clause", ("redistribution and use in source and binary forms", "neither the name")),
    ("BSD-3-Clause", ("redistribution and use in source and binary forms", "endorse or promote products")),
    ("BSD-2-Clause", ("redistribution and use in source and binary forms",)),
    ("ISC", ("permission to use, copy, modify, and/or distribute this software for any purpose",)),
    ("MIT", ("permission is hereby granted, free of charge, to any person obtaining a copy",)),
    ("Unlicense", ("this is free and unencumbered software released into the public domain",)),
    ("CECILL-2.1", ("cecill", "2.1")),
)
"""Each licence by phrases of its own text; the more special ones stand first."""


def licence_of(text: str) -> str | None:
    """Return the SPDX identifier of a licence text (GNU licences without ``-only``), or ``None`` when
    unknown."""
    plain = re.sub(r"[\s*#_=\"]+", " ", text[:60_000].lower()).replace(
        "gnu lesser general public license as", ""
    )
    for name, sentences in _MARKS:
        if all(sentence in plain for sentence in sentences):
            return name
    return None


def same_licence(text_name: str, spdx: str) -> bool:
    """Tell whether a text identified as ``text_name`` is that of ``spdx``."""
    return re.sub(r"(?:-only|-or-later|\+)$", "", spdx) == text_name
