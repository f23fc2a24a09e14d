# test_build.py
# The build: without a warning by two compilers, with clear errors, installed where it is found
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later

import pathlib
import re
import shutil

import pytest

from cmake_build import build, built_by, command, configure, prefix_of, put_back
from committed import git
from conftest import IS_SAMPLE, ROOT

TOP_LEVEL = {"plugin", "include", "test-captures", "CMakeLists.txt", "README.md", "COPYING"}


# In another system test_versions.py builds with clang.
COMPILERS = ["gcc"] if IS_SAMPLE else ["gcc", "clang"]


@pytest.fixture(scope="module", params=COMPILERS)
def compiled(request, tmp_path_factory):
    """A build by one compiler, warnings being errors: (compiler, its folder, its output)."""
    assert shutil.which(request.param), f"{request.param} is missing"
    return request.param, *built_by(request.param, tmp_path_factory)


def test_builds_without_a_warning(compiled):
    compiler, folder, said = compiled
    cache = (folder / "CMakeCache.txt").read_text()
    assert re.search(rf"^CMAKE_C_COMPILER:\w+=.*{compiler}$", cache, re.MULTILINE)
    assert "-Werror" in (folder / "build.ninja").read_text()
    assert "warning" not in said.lower(), said


def test_the_default_build_makes_the_plugin_and_no_test(compiled):
    """A user needs no unit test, no fuzzer, and nothing of the benchmark."""
    _, folder, _ = compiled
    made = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and
            path.read_bytes()[:4] == b"\x7fELF"]
    made = [path for path in made if path.parts[0] != "CMakeFiles"]  # CMake's own trials
    assert [path.name for path in made if path.suffix == ".so"] == ["smsrc.so"]
    assert {path.suffix for path in made} == {".o", ".so"}
    assert {path.parts[0] for path in made} == {"plugin", "run"}
    assert list((folder / "test-captures").rglob("*.o")) == []


def test_each_compilers_plugin_loads(compiled, sandbox, wireshark_version, ordinary):
    _, folder, _ = compiled
    plugin = folder / "run" / "{}.{}".format(*wireshark_version) / "epan" / "smsrc.so"
    assert plugin.is_file()
    done = ordinary(["tshark", "-G", "plugins"],
                    plugin=sandbox.copy_plugins(folder, sandbox.new_folder("plugins")))
    assert re.search(r"^smsrc\.so\s", done.stdout, re.MULTILINE), done.stderr


def test_it_needs_no_function_of_a_newer_glib(compiled):
    """Headers of GLib 2.76 and later put these in place of g_free, g_string_free and the like."""
    _, folder, _ = compiled
    code, symbols = command("nm", "-D", next((folder / "run").rglob("smsrc.so")))
    assert code == 0, symbols
    needed = set(re.findall(r" U (g_\w+)", symbols))
    assert "g_free" in needed and "g_malloc" in needed
    assert not needed & {"g_free_sized", "g_string_free_and_steal", "g_string_append_len_inline",
                         "g_once_init_enter_pointer", "g_once_init_leave_pointer"}


def test_only_entry_points_are_exported(compiled, wireshark_version):
    """The symbols that this version of Wireshark requires of a plugin, and no others."""
    _, folder, _ = compiled
    plugin = next((folder / "run").rglob("smsrc.so"))
    code, symbols = command("nm", "-D", "--defined-only", plugin)
    assert code == 0, symbols
    wanted = {"plugin_version", "plugin_want_major", "plugin_want_minor", "plugin_register"}
    if wireshark_version >= (4, 2):
        wanted.add("plugin_describe")
    assert {line.split()[-1] for line in symbols.splitlines()} == wanted


def test_nothing_is_wanted_that_its_libraries_do_not_have(compiled):
    """A symbol that is nowhere is not an error of the link, but the plugin would not load."""
    _, folder, _ = compiled
    plugin = next((folder / "run").rglob("smsrc.so"))
    code, said = command("ldd", "-r", plugin)
    assert code == 0 and "undefined symbol" not in said and "not found" not in said, said
    assert "libwireshark.so" in said


# --- Ways in ------------------------------------------------------------------------------------

