#!/usr/bin/env python3
# bench.py
# What the plugin costs, beside ndpiReader and beside a Lua script: one table
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

# Instructions are counted by valgrind, so that a busy machine changes nothing: those of tshark for
# all packets but the first, by their number (callgrind, which seeds.c starts and stops), and those
# of ndpiReader in a run over the whole capture less a run over its first packet (cachegrind without
# a cache, three times faster where a start counts too). Counts are kept in the build folder: what
# was counted is not counted again while program, plugin and capture stay the same.

import argparse
import hashlib
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor

import traffic

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CAPTURES = pathlib.Path(
    os.environ.get("SMSRC_CAPTURES") or ROOT.parent / "shared" / "captures").resolve()
ORDINARY_USER = 65534

LEARN_OFF = "smsrc.audit.learn:FALSE"
MODES = {
    "statistic": ("-q", "-z", "io,stat,0"),
    "filter": ("-Y", "tcp.port == 1"),
    "print": (),
    "-V": ("-V",),
    "-T json": ("-T", "json"),
}
# Large enough for many flows, small enough for valgrind.
MADE_PACKETS = 4000
INTERLEAVED_PACKETS = 12000  # more flows than a small cache has entries
VALGRIND = ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")
VALGRIND_PACKETS = ("valgrind", "--tool=callgrind", "--instr-atstart=no",
                    "--callgrind-out-file=/dev/null")
SEEDS = pathlib.Path("bench") / "smsrc-seeds.so"  # in the build folder


def lua_hosts():
    """Lua's table has no networks: the hosts of the made captures and of the recorded site."""
    made = [f"10.2.0.{n + 1}=server" for n in range(traffic.NUM_SERVERS)]
    made += [f"10.1.{n >> 8}.{n & 255}=client" for n in range(1000)]
    table = (HERE.parent / "recorded" / "smsrc_roles").read_text(encoding="utf-8")
    site = [f"{host}={role}" for host, role in re.findall(r'"(.*?)","(.*?)"', table)]
    return ",".join(made + site)


def counted(seeds, argv, valgrind=VALGRIND):
    """The command that runs this one and counts its instructions, with the seeds of seeds.c; with
    VALGRIND_PACKETS, of tshark, those from its second packet until the capture is closed."""
    return ["env", f"LD_PRELOAD={seeds}", *valgrind, *argv]


def instructions_said(stderr):
    found = re.search(r"refs:\s*([\d,]+)", stderr)
    return int(found[1].replace(",", "")) if found else None


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def output(*argv):
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", check=False)
    return done.stdout.strip()


class Bench:
    def __init__(self, build):
        self.build = build
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="smsrc-bench-"))
        self.folder.chmod(0o755)
        self.kept = build / "bench.json"
        self.counts = json.loads(self.kept.read_text()) if self.kept.exists() else {}
        self.lock = threading.Lock()
        self.hosts = lua_hosts()
        for name in ("home", "none"):
            (self.folder / name).mkdir()
        if os.geteuid() == 0:
            os.chown(self.folder / "home", ORDINARY_USER, ORDINARY_USER)
        # Wireshark's programs load no plugin as root: an ordinary user has to read it.
        shutil.copytree(build / "run", self.folder / "plugins")
        for path in (self.folder / "plugins").rglob("*"):
            path.chmod(0o755)
        for path in (HERE / "audit.lua", build / SEEDS):
            shutil.copy(path, self.folder)
            (self.folder / path.name).chmod(0o755)
        self.plugin_hash = hashlib.sha256(b"".join(
            p.read_bytes() for p in sorted((build / "run").rglob("*.so")))).hexdigest()[:16]

    def run(self, argv, plugin, stdout=subprocess.DEVNULL):
        env = {"PATH": os.environ["PATH"], "HOME": str(self.folder / "home"), "TZ": "UTC",
               "LC_ALL": "C.UTF-8", "SMSRC_BENCH_HOSTS": self.hosts,
               "WIRESHARK_PLUGIN_DIR": str(self.folder / ("plugins" if plugin else "none")),
               "WIRESHARK_EXTCAP_DIR": str(self.folder / "none")}
        if os.geteuid() == 0:
            argv = ["setpriv", f"--reuid={ORDINARY_USER}", f"--regid={ORDINARY_USER}",
                    "--clear-groups", *argv]
        done = subprocess.run([str(a) for a in argv], env=env, cwd=self.folder, stdout=stdout,
                              stderr=subprocess.PIPE, text=True, errors="replace", check=False)
        if done.returncode != 0:
            sys.exit(f"{' '.join(map(str, argv))}\n{done.stderr}")
        return done

    def instructions(self, argv, capture, plugin=False, valgrind=VALGRIND):
        key = " ".join([valgrind[1], *map(str, argv),
                        hashlib.sha256(capture.read_bytes()).hexdigest()[:16],
                        self.plugin_hash if plugin else ""]).replace(str(self.folder), "")
        if key not in self.counts:
            done = self.run(counted(self.folder / SEEDS.name, argv, valgrind), plugin)
            with self.lock:
                self.counts[key] = instructions_said(done.stderr)
                self.kept.write_text(json.dumps(self.counts, indent=1))
        return self.counts[key]

    def of_tshark(self, capture, mode, plugin=False, prefs=(), more=()):
        """Instructions a packet."""
        argv = ["tshark", "-n", "-r", capture, *MODES[mode], *more,
                *(word for pref in prefs for word in ("-o", pref))]
        return (self.instructions(argv, capture, plugin, VALGRIND_PACKETS) /
                (packets_of(capture) - 1))

    def of_ndpi(self, capture):
        one = self.folder / "one.pcap"
        output("editcap", "-F", "pcap", "-r", str(capture), str(one), "1")
        argv = ["ndpiReader", "-q", "-i"]
        return (self.instructions([*argv, capture], capture) -
                self.instructions([*argv, one], one)) / (packets_of(capture) - 1)

    def time_and_memory(self, capture, plugin, prefs=(), more=()):
        """Seconds of a processor, and the peak of memory in bytes."""
        argv = ["/usr/bin/time", "-f", "%U %S %M", "tshark", "-n", "-r", capture,
                *MODES["statistic"], *more, *(word for pref in prefs for word in ("-o", pref))]
        user, system, peak = self.run(argv, plugin).stderr.split()[-3:]
        return float(user) + float(system), int(peak) * 1024


