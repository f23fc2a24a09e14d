# test_static.py
# Static checks of the C code: gcc's analyzer, cppcheck, clang-tidy, Wireshark's own checkers, and
# the essentials of these where they are not available
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Nothing may be found. What is left out is listed, with its reason, in .clang-tidy and below.

Wireshark's checkers are in its source alone: SMSRC_WIRESHARK_SOURCE names a folder with it, or
test-captures/wireshark-source fetches Debian's.
"""

import os
import re
import shutil
import subprocess

import pytest

from conftest import INSIDE_ROOT, ROOT
from wireshark_source import wireshark_source

pytestmark = pytest.mark.quick

SOURCES = sorted((ROOT / "plugin").rglob("*.c"))
HEADERS = sorted([*(ROOT / "plugin").rglob("*.h"), *(ROOT / "include").rglob("*.h")])
DOORS = sorted({path.parent for path in (ROOT / "include").rglob("*.h")})
ELSEWHERE = pytest.mark.skipif(
    INSIDE_ROOT in os.environ, reason="the code is read once, with the tools of one system")

# On the compiler's own findings only: Wireshark's headers are not checked.
CPPCHECK_NOT = [
    # Its own word for "define this macro for me", about UAT_CSTRING_CB_DEF and its like.
    "unknownMacro",
    # uint16_t in printf's arguments, and a sign times a count: promoted to int, as meant.
    "invalidPrintfArgType_uint", "signConversion",
    # Where -I gives it no header of the system.
    "missingInclude", "missingIncludeSystem",
]


def flags():
    done = subprocess.run(["pkg-config", "--cflags", "wireshark", "glib-2.0"], check=True,
                          stdout=subprocess.PIPE, text=True)
    return [*done.stdout.split(), *(f"-I{door}" for door in DOORS),
            '-DSMSRC_VERSION="0"', "-std=gnu11"]


def every(argv_of, timeout=900):
    """Runs one command for each source file, two at a time; returns all that was printed."""
    said, running = [], []
    for number, argv in enumerate([*map(argv_of, SOURCES), None, None]):
        if len(running) == 2 or argv is None and running:
            said.append(running.pop(0).communicate(timeout=timeout)[0])
        if argv is not None:
            running.append(subprocess.Popen(list(map(str, argv)), stdout=subprocess.PIPE,
                                            stderr=subprocess.STDOUT, text=True, cwd=ROOT))
    return "".join(said)


def needs(program):
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed")


def read(path):
    return path.read_text(encoding="utf-8")


def without_comments(text):
    return re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.DOTALL)


@pytest.mark.slow
@ELSEWHERE
def test_gcc_analyzer(tmp_path):
    needs("gcc")
    said = every(lambda source: ["gcc", "-O1", "-fanalyzer", "-Wall", "-Wextra", *flags(), "-c",
                                 source, "-o", tmp_path / f"{source.stem}.o"])
    assert len(list(tmp_path.glob("*.o"))) == len(SOURCES), said
    assert "warning:" not in said, said


@ELSEWHERE
def test_gcc_analyzer_would_find_something(tmp_path):
    needs("gcc")
    bad = tmp_path / "bad.c"
    bad.write_text("#include <stdlib.h>\nint f(void) { int *p = malloc(4); return *p; }\n")
    done = subprocess.run(["gcc", "-fanalyzer", "-c", bad, "-o", tmp_path / "bad.o"], check=False,
                          stderr=subprocess.PIPE, text=True)
    assert "Wanalyzer" in done.stderr


@pytest.mark.slow
@ELSEWHERE
def test_cppcheck():
    needs("cppcheck")
    done = subprocess.run(
        ["cppcheck", "--enable=warning,performance,portability", "--std=c11", "--quiet",
         "--inline-suppr", "--error-exitcode=1", "--library=gtk", "-j2", f"-I{ROOT / 'include'}",
         '-DSMSRC_VERSION="0"', *(f"--suppress={name}" for name in CPPCHECK_NOT),
         str(ROOT / "plugin")], check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, timeout=600)
    assert done.returncode == 0 and "error:" not in done.stdout, done.stdout


@pytest.mark.slow
@ELSEWHERE
def test_clang_tidy():
    needs("clang-tidy")
    said = every(lambda source: ["clang-tidy", "--quiet", source, "--", *flags()])
    found = [line for line in said.splitlines() if re.search(r"(warning|error):", line)]
    assert not found, "\n".join(found)


# --- Wireshark's own checkers -------------------------------------------------------------------

def checker(name):
    return wireshark_source() / "tools" / name


def said_by(*argv):
    done = subprocess.run([str(a) for a in argv], check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=300)
    return done.returncode, done.stdout


@pytest.mark.slow
def test_checkhf():
    """It does not know of expert infos that a loop registers, one for each verdict."""
    _, said = said_by("perl", checker("checkhf.pl"), *SOURCES)
    loop = f"ERROR: NO ARRAY: {ROOT / 'plugin/audit/audit-tree.c'}: ei_smsrc_audit_verdict\n"
    assert said == loop


@pytest.mark.slow
def test_check_apis():
    """Of the restricted ones printf is what statistics print with, Wireshark's own too."""
    printing = "Warning: Found dissectors-restricted APIs in {}: printf\n".format(
        ROOT / "plugin/stats/terminal-table.c")
    code, said = said_by("perl", checker("checkAPIs.pl"), "-g", "dissectors-prohibited", "-g",
                         "dissectors-restricted",
                         *(path for path in [*SOURCES, *HEADERS] if path.name not in ALLOWED))
    assert (code, said.replace(printing, "")) == (0, "")


