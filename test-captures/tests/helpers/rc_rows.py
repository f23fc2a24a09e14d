# rc_rows.py
# tshark's answers as Python values, for the tests of the Remote Control dissector
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import re

PROTOCOLS = ("smsrc", "smsrc.cm")
INFO_COLUMN = 'gui.column.format:"Info","%i"'


def rows(done, names):
    """The lines of -T fields as dicts: name -> list of values."""
    table = []
    for line in done.stdout.splitlines():
        cells = line.split("\t")
        assert len(cells) == len(names), line
        table.append({name: cell.split("|") if cell else []
                      for name, cell in zip(names, cells)})
    return table


def fields(tshark, capture, names, *args, **options):
    """One dict for each frame (of those that args filter): name -> list of values as strings."""
    what = [a for name in names for a in ("-e", name)]
    return rows(tshark(capture, "-T", "fields", "-E", "separator=/t", "-E", "aggregator=|",
                       "-E", "occurrence=a", *what, *args, **options), names)


def frames(tshark, capture, display_filter, *args, **options):
    """Numbers of the frames that a display filter shows."""
    found = fields(tshark, capture, ["frame.number"], "-Y", display_filter, *args, **options)
    return [int(row["frame.number"][0]) for row in found]


def by_frame(tshark, capture, name, *args, **options):
    """frame number -> values of one field, for the frames that have it."""
    found = fields(tshark, capture, ["frame.number", name], "-Y", name, *args, **options)
    return {int(row["frame.number"][0]): row[name] for row in found}


def infos(tshark, capture, display_filter="smsrc or smsrc.cm", **options):
    """The Info column of the frames that a display filter shows."""
    prefs = [INFO_COLUMN, *options.pop("prefs", ())]
    return tshark(capture, "-Y", display_filter, prefs=prefs, **options).stdout.splitlines()


def protocol_names(tshark, protocols=PROTOCOLS):
    """The long names of our protocols: what their trees begin with."""
    listed = [line.split("\t") for line in tshark(None, "-G", "protocols").stdout.splitlines()]
    names = [cells[0] for cells in listed if cells[2] in protocols]
    assert len(names) == len(protocols), names
    return names


def in_seconds(line):
    """4.6 shows what is less than a second in milliseconds."""
    return re.sub(r"([\d.]+) milliseconds", lambda found: f"{float(found[1]) / 1000:.9f} seconds",
                  line)


def trees(tshark, capture, log=False, **options):
    """The trees of our protocols alone, below a line for each frame that has one; with those of
    the session log only if `log` is set: they are on every frame of a session."""
    protocols = (*PROTOCOLS, "smsrc.log") if log else PROTOCOLS
    text = tshark(capture, "-V", "-O", ",".join(protocols), **options).stdout
    names = tuple(bracket + name for name in protocol_names(tshark, protocols)
                  for bracket in ("", "[") if log or not bracket)
    kept = []
    ours = False
    for line in text.splitlines():
        frame = re.match(r"Frame (\d+):", line)
        if frame:
            heading = f"Frame {frame[1]}"
            ours = False
        elif line and not line.startswith(" "):
            ours = line.startswith(names)
        if ours and line:
            if heading:
                kept.append(heading)
                heading = None
            kept.append(in_seconds(line))
    return "\n".join(kept) + "\n"