def packets_of(capture):
    return int(re.search(r"(\d+)\s*$", output("capinfos", "-Mrc", "-T", str(capture)))[1])


def is_ethernet(path):
    return re.search(r"encapsulation:\s+Ethernet$", output("capinfos", "-E", str(path)), re.M)


def merge(sources, path):
    """One after the other, as pcap, which ndpiReader reads too."""
    output("mergecap", "-a", "-F", "pcap", "-w", str(path), *map(str, sources))
    path.chmod(0o644)
    return path


def captures(folder):
    """name -> (capture, preferences: roles of hosts, words)"""
    recorded = HERE.parent
    mixed = sorted(p for kind in ("kb", "nonstd", "fp")
                   for p in (CAPTURES / "real").glob(f"{kind}-*cap") if is_ethernet(p))
    out = {}
    if mixed:
        out["mixed"] = (merge(mixed, folder / "mixed.pcap"), (),
                        "no SMS: recorded traffic of others, 30 kinds")
    out["quiet"] = (traffic.write_quiet(folder / "quiet.pcap", MADE_PACKETS), (),
                    "no SMS: made, HTTP and DNS, every second packet empty")
    out["site"] = (merge([recorded / "recorded" / "site.pcapng"], folder / "site.pcap"), (),
                   "a recorded site with SMS")
    out["worst"] = (traffic.write_worst(folder / "worst.pcap", MADE_PACKETS),
                    traffic.WORST_ROLES,
                    "made: every packet between hosts with roles, every flow off the matrix")
    out["scan"] = (traffic.write_scan(folder / "scan.pcap", MADE_PACKETS), traffic.WORST_ROLES,
                   "made: a SYN scan of a host with a role by another")
    out["interleaved"] = (traffic.write_interleaved(folder / "interleaved.pcap",
                                                    INTERLEAVED_PACKETS), traffic.WORST_ROLES,
                          "made: bare packets of 2,000 flows between hosts with roles, in turn")
    out["sessions"] = (traffic.write_remote_control(folder / "sessions.pcap", MADE_PACKETS), (),
                       "made: Remote Control's data, all of it dissected")
    out["configmgr"] = (merge(sorted((recorded / "configmgr").glob("*.pcapng")),
                              folder / "configmgr.pcap"), (),
                        "recorded: ConfigMgr's remote control, sealed")
    for capture, _, _ in out.values():
        capture.chmod(0o644)
    return out


def row(*cells):
    return "| " + " | ".join(map(str, cells)) + " |"


def head(*cells):
    return [row(*cells), "|" + "---|" * len(cells)]


def number(value):
    return f"{value:,.0f}"


def percent(part, whole):
    return f"{100 * part / whole:+.1f} %"


def machine():
    cpu = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    tree = output("git", "-C", str(ROOT), "describe", "--always", "--dirty")
    ndpi = re.search(r"nDPI ([\d.]+)", output("ndpiReader", "-h")) if shutil.which(
        "ndpiReader") else None
    return [f"* {cpu[1] if cpu else platform.machine()}, {os.cpu_count()} processors, "
            f"{platform.system()} {platform.release()}",
            "* " + re.search(r"TShark .*", output("tshark", "--version"))[0],
            f"* nDPI {ndpi[1]}" if ndpi else "* no ndpiReader (package libndpi-bin)",
            f"* {output('valgrind', '--version')}", f"* smsrc {tree}"]


