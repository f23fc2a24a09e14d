# test_wording.py
# Words that no committed text contains: data/wording.txt lists them
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Pages, messages, comments, tests and tools are in plain English with the terms of the field."""

import re

import pytest

from committed import committed
from conftest import ROOT

pytestmark = pytest.mark.quick

LIST = ROOT / "test-captures" / "data" / "wording.txt"

# Files that are not read, by the beginning of their names.
NOT_READ = {
    "COPYING": "the text of the license",
    "test-captures/data/wording.txt": "the list itself",
    "test-captures/tests/code/test_wording.py": "what finds it",
    "test-captures/recorded/": "the texts of recordings, which are recorded with them",
}
# Words that are the name of something.
NAMES = {
    "test-captures/lab/conf/smb.conf": ["guest account = nobody"],
    "test-captures/tests/conftest.py": ['The user "nobody"'],
    "test-captures/tests/audit/test_audit_proxies.py": ["hide-ninth-judgement"],
}


def sections():
    """name of a section -> its lines."""
    found, name = {}, None
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            name = line.strip("[]")
            found[name] = []
        elif line and name and not line.startswith("# "):
            found[name].append(line)
    return found


def on_one_line(text):
    """The text without line breaks and the marks of comments, in lower case."""
    return re.sub(r"\s+", " ", re.sub(r"\n\s*(\*|#|//|;)? *", " ", text)).lower()


def texts():
    """(name, text) of each committed file of text."""
    for name, _, content in committed():
        if name.startswith(tuple(NOT_READ)):
            continue
        if b"\0" in content:
            continue
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            continue
        for one in NAMES.get(name, []):
            assert one in text, f"{name} does not contain {one} any more"
            text = text.replace(one, "")
        yield name, on_one_line(text)


def is_prose(name):
    return name.endswith((".md", ".html", ".1")) or (
        name.endswith((".c", ".h")) and name.startswith(("plugin/", "include/")))


def found_in(name, text, listed):
    """What of the list a text contains, each with the words around it."""
    for phrase in listed["phrases"]:
        if on_one_line(phrase) in text:
            yield f"{name}: {phrase}"
    for pattern in listed["patterns"] + (listed["prose"] if is_prose(name) else []):
        for hit in re.finditer(pattern, text):
            # "There is no session" states an absence; "it is no session" is a translation.
            if text[:hit.start()].endswith("there "):
                continue
            yield f"{name}: ...{text[max(0, hit.start() - 30):hit.end() + 30]}..."


def test_no_text_contains_what_is_on_the_list():
    listed = sections()
    assert len(listed["phrases"]) > 50 and listed["patterns"] and listed["prose"]
    read, found = 0, []
    for name, text in texts():
        read += 1
        found += found_in(name, text, listed)
    assert read > 500
    assert not found, "\n".join(found)


@pytest.mark.parametrize("text, finds", [
    ("a port that\n * nobody\n * named", True), ("it is no session", True),
    ("there is no session", False), ("it is no longer open", False),
    ("any port you tell it", True), ("a file of its\n# own", True), ("a plain sentence", False)])
def test_what_is_on_the_list_is_found_across_lines(text, finds):
    assert bool(list(found_in("page.md", on_one_line(text), sections()))) == finds