# As sources of 4.7 had it: see SMSRC_HAS_PLUGIN_MODULE in include/smsrc-compat.h.
MODULE_HEADER = """
#pragma once
#include <stdint.h>
#define WS_PLUGIN_DESC_DISSECTOR (1UL << 0)
typedef void plugins_t;
typedef enum { WS_PLUGIN_NONE, WS_PLUGIN_EPAN } plugin_type_e;
struct ws_module {
    uint32_t flags;
    const char *version, *spdx_id, *home_url, *blurb;
    void (*register_cb)(void);
};
#define WIRESHARK_PLUGIN_REGISTER(type, pointer, level) \\
    WS_DLL_PUBLIC plugin_type_e wireshark_load_module(int *abi, int *api, \\
                                                      struct ws_module **module) \\
    { *abi = 470; *api = level; *module = pointer; return WS_PLUGIN_ ## type; }
#define WIRESHARK_PLUGIN_REGISTER_EPAN(pointer, level) \\
    WIRESHARK_PLUGIN_REGISTER(EPAN, pointer, level)
"""


@pytest.mark.quick
@pytest.mark.parametrize("has_module", [False, True])
def test_it_registers_as_wiresharks_headers_want_it(tmp_path, wireshark_version, has_module):
    if has_module:
        (tmp_path / "wsutil").mkdir()
        (tmp_path / "wsutil" / "plugins.h").write_text(MODULE_HEADER)
    code, flags = command("pkg-config", "--cflags", "wireshark", "glib-2.0")
    assert code == 0, flags
    rooms = [path for path in (ROOT / "include").rglob("*") if path.is_dir()]
    code, said = command(
        "gcc", "-std=gnu11", "-Wall", "-Wextra", "-Wmissing-prototypes", "-Werror", "-fPIC",
        "-fvisibility=hidden", f"-I{tmp_path}", f"-I{ROOT}/include", f"-I{ROOT}/plugin",
        *(f"-I{room}" for room in rooms), *flags.split(), '-DSMSRC_VERSION="1.2.3"', "-c",
        ROOT / "plugin/plugin.c", "-o", tmp_path / "plugin.o")
    assert code == 0, said
    code, symbols = command("nm", "--defined-only", "--extern-only", tmp_path / "plugin.o")
    assert code == 0, symbols
    describes = {"plugin_describe"} if wireshark_version >= (4, 2) else set()
    assert {line.split()[-1] for line in symbols.splitlines()} == (
        {"wireshark_load_module"} if has_module else
        {"plugin_version", "plugin_want_major", "plugin_want_minor", "plugin_register", *describes})


# --- Wireshark's message about a build for another version --------------------------------------

@pytest.fixture(scope="module")
def one_minor_later(plugin_build, sandbox, wireshark_version):
    """A folder of plugins with a copy of the plugin that requires the next minor version."""
    plugins = sandbox.copy_plugins(plugin_build, sandbox.new_folder("later"))
    plugin = next(plugins.rglob("smsrc.so"))
    code, symbols = command("nm", "-D", plugin)
    assert code == 0, symbols
    code, sections = command("readelf", "-SW", plugin)
    assert code == 0, sections
    address = int(re.search(r"^(\w+) R plugin_want_minor$", symbols, re.MULTILINE)[1], 16)
    start, offset = (int(number, 16) for number in re.search(
        r"\.rodata\s+PROGBITS\s+(\w+)\s+(\w+)", sections).groups())
    whole = bytearray(plugin.read_bytes())
    at = address - start + offset
    assert int.from_bytes(whole[at:at + 4], "little") == wireshark_version[1]
    whole[at:at + 4] = (wireshark_version[1] + 1).to_bytes(4, "little")
    plugin.write_bytes(whole)
    return plugins


def test_wireshark_refuses_another_minor_version_and_goes_on(tshark, made, one_minor_later,
                                                            wireshark_version):
    """Where the libraries of both versions are installed; else see test_versions.py."""
    done = tshark(made("rc-busy"), plugin=one_minor_later, check=False)
    assert done.returncode == 0
    major, minor = wireshark_version
    assert f"The plugin 'smsrc.so' was compiled for Wireshark version {major}.{minor + 1}" in (
        done.stderr)
    assert done.stdout and "SMSRC" not in done.stdout


# --- CMake's errors -----------------------------------------------------------------------------

def fake_wireshark(folder, version, plugins="ON"):
    """A Wireshark package of this version, as far as find_package() reads it."""
    folder.mkdir()
    major, minor, _ = version.split(".")
    (folder / "WiresharkConfigVersion.cmake").write_text(
        f'set(PACKAGE_VERSION "{version}")\nset(PACKAGE_VERSION_COMPATIBLE TRUE)\n')
    (folder / "WiresharkConfig.cmake").write_text(
        f"set(Wireshark_MAJOR_VERSION {major})\nset(Wireshark_MINOR_VERSION {minor})\n"
        f"set(Wireshark_PLUGINS_ENABLED {plugins})\n")
    return folder


def refusal(folder, *args):
    """CMake's error message, on one line."""
    code, said = configure(folder, *args)
    assert code != 0, said
    assert "CMake Error" in said
    return " ".join(said.split())


