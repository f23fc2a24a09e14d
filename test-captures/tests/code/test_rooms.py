# test_rooms.py
# The rule of the rooms: in the order of the packet's path, doors between them, one direction
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""plugin/doc/develop.md has the rule. An include, and a call, go to the same room or upstream.

The compiler refuses a wrong include already: a room's include path has its own doors and those of
the rooms upstream. Here the includes are read, so that a wrong path in CMake is found as well, and
so are the symbols of the built objects: no two files may need each other.
"""

import collections
import re
import subprocess

import pytest

from conftest import BUILD, ROOT

pytestmark = pytest.mark.quick

ROOMS = ["model", "packet", "sessions", "roles", "configmgr", "remote-control", "evidence", "audit",
         "stats"]
ABOVE = ["post-dissector.c", "post-dissector.h", "plugin.c"]
INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)


def sources(suffixes=(".c", ".h")):
    return sorted(path for folder in ("plugin", "include") for path in (ROOT / folder).rglob("*")
                  if path.suffix in suffixes)


def room_of(path):
    """The room of a source or a door; None for what is above all rooms or below them."""
    parts = path.relative_to(ROOT).parts
    return parts[1] if len(parts) > 2 else None


def order(room):
    return ROOMS.index(room) if room else len(ROOMS)


DOORS = {path.name: path for path in (ROOT / "include").rglob("*.h")}


def test_every_folder_is_a_room():
    assert {room_of(path) for path in sources() if room_of(path)} <= set(ROOMS)
    assert sorted(path.name for path in (ROOT / "plugin").glob("*.[ch]")) == sorted(ABOVE)
    assert [path.name for path in (ROOT / "include").glob("*.h")] == ["smsrc-compat.h"]


def test_headers_have_different_names():
    """A door and a private header of the same name: which one is read would be chance."""
    names = collections.Counter(path.name for path in sources((".h",)))
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.name)
def test_includes_go_upstream(path):
    for name in INCLUDE.findall(path.read_text(encoding="utf-8")):
        private = path.parent / name
        if path.is_relative_to(ROOT / "plugin") and private.is_file():
            continue
        assert name in DOORS, f"{name} is not a door, and not beside {path.name}"
        door = DOORS[name]
        if room_of(door):
            assert order(room_of(door)) <= order(room_of(path)), f"{name} is downstream"


def test_a_door_is_passed():
    """A header in include/ that only its own room includes belongs into the room."""
    users = collections.defaultdict(set)
    for path in sources():
        for name in INCLUDE.findall(path.read_text(encoding="utf-8")):
            if name in DOORS:
                users[name].add((room_of(path), path.is_relative_to(ROOT / "include")))
    idle = [name for name, door in DOORS.items() if room_of(door) and
            not any(room != room_of(door) or is_door for room, is_door in users[name])]
    assert idle == []


# --- What calls what ----------------------------------------------------------------------------

def symbols():
    """name of an object -> (symbols defined, symbols wanted)."""
    found = {}
    for path in sorted((BUILD / "plugin" / "CMakeFiles").rglob("*.o")):
        parts = path.relative_to(BUILD / "plugin" / "CMakeFiles").parts[1:]
        lines = subprocess.run(["nm", path], check=True, stdout=subprocess.PIPE, text=True).stdout
        words = [line.split()[-2:] for line in lines.splitlines()]
        found["/".join(parts).removesuffix(".o")] = (
            {name for kind, name in words if kind in "TDRBC"},
            {name for kind, name in words if kind == "U"})
    return found


@pytest.fixture(scope="module")
def uses():
    """source -> the sources whose symbols it needs."""
    objects = symbols()
    assert {str(path.relative_to(ROOT / "plugin")) for path in sources((".c",))} <= set(objects)
    owner = {symbol: name for name, (defined, _) in objects.items() for symbol in defined}
    return {name: {owner[symbol] for symbol in wanted if symbol in owner} - {name}
            for name, (_, wanted) in objects.items()}


def test_calls_go_upstream(uses):
    def room(name):
        return name.split("/")[0] if "/" in name else None
    wrong = [(name, other) for name, others in uses.items() for other in sorted(others)
             if order(room(other)) > order(room(name))]
    assert wrong == []


def test_no_two_files_need_each_other(uses):
    left = {name: set(others) for name, others in uses.items()}
    while True:
        free = {name for name, others in left.items() if not others & set(left)}
        if not free:
            break
        for name in free:
            del left[name]
    while True:
        unused = set(left) - {other for others in left.values() for other in others}
        if not unused:
            break
        for name in unused:
            del left[name]
    assert sorted(left) == [], "these need each other"
