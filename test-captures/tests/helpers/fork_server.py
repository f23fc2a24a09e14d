# fork_server.py
# tshark and sharkd started once and run often: nine tenths of a short run are its start
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The programs that the tests run, and the plugin in them, are those that a user runs; only their
start is shared (fork-server.c). A run takes part where its start is the same as that of others:
the environment of the sandbox, with the plugin or without one, and options that are known here.
Any other run is an ordinary one, and so are all where SMSRC_ORDINARY_STARTS is set.
test_fork_server.py compares the two.
"""

import array
import collections
import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import threading

SOURCE = pathlib.Path(__file__).with_name("fork-server.c")
VARIABLE = "SMSRC_FORK_SERVER"
ORDINARY_STARTS = "SMSRC_ORDINARY_STARTS"

# Options with a value that tshark reads after its start, those without, and those that it reads
# before (the details, the summary, the bytes): a server for each set of these that comes.
WITH_VALUE = {f"-{letter}" for letter in "rRYoTezEdtcwFjJu"}
WITHOUT = {"-n", "-2", "-q", "-Q", "-l"}
EARLY = {"-V", "-x", "-P"}
EARLY_WITH_VALUE = {"-O"}

# A start that comes up as often gets a server: it costs as much as a run.
FIRST_STARTS = 2
LONGEST = 60000
START_TIMEOUT = 120

# The name of the capture too it takes before: it is longer than any, and changed in the copy.
CAPTURE_MARK = "/smsrc-fork-server/"
LONGEST_NAME = 4000
CAPTURE = ["-r", CAPTURE_MARK + "x" * LONGEST_NAME]


def early(argv):
    """The part of tshark's arguments that counts before the server waits; None where an argument
    is not one of those above."""
    found, rest = [], iter(argv[1:])
    for word in rest:
        if word in EARLY:
            found.append(word)
        elif word in EARLY_WITH_VALUE | WITH_VALUE:
            value = next(rest, None)
            if value is None or word == "-o" and value.startswith("extcap."):
                return None
            found += [word, value] if word in EARLY_WITH_VALUE else []
        elif word not in WITHOUT:
            return None
    return tuple(found)


def capture_of(argv):
    return argv[argv.index("-r") + 1] if "-r" in argv[:-1] else ""


def common_start(argv):
    """The command whose start this one shares, or None."""
    if len("\0".join(argv).encode()) > LONGEST:
        return None
    if argv[0] == "sharkd":
        return tuple(argv) if argv[1:] == ["-"] else None
    if argv[0] != "tshark" or argv.count("-r") != 1 or len(capture_of(argv)) > LONGEST_NAME:
        return None
    options = early(argv)
    return None if options is None else ("tshark", *CAPTURE, *options)


class Server:
    """A program that waits. `said` is what it printed on stderr at its start."""

    def __init__(self, start, command, plugin, env, library):
        self.socket, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        how = start(command, plugin, {**env, "LD_PRELOAD": library, VARIABLE: other.fileno()})
        with open(os.memfd_create("stderr"), "w+b") as stderr:
            self.process = subprocess.Popen(**how, pass_fds=[other.fileno()], stderr=stderr,
                                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            other.close()
            self.works = self.number(START_TIMEOUT) is not None
            stderr.seek(0)
            self.said = stderr.read()

    def number(self, timeout):
        """The next number that it sends: None where it has ended, TimeoutError after that time."""
        self.socket.settimeout(timeout)
        sent = array.array("i", self.socket.recv(4))
        return sent[0] if sent else None

    def ask(self, words, streams, timeout):
        """Sends a request; returns what its process ended with, None where the server is gone."""
        try:
            socket.send_fds(self.socket, ["\0".join([*words, ""]).encode()],
                            [stream.fileno() for stream in streams])
            copy = self.number(START_TIMEOUT)
        except OSError:
            return None
        try:
            return copy and self.number(timeout)
        except TimeoutError:
            os.kill(copy, signal.SIGKILL)
            self.number(START_TIMEOUT)
            raise

    def run(self, argv, stdin, timeout):
        """The return code, stdout and stderr of a run, None where the server is gone; TimeoutError
        where the run has no end."""
        with contextlib.ExitStack() as closing:
            streams = [closing.enter_context(open(os.memfd_create(name), "w+b"))
                       for name in ("in", "out", "err")]
            streams[0].write(stdin)
            streams[0].seek(0)
            status = self.ask([capture_of(argv), *argv], streams, timeout)
            if status is None:
                self.works = False
                return None
            for stream in streams:
                stream.seek(0)
            return (os.waitstatus_to_exitcode(status), streams[1].read(),
                    self.said + streams[2].read())

    def end(self):
        self.socket.close()
        self.process.wait()


class Servers:
    """Those of one test run. start: (argv, plugin, variables) -> the arguments of Popen."""

    def __init__(self, library, start):
        self.library = library
        self.start = start
        self.lock = threading.Lock()
        self.starts = collections.Counter()
        self.servers = {}
        if ORDINARY_STARTS not in os.environ and shutil.which("gcc"):
            subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror",
                            "-o", library, SOURCE, "-ldl"], check=True)
        self.built = library.is_file()

    def server(self, argv, plugin, env):
        """The server for this command, None where it does not share its start with others."""
        command = common_start(argv) if self.built else None
        if command is None:
            return None
        key = command, plugin, *env.items()
        self.starts[key] += 1
        if self.starts[key] <= FIRST_STARTS:
            return None
        if key not in self.servers:
            self.servers[key] = Server(self.start, command, plugin, env, self.library)
        return self.servers[key] if self.servers[key].works else None

    def run(self, argv, plugin, env, stdin, timeout):
        """The return code, stdout and stderr of a run, None where an ordinary one has to be made;
        TimeoutError where it has no end."""
        if not self.lock.acquire(blocking=False):
            return None
        try:
            server = self.server(argv, plugin, env)
            return server.run(argv, stdin, timeout) if server else None
        finally:
            self.lock.release()

    def end(self):
        for server in self.servers.values():
            server.end()
