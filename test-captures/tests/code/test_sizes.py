# test_sizes.py
# Sizes of what is written by hand: lines, files, functions, parameters, nesting
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""A file is read in one go, and a function is seen on one page. Each exception has its reason; an
exception that is no longer needed fails."""

import re

import pytest

from conftest import ROOT

pytestmark = pytest.mark.quick

LINE, FILE, FUNCTION, PARAMETERS, LEVELS = 100, 500, 60, 7, 3

C_FILES = sorted(path for folder in ("plugin", "include", "test-captures")
                 for path in (ROOT / folder).rglob("*.[ch]"))
FILES = sorted([*C_FILES, *(path for path in (ROOT / "test-captures").rglob("*.py")),
                ROOT / "CMakeLists.txt", *(ROOT / "plugin/batch" / name for name in
                                           ("smsrc-batch", "smsrc-roles", "smsrc-report"))])

# By the head of a file that a script of generate/ writes.
WRITTEN = re.compile(r"Written by test-captures/generate/")

# A file of more than FILE lines: its reason.
DATA = "mostly data: what captures are made of, packet by packet"
LONG_FILES = {
    "plugin/batch/smsrc-batch": "a script that is copied to other machines as one file",
    "plugin/batch/smsrc-report": "a script that is copied to other machines beside its template",
    "test-captures/configmgr/relay.c": "a program of one file, built by hand where it records",
    "test-captures/fuzz/fuzz-wire.c": "one writer for each transport",
    "test-captures/generate/kb_services.py": DATA,
    "test-captures/generate/remote_control.py": DATA,
    "test-captures/generate/sessions.py": DATA,
    "test-captures/tests/product/test_batch.py": "one fixture of a cluster for all its tests",
    "test-captures/tests/stats/test_times_and_sums.py": "one capture after the other",
}

# A function of more than FUNCTION lines: its reason.
LONG_FUNCTIONS = {
    "audit_tree_register": "a list of fields",
    "wire_write": "one case for each transport",
}

# A function of more than PARAMETERS parameters: its reason.
MANY_PARAMETERS = {
    "text_add_string": "those of proto_tree_add_item_ret_string(), in its order",
}

# A function that nests deeper than LEVELS: its reason.
DEEP_FUNCTIONS = {
    "relay": "one loop over both directions, in a program that only records",
}

CONTROL = re.compile(r"^( +)(?:\} else )?(?:if|for|while|switch|do)\b")


def lines_of(path):
    return path.read_text(encoding="utf-8").splitlines()


def functions(path):
    """(name, its parameters, its lines) of each function: its name begins a line, as Wireshark
    has it, and so do the braces of its body."""
    lines = lines_of(path)
    for at, line in enumerate(lines):
        if not (found := re.match(r"([a-z]\w*|LLVM\w+)\(", line)):
            continue
        opening = next((n for n in range(at, len(lines)) if lines[n] in ("{", "}") or
                        lines[n].endswith(";")), at)
        if lines[opening] != "{":
            continue
        head = re.sub(r"/\*.*?\*/", "", " ".join(lines[at:opening]))
        closing = lines.index("}", opening)
        yield found[1], parameters(head), lines[opening + 1:closing]


def parameters(head):
    """How many parameters a function has; those of a function that is one count once."""
    inner = head[head.index("(") + 1:head.rindex(")")]
    inner = re.sub(r"\([^()]*\)", "", re.sub(r"\([^()]*\)", "", inner))
    return 0 if inner.strip() in ("", "void") else inner.count(",") + 1


def long_functions():
    return {name for path in C_FILES for name, _, body in functions(path) if len(body) > FUNCTION}


def functions_with_many_parameters():
    return {name for path in C_FILES for name, count, _ in functions(path) if count > PARAMETERS}


def deep_functions():
    """A level is an indentation of four columns, and what controls it begins its line."""
    return {name for path in C_FILES for name, _, body in functions(path) for line in body
            if (found := CONTROL.match(line)) and len(found[1]) // 4 > LEVELS}


def long_files():
    return {path.relative_to(ROOT).as_posix() for path in FILES if len(lines_of(path)) > FILE and
            not WRITTEN.search("\n".join(lines_of(path)[:8]))}


def test_functions_are_found():
    found = {name for path in C_FILES for name, _, _ in functions(path)}
    assert {"plugin_register", "main", "proto_register_smsrc"} <= found and len(found) > 600


@pytest.mark.parametrize("path", C_FILES, ids=lambda path: path.name)
def test_no_line_is_too_long(path):
    assert [number for number, line in enumerate(lines_of(path), 1) if len(line) > LINE] == []


@pytest.mark.parametrize("measured, exceptions", [
    (long_files, LONG_FILES), (long_functions, LONG_FUNCTIONS),
    (functions_with_many_parameters, MANY_PARAMETERS), (deep_functions, DEEP_FUNCTIONS)],
    ids=["files", "functions", "parameters", "levels"])
def test_nothing_is_too_large_and_no_exception_is_idle(measured, exceptions):
    assert measured() == set(exceptions)
