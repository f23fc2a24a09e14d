# test_heads.py
# The head of each file: its license, and beside it the copyright line
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import re

import pytest

from committed import committed

pytestmark = pytest.mark.quick

COPYRIGHT = "Copyright 2026 smsrc contributors"
LICENSE = "SPDX-License-Identifier: GPL-2.0-or-later"
# Files with a head that need one: sources, and all programs.
SOURCE = re.compile(r"\.(c|h|py|sh|cmake|lua|html)$|(^|/)CMakeLists\.txt$")


def texts():
    """(name, is a program, text) of each committed file of text."""
    for name, program, content in committed():
        if b"\0" not in content[:4000]:
            yield name, program, content.decode("utf-8", errors="replace")


def test_each_file_with_a_license_has_the_copyright_line_before_it():
    heads = [(name, text[:text.index(LICENSE)]) for name, _, text in texts()
             if LICENSE in "\n".join(text.splitlines()[:12])]
    assert len(heads) > 400
    assert [name for name, head in heads if COPYRIGHT not in head] == []


def test_each_source_and_program_has_a_license():
    sources = [(name, text) for name, program, text in texts()
               if program or SOURCE.search(name)]
    assert len(sources) > 400
    assert [name for name, text in sources
            if LICENSE not in "\n".join(text.splitlines()[:12])] == []