@pytest.mark.slow
def test_check_typed_item_calls():
    tool = checker("check_typed_item_calls.py")
    # It looks at nothing else, and takes a third of a second to look.
    with_items = [source for source in SOURCES
                  if re.search(r"\bhf_|proto_tree_add|ptvcursor", read(source))]
    assert len(with_items) > 10
    for source in with_items:
        code, said = said_by("python3", tool, "--mask", "--label", "--consecutive", "--file",
                             source)
        assert code == 0 and re.search(r"^0 warnings", said, re.MULTILINE), said


# --- Their essentials ---------------------------------------------------------------------------

PROHIBITED = (
    "malloc", "calloc", "realloc", "free", "strcpy", "strcat", "strncpy", "strncat", "sprintf",
    "vsprintf", "gets", "strtok", "atoi", "atol", "strdup", "alloca", "g_alloca", "abort",
    "g_error", "exit", "assert", "g_assert", "perror", "system", "popen", "tmpnam", "mktemp",
    "wmem_packet_scope", "ep_alloc", "tvb_get_ptr_unchecked", "inet_ntoa", "gmtime", "localtime",
    "ctime", "asctime", "setlocale", "g_memdup", "g_strcasecmp", "toupper", "tolower", "isalpha",
    "isprint", "isdigit", "isspace")

# A statistic that cannot start ends tshark, as Wireshark's own do: nothing else makes tshark
# report a failure before 4.6.
ALLOWED = {"stat-listener.c": {"exit"}}


@pytest.mark.parametrize("path", [*SOURCES, *HEADERS], ids=lambda path: path.name)
def test_no_prohibited_call(path):
    code = without_comments(read(path))
    found = {name for name in PROHIBITED if re.search(rf"(?<![\w.>]){name}\s*\(", code)}
    assert found == ALLOWED.get(path.name, set())


def test_every_statistic_has_its_name_checked():
    """Wireshark takes an argument of -z that only begins with a name for that name."""
    for path in SOURCES:
        calls = re.findall(r"\b(?:register_stat_tap_ui|register_stat_tap_table_ui)\s*\(",
                           without_comments(read(path)))
        assert len(calls) == (path.name in ("stat-listener.c", "terminal-table.c")), path


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_each_field_is_registered_and_used(path):
    """A name of a field, of a subtree or of an expert info is declared, registered and used."""
    code = without_comments(read(path))
    names = set(re.findall(r"^static (?:int|expert_field) ((?:hf|ett|ei)_\w+)", code,
                           re.MULTILINE))
    for name in names:
        assert re.search(rf"&{name}\b", code), f"{name} is not registered"
        assert len(re.findall(rf"\b{name}\b", code)) >= 3, f"{name} is not used"


