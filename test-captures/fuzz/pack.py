#!/usr/bin/python3
# pack.py
# A corpus in one file, the same bytes for the same inputs: pack.py FOLDER corpus.tar.xz
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The inputs are those that reach the most, made few by the fuzzer itself:
#
#     fuzz-packets -merge=1 -use_counters=0 FOLDER build-fuzz/corpus-packets

import hashlib
import io
import pathlib
import sys
import tarfile


def pack(folder, path):
    inputs = sorted((p.read_bytes() for p in pathlib.Path(folder).iterdir()),
                    key=lambda data: (len(data), data))
    with tarfile.open(path, "w:xz", format=tarfile.USTAR_FORMAT, preset=9) as tar:
        for data in inputs:
            member = tarfile.TarInfo(hashlib.sha1(data).hexdigest()[:16])
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    print(f"{len(inputs)} inputs, {sum(map(len, inputs))} bytes")


if __name__ == "__main__":
    pack(*sys.argv[1:])