def table_of_modes(bench, known, names, modes):
    lines = head("capture", "mode", "tshark alone", "plugin, learning off", "", "learning on", "")
    # Counted beforehand, on all processors: other load does not change the counts.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for name in names:
            capture, prefs, _ = known[name]
            for mode in modes:
                pool.submit(bench.of_tshark, capture, mode)
                pool.submit(bench.of_tshark, capture, mode, True, [*prefs, LEARN_OFF])
                pool.submit(bench.of_tshark, capture, mode, True, prefs)
    for name in names:
        capture, prefs, _ = known[name]
        for mode in modes:
            say(f"{name}, {mode}")
            alone = bench.of_tshark(capture, mode)
            off = bench.of_tshark(capture, mode, True, [*prefs, LEARN_OFF]) - alone
            learn = bench.of_tshark(capture, mode, True, prefs) - alone
            lines.append(row(name, mode, number(alone), number(off), percent(off, alone),
                             number(learn), percent(learn, alone)))
    return lines


def table_of_others(bench, known, names):
    lines = head("capture", "plugin, learning off", "learning on", "ndpiReader, whole",
                 "Lua script", "half of ndpiReader", "a tenth of Lua")
    lua = ("-X", f"lua_script:{bench.folder}/audit.lua")
    for name in names:
        capture, prefs, _ = known[name]
        say(f"{name}, the others")
        alone = bench.of_tshark(capture, "statistic")
        off = bench.of_tshark(capture, "statistic", True, [*prefs, LEARN_OFF]) - alone
        learn = bench.of_tshark(capture, "statistic", True, prefs) - alone
        script = bench.of_tshark(capture, "statistic", more=lua) - alone
        ndpi = bench.of_ndpi(capture) if shutil.which("ndpiReader") else None

        def holds(limit):
            return "-" if limit is None else " / ".join(
                "yes" if cost < limit else "**no**" for cost in (off, learn))
        lines.append(row(name, number(off), number(learn), number(ndpi) if ndpi else "-",
                         number(script), holds(ndpi / 2 if ndpi else None), holds(script / 10)))
    return lines


# Above it valgrind takes too long: only time and memory are measured.
MOST_COUNTED = 10**6


def table_of_growth(bench, sizes):
    lines = head("packets", "flows", "plugin, instructions a packet", "",
                 "tshark alone, µs a packet", "with plugin", "memory alone", "with plugin",
                 "of it, bytes a flow")
    path = bench.folder / "growth.pcap"

    def microseconds(plugin, prefs=()):
        """Of a packet, without starting; and the peak of memory."""
        seconds, peak = bench.time_and_memory(path, plugin, prefs)
        start, _ = bench.time_and_memory(path, plugin, prefs, ("-c", "1"))
        return f"{1e6 * (seconds - start) / size:.1f}", peak
    for size in sizes:
        say(f"growth, {size}")
        traffic.write_worst(path, size)
        path.chmod(0o644)
        counted_cells = "-", ""
        if size <= MOST_COUNTED and shutil.which("valgrind"):
            with ThreadPoolExecutor(2) as pool:
                alone, plugin = pool.map(lambda args: bench.of_tshark(path, "statistic", *args),
                                         [(), (True, traffic.WORST_ROLES)])
            counted_cells = number(plugin - alone), percent(plugin - alone, alone)
        alone, peak = microseconds(False)
        cost, memory = microseconds(True, traffic.WORST_ROLES)
        flows = size // traffic.FLOW_PACKETS
        lines.append(row(f"{size:,}", f"{flows:,}", *counted_cells, alone, cost,
                         f"{peak / 1e6:,.0f} MB", f"{memory / 1e6:,.0f} MB",
                         number((memory - peak) / flows)))
        path.unlink()
    return lines


def main():
    parser = argparse.ArgumentParser(description="What the plugin costs, as a table")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--out", type=pathlib.Path, help="write the table there")
    parser.add_argument("--captures", nargs="*", help="these only")
    parser.add_argument("--modes", nargs="*", choices=MODES, default=list(MODES))
    parser.add_argument("--sizes", nargs="*", type=int, default=[10**4, 10**5, 10**6, 10**7])
    options = parser.parse_args()
    os.nice(10)
    bench = Bench(options.build.resolve())
    try:
        known = captures(bench.folder)
        names = [name for name in known if name in (options.captures or known)]
        lines = ["# What smsrc costs", "",
                 "Written by `cmake --build build --target bench`: instructions a packet, counted "
                 "by valgrind,", "and what the plugin adds to them. Its meaning: "
                 "`plugin/doc/cost.md`.", "", *machine(), ""]
        lines += head("capture", "packets", "what")
        lines += [row(name, number(packets_of(known[name][0])), known[name][2]) for name in names]
        if options.modes:
            lines += ["", "## In each mode of tshark", "",
                      *table_of_modes(bench, known, names, options.modes)]
        lines += ["", "## Beside others", "", "`statistic` mode; \"yes / no\": with learning off "
                  "/ on.", "", *table_of_others(bench, known, names)]
        if options.sizes:
            lines += ["", "## Growth", "", "Capture `worst` at other sizes, learning on. Time is "
                      "the processor's, by /usr/bin/time, less that of the first packet alone: as "
                      "busy as the machine was.", "", *table_of_growth(bench, options.sizes)]
        text = "\n".join(lines) + "\n"
        if options.out:
            options.out.write_text(text, encoding="utf-8")
        print(text)
    finally:
        shutil.rmtree(bench.folder, ignore_errors=True)


if __name__ == "__main__":
    main()