def test_a_fields_name_is_that_of_its_variable():
    seen = {}
    for path in SOURCES:
        code = without_comments(read(path))
        for name, filter_name in re.findall(
                r"\{\s*&(hf_\w+),\s*\{\s*\"[^\"]*\",\s*\"([a-z0-9_.]+)\"", code):
            mirrored = filter_name.replace(".", "_")
            assert name in ("hf_" + mirrored, "hf_" + mirrored.removeprefix("smsrc_"))
            assert filter_name not in seen, f"{filter_name} twice: {seen[filter_name]}, {path}"
            seen[filter_name] = path.name
        for name, filter_name in re.findall(
                r"\{\s*&(ei_\w+),\s*\{\s*\"([a-z0-9_.]+)\"", code):
            mirrored = filter_name.replace(".", "_")
            assert name in ("ei_" + mirrored, "ei_" + mirrored.removeprefix("smsrc_"))
    assert len(seen) > 50


def test_versions_are_tested_in_one_file():
    for path in [*SOURCES, *HEADERS]:
        if path.name != "smsrc-compat.h":
            assert not re.search(r"^\s*#\s*(if|elif)\b.*(SMSRC_WS_AT_LEAST|WIRESHARK_VERSION)",
                                 read(path), re.MULTILINE), path


# --- Names --------------------------------------------------------------------------------------

# What Windows's io.h, direct.h, process.h, conio.h and string.h declare under plain names, beside
# what the C library here has.
WINDOWS_NAMES = frozenset("""
    access beep cgets chdir chmod chsize close commit cputs creat cscanf cwait dup dup2 ecvt eof
    execl execle execlp execlpe execv execve execvp execvpe fcloseall fcvt fdopen fgetchar
    filelength fileno fputchar gcvt getch getche getcwd getpid heapwalk inp inpw isatty itoa
    kbhit locking lseek ltoa memccpy memicmp mkdir mktemp onexit open outp outpw pclose pipe
    popen putch putenv read remove rename rmdir rmtmp setmode sopen spawnl spawnle spawnlp
    spawnlpe spawnv spawnve spawnvp spawnvpe strcmpi strdup stricmp strlwr strnicmp strnset
    strrev strset strupr swab tell tempnam tzset ultoa umask ungetch unlink wcsdup wcsicmp write
    """.split())


def c_library_names():
    """What the C library exports: C, POSIX and its own."""
    needs("nm")
    names = set()
    for library in ("libc.so.6", "libm.so.6"):
        path = subprocess.run(["gcc", f"-print-file-name={library}"], check=True,
                              stdout=subprocess.PIPE, text=True).stdout.strip()
        listed = subprocess.run(["nm", "-D", "--defined-only", path], check=True,
                                stdout=subprocess.PIPE, text=True).stdout
        names.update(line.split()[-1].split("@")[0] for line in listed.splitlines())
    assert {"printf", "lseek", "access", "pow"} <= names
    return names


def functions_defined():
    """Name to file: in Wireshark's style the name of a function that is defined begins a line."""
    found = {}
    for path in [*(ROOT / "plugin").rglob("*.c"), *(ROOT / "include").rglob("*.h")]:
        for name in re.findall(r"^([A-Za-z_]\w*)\(", without_comments(read(path)), re.MULTILINE):
            found.setdefault(name, path.relative_to(ROOT))
    assert {"plugin_register", "proto_register_smsrc", "verdict_name"} <= set(found)
    return found


def test_no_function_has_a_name_of_the_c_library_of_posix_or_of_windows():
    """Such a name is declared already where a header of the system comes in by another one."""
    taken = WINDOWS_NAMES | c_library_names()
    assert {name: path for name, path in functions_defined().items() if name in taken} == {}