@pytest.mark.quick
def test_says_which_package_is_missing(tmp_path):
    said = refusal(tmp_path / "build", "-DCMAKE_DISABLE_FIND_PACKAGE_Wireshark=ON")
    assert "No Wireshark development package found" in said
    assert "wireshark-dev" in said and "4.0 or later" in said


@pytest.mark.quick
def test_says_that_wireshark_is_too_old(tmp_path):
    fake = fake_wireshark(tmp_path / "fake", "3.6.2")
    said = refusal(tmp_path / "build", f"-DWireshark_DIR={fake}")
    assert "Wireshark 3.6.2 is too old" in said
    assert "wireshark-dev" in said and "4.0 or later" in said


@pytest.mark.quick
def test_says_that_wireshark_takes_no_plugins(tmp_path):
    fake = fake_wireshark(tmp_path / "fake", "4.0.0", plugins="OFF")
    said = refusal(tmp_path / "build", f"-DWireshark_DIR={fake}")
    assert "without plugin support" in said


# --- Installation -------------------------------------------------------------------------------

def profile_files(folder):
    """The names that the profile's files have in one of Wireshark's configuration folders."""
    files = list((ROOT / "plugin" / "profile" / "SMS 2003").iterdir())
    assert files
    return [folder / "profiles" / "SMS 2003" / p.name for p in files]


def batch_files(prefix):
    share = prefix / "share/wireshark-plugin-smsrc"
    programs = ("smsrc-batch", "smsrc-roles", "smsrc-report")
    return [*(prefix / "bin" / name for name in programs),
            *(prefix / "share/man/man1" / f"{name}.1" for name in programs),
            share / "smsrc-batch.sbatch", share / "smsrc-elastic-mapping.json",
            share / "smsrc-report.html"]


def test_system_install_goes_into_wiresharks_folder(compiled, ordinary, tmp_path):
    _, folder, _ = compiled
    code, said = command("cmake", "--install", folder, env={"DESTDIR": str(tmp_path)})
    assert code == 0, said
    folders = ordinary(["tshark", "-G", "folders"], env={"WIRESHARK_PLUGIN_DIR": None,
                                                         "WIRESHARK_DATA_DIR": None}).stdout
    wanted = re.search(r"^Global Plugins:\s+(/.*)$", folders, re.MULTILINE).group(1)
    data = re.search(r"^Global configuration:\s+(/.*)$", folders, re.MULTILINE).group(1)
    installed = {p for p in tmp_path.rglob("*") if not p.is_dir()}
    assert installed == {tmp_path / wanted.lstrip("/") / "epan" / "smsrc.so",
                         *profile_files(tmp_path / data.lstrip("/")),
                         *batch_files(tmp_path / "usr")}


@pytest.fixture
def users_own(fresh_home, tmp_path_factory):
    """A build configured for one user: (its folder, the user's home)."""
    home = fresh_home()
    folder, _ = built_by("gcc", tmp_path_factory)
    prefix = prefix_of(folder)
    build(folder, "-DSMSRC_USER_INSTALL=ON", env={"HOME": str(home)})
    yield folder, home
    put_back(folder, prefix)


def test_user_install_is_found_by_that_users_tshark(users_own, ordinary, wireshark_version):
    folder, home = users_own
    code, said = command("cmake", "--install", folder)
    assert code == 0, said
    version = "{}.{}".format(*wireshark_version)
    plugin = home / ".local/lib/wireshark/plugins" / version / "epan" / "smsrc.so"
    folders = ordinary(["tshark", "-G", "folders"], env={"HOME": home}).stdout
    config = re.search(r"^Personal configuration:\s+(/.*)$", folders, re.MULTILINE).group(1)
    assert config.startswith(str(home))
    assert {p for p in home.rglob("*") if not p.is_dir()} == {
        plugin, *profile_files(pathlib.Path(config)), *batch_files(home / ".local")}
    done = ordinary(["tshark", "-G", "plugins"], env={"HOME": home, "WIRESHARK_PLUGIN_DIR": None})
    assert re.search(rf"^smsrc\.so\s.*{re.escape(str(plugin))}$", done.stdout,
                     re.MULTILINE), done.stdout + done.stderr


# --- The tree -----------------------------------------------------------------------------------

@pytest.mark.quick
def test_top_level_holds_nothing_else():
    names = set(git("the top level of the repository", "ls-tree", "--name-only", "HEAD").split())
    assert {n for n in names if not n.startswith(".")} == TOP_LEVEL
    assert all((pathlib.Path(ROOT) / n).exists() for n in TOP_LEVEL)
