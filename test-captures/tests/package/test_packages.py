# test_packages.py
# What cpack makes of the build: a Debian package, an RPM, a tarball for one user; the uninstall
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The packages by their contents. test_package_systems.py installs them in clean systems."""

import pathlib
import re
import shutil
import subprocess
import tarfile

import pytest

from cmake_build import built_by, command, configure, prefix_of, put_back
from conftest import ROOT
from profile_tables import VIEWERS_REPLY

pytestmark = pytest.mark.slow

NAME = "wireshark-plugin-smsrc"
PROGRAM = "bin/smsrc-batch"
MANUAL = "share/man/man1/smsrc-batch.1"
BATCH = {PROGRAM, MANUAL, "bin/smsrc-roles", "share/man/man1/smsrc-roles.1", "bin/smsrc-report",
         "share/man/man1/smsrc-report.1", f"share/{NAME}/smsrc-batch.sbatch",
         f"share/{NAME}/smsrc-elastic-mapping.json", f"share/{NAME}/smsrc-report.html"}
PAGES = sorted(p.relative_to(ROOT)
               for pattern in ("plugin/doc/*.md", "test-captures/pictures/*.png")
               for p in ROOT.glob(pattern))
DOCUMENTS = {f"share/doc/{NAME}/{name}" for name in ("README.md", "copyright", *PAGES)} | BATCH
PROFILE = {f"share/wireshark/profiles/SMS 2003/{p.name}"
           for p in (ROOT / "plugin" / "profile" / "SMS 2003").iterdir()}


def pack(folder, to, *args):
    """Runs cpack with a umask that lets no other user in; returns what it made."""
    done = subprocess.run(["cpack", "--config", folder / "CPackConfig.cmake", "-B", to, *args],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, timeout=300, umask=0o077)
    assert done.returncode == 0, done.stdout
    return to


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder, _ = built_by("gcc", tmp_path_factory)
    (folder / "install_manifest.txt").unlink(missing_ok=True)  # another test may have installed it
    prefix = prefix_of(folder)
    yield folder
    put_back(folder, prefix)


@pytest.fixture(scope="module")
def packages(built, tmp_path_factory):
    return pack(built, tmp_path_factory.mktemp("packages"))


def debian_package(packages):
    for tool in ("dpkg-deb", "dpkg-shlibdeps", "file"):
        if not shutil.which(tool):
            pytest.skip(f"a Debian package is made only where {tool} is")
    found = list(packages.glob("*.deb"))
    assert len(found) == 1, list(packages.iterdir())
    return found[0]


@pytest.fixture(scope="module")
def deb(packages):
    return debian_package(packages)


@pytest.fixture(scope="module")
def tarball(packages):
    found = list(packages.glob("*.tar.gz"))
    assert len(found) == 1, list(packages.iterdir())
    return found[0]


def field(deb, name):
    code, said = command("dpkg-deb", "-f", deb, name)
    assert code == 0, said
    return said.strip()


def global_plugin(ordinary):
    """The folder of the plugins for all users, without the first slash."""
    said = ordinary(["tshark", "-G", "folders"], env={"WIRESHARK_PLUGIN_DIR": None}).stdout
    return re.search(r"^Global Plugins:\s+/(.*)$", said, re.MULTILINE).group(1) + "/epan/smsrc.so"


# --- The Debian package -------------------------------------------------------------------------

def test_package_depends_on_the_series_it_was_built_for(deb, wireshark_version):
    major, minor = wireshark_version
    depends = set(field(deb, "Depends").split(", "))
    assert f"wireshark-common (>= {major}.{minor}~)" in depends
    assert f"wireshark-common (<< {major}.{minor + 1}~)" in depends
    assert any(re.fullmatch(r"libwireshark\d+ \(>= .*\)", d) for d in depends), depends
    assert any(d.startswith("libc6 ") for d in depends), depends


@pytest.mark.parametrize("version, fits", [
    ("{0}.{1}.0-1", True), ("{0}.{1}.0~rc1-1", True), ("{0}.{1}.17-0+deb12u3", True),
    ("{0}.{1}.9-1+b1", True), ("{0}.{2}.0~rc1-1", False), ("{0}.{2}.0-1", False),
    ("{0}.{3}.9-1", False)])
def test_bounds_fit_debians_version_numbers(deb, wireshark_version, version, fits):
    major, minor = wireshark_version
    version = version.format(major, minor, minor + 1, minor - 1)
    bounds = re.findall(r"wireshark-common \((\S+) (\S+)\)", field(deb, "Depends"))
    assert len(bounds) == 2
    assert fits == all(command("dpkg", "--compare-versions", version, relation, bound)[0] == 0
                       for relation, bound in bounds)


def test_package_says_what_it_is(deb, wireshark_version):
    version = re.search(r"^project\(smsrc VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text(),
                        re.MULTILINE).group(1)
    series = "{}.{}".format(*wireshark_version)
    assert field(deb, "Package") == NAME
    assert field(deb, "Version") == f"{version}+wireshark{series}"
    assert field(deb, "Section") == "net"
    assert field(deb, "Maintainer").endswith(".invalid>")
    assert field(deb, "Architecture") == command("dpkg", "--print-architecture")[1].strip()
    assert f"loads in Wireshark, tshark and sharkd {series}" in field(deb, "Description")


def deb_members(deb):
    archive = subprocess.run(["dpkg-deb", "--fsys-tarfile", deb], check=True, timeout=60,
                             stdout=subprocess.PIPE).stdout
    path = deb.with_suffix(".tar")
    path.write_bytes(archive)
    with tarfile.open(path) as opened:
        return {m.name.removeprefix("./"): m for m in opened.getmembers()}


def check_members(members, wanted):
    """These files and their folders, nothing else, and all of them as a package has them."""
    assert {n for n, m in members.items() if not m.isdir()} == wanted
    folders = {n for n, m in members.items() if m.isdir()}
    assert all(any(w.startswith(f"{n}/") for w in wanted) for n in folders - {"", "."}), folders
    for name, member in members.items():
        assert member.isdir() or member.isfile(), name
        assert member.uid == member.gid == 0, name
        assert member.mode in ((0o755,) if member.isdir() else (0o644, 0o755)), name
        program = "bin" in name.split("/")
        assert name.endswith(".so") or member.isdir() or program == (member.mode == 0o755), name


def test_package_holds_the_plugin_and_documents(deb, ordinary):
    members = deb_members(deb)
    check_members(members, {global_plugin(ordinary), *(f"usr/{d}" for d in DOCUMENTS | PROFILE)})


def test_package_runs_no_scripts(deb, tmp_path):
    code, said = command("dpkg-deb", "-e", deb, tmp_path / "control")
    assert code == 0, said
    assert {p.name for p in (tmp_path / "control").iterdir()} == {"control", "md5sums"}


def test_documents_are_this_trees(deb, tmp_path):
    code, said = command("dpkg-deb", "-x", deb, tmp_path)
    assert code == 0, said
    folder = tmp_path / "usr/share/doc" / NAME
    assert (folder / "copyright").read_bytes() == (
        ROOT / "plugin/doc/copyright").read_bytes()
    assert (folder / "README.md").read_bytes() == (ROOT / "README.md").read_bytes()
    assert any(page.suffix == ".md" for page in PAGES)
    for page in PAGES:
        assert (folder / page).read_bytes() == (ROOT / page).read_bytes()


def test_package_does_not_mind_how_the_build_installs(deb, built, ordinary, tmp_path):
    """`deb` is a parameter so that it is made before the build is configured in another way."""
    code, said = configure(built, "-DSMSRC_USER_INSTALL=ON",
                           f"-DCMAKE_INSTALL_PREFIX={tmp_path}/elsewhere")
    assert code == 0, said
    other = debian_package(pack(built, tmp_path / "packages"))
    assert other.name == deb.name
    members = deb_members(other)
    check_members(members, {global_plugin(ordinary), *(f"usr/{d}" for d in DOCUMENTS | PROFILE)})


def test_copyright_file_is_machine_readable():
    """Debian's format 1.0: paragraphs of fields; each license that a paragraph of files names has
    its own paragraph."""
    paragraphs = []
    for text in (ROOT / "plugin/doc/copyright").read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in text.splitlines() if not line.startswith(" ")]
        paragraphs.append(dict(line.split(": ", 1) for line in lines))
    head, *rest = paragraphs
    assert head["Format"] == "https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/"
    assert {"Upstream-Name", "Source"} <= set(head)
    files = [one for one in rest if "Files" in one]
    assert files[0]["Files"] == "*" and files[0]["Copyright"] == "2026 smsrc contributors"
    assert {one["License"] for one in files} == {
        one["License"] for one in rest if "Files" not in one} == {"GPL-2+"}


@pytest.mark.parametrize("there, generators", [
    ("dpkg rpm", "DEB;TGZ"), ("dpkg", "DEB;TGZ"), ("rpm", "RPM;TGZ"), ("", "TGZ")])
def test_cpack_makes_what_the_system_installs(tmp_path, there, generators):
    """By the programs that are there; without them cpack still makes the tarball."""
    tools = {"dpkg": "SHLIBDEPS", "rpm": "RPMBUILD"}
    code, said = configure(tmp_path, "-DSMSRC_FILE=file", *(
        f"-DSMSRC_{tools[name]}={name if name in there else 'OFF'}" for name in tools))
    assert code == 0, said
    assert f'set(CPACK_GENERATOR "{generators}")' in (tmp_path / "CPackConfig.cmake").read_text()


# --- The RPM ------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def rpm(built, deb, tmp_path_factory):  # pylint: disable=unused-argument # made after the other
    if not shutil.which("rpmbuild"):
        pytest.skip("an RPM is made only where rpmbuild is")
    found, = pack(built, tmp_path_factory.mktemp("rpm"), "-G", "RPM").glob("*.rpm")
    return found


def asked(rpm, *args):
    code, said = command("rpm", "-qp", *args, rpm)
    assert code == 0, said
    return said.splitlines()


def test_rpm_holds_the_plugin_documents_and_the_license(rpm, ordinary):
    """And of the folders its own ones alone: a folder of two packages may not be removed."""
    files = [line.split("|") for line in asked(
        rpm, "--qf", "[%{FILENAMES}|%{FILEMODES:perms}|%{FILEUSERNAME}|%{FILEGROUPNAME}\n]")]
    assert {name for name, mode, *_ in files if mode[0] != "d"} == {
        f"/{name}" for name in (global_plugin(ordinary), f"usr/share/doc/{NAME}/COPYING",
                                *(f"usr/{d}" for d in DOCUMENTS | PROFILE))}
    folders = {name for name, mode, *_ in files if mode[0] == "d"}
    own = (f"/usr/share/doc/{NAME}", f"/usr/share/{NAME}", "/usr/share/wireshark/profiles/SMS 2003")
    assert set(own) <= folders
    assert all(name == top or name.startswith(f"{top}/") for name in folders
               for top in [next((top for top in own if name.startswith(top)), "none")])
    assert {tuple(owner) for _, _, *owner in files} == {("root", "root")}
    assert {mode for _, mode, *_ in files} <= {"drwxr-xr-x", "-rw-r--r--", "-rwxr-xr-x"}


def test_rpm_says_what_it_is_and_needs(rpm, wireshark_version):
    series = "{}.{}".format(*wireshark_version)
    assert re.fullmatch(rf"{NAME}-[\d.]+\+wireshark{re.escape(series)}-1\.\w+\.rpm", rpm.name)
    assert asked(rpm, "--qf", "%{NAME} %{LICENSE}") == [f"{NAME} GPL-2.0-or-later"]
    assert f"loads in Wireshark, tshark and sharkd {series}" in " ".join(
        asked(rpm, "--qf", "%{DESCRIPTION}"))
    assert asked(rpm, "--scripts") == []
    library = re.search(r"libwireshark\.so\.\d+", command("ldd", "/usr/bin/tshark")[1])[0]
    needs = " ".join(asked(rpm, "--requires"))
    assert re.search(rf"\b{re.escape(library)}\(", needs), needs


def test_rpm_is_taken_only_where_that_library_is(rpm, tmp_path):
    """By rpm's own database, in an empty system; nothing is unpacked."""
    there = ["rpm", "--root", tmp_path, "--dbpath", "/rpm"]
    assert command(*there, "--initdb")[0] == 0
    code, said = command(*there, "--install", "--test", rpm)
    assert code != 0 and re.search(r"libwireshark\.so\.\d+\S* is needed by", said), said
    code, said = command(*there, "--install", "--nodeps", "--justdb", rpm)
    assert code == 0, said
    assert command(*there, "-q", NAME)[1].strip() == rpm.name.removesuffix(".rpm")


# --- The tarball --------------------------------------------------------------------------------

def user_plugin(version):
    return "lib/wireshark/plugins/{}.{}/epan/smsrc.so".format(*version)


def test_tarball_holds_the_plugin_and_documents(tarball, wireshark_version):
    assert "+wireshark{}.{}-".format(*wireshark_version) in tarball.name
    with tarfile.open(tarball) as opened:
        members = {m.name: m for m in opened.getmembers()}
    check_members(members, {user_plugin(wireshark_version), *DOCUMENTS, *PROFILE,
                            f"share/doc/{NAME}/COPYING"})


def test_tarball_loads_for_the_user_who_unpacks_it(tarball, sandbox, ordinary, fresh_home, made,
                                                  wireshark_version):
    home = fresh_home()
    # A folder that was closed to others stays so.
    unpack = 'mkdir -p -m 700 ~/.local/share && tar -C ~/.local --no-overwrite-dir -xf "$0"'
    done = ordinary(["sh", "-c", unpack, sandbox.readable(tarball)], env={"HOME": home})
    assert done.returncode == 0, done.stderr
    assert (home / ".local/share").stat().st_mode & 0o777 == 0o700
    assert loaded_from(ordinary, home) == home / ".local" / user_plugin(wireshark_version)


def loaded_from(ordinary, home):
    """Which file of the plugin tshark has loaded, None where it has none."""
    done = ordinary(["tshark", "-G", "plugins"], env={"HOME": home, "WIRESHARK_PLUGIN_DIR": None})
    found = re.search(r"^smsrc\.so\s.*\s(/.*)$", done.stdout, re.MULTILINE)
    return found and pathlib.Path(found[1])


def shell_block(page, word):
    """The commands of the page's one block that has this word."""
    blocks = re.findall(r"^```sh\n(.*?)^```", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL)
    found, = [block for block in blocks if word in block]
    return found


@pytest.fixture
def fresh_account(fresh_home, tarball, sandbox, ordinary):
    """A home with nothing in it, and a clone whose build has the tarball: (home, a shell there
    that runs the commands of a page and stops at the first that fails)."""
    home, clone = fresh_home(), sandbox.new_folder("clone")
    (clone / "build").mkdir(mode=0o755)
    shutil.copyfile(tarball, clone / "build" / tarball.name)
    (clone / "build" / tarball.name).chmod(0o644)
    shutil.copytree(ROOT / "plugin/profile", clone / "plugin/profile")

    def shell(commands):
        done = ordinary(["sh", "-e", "-c", f'cd "$0" && umask 022\n{commands}', clone],
                        env={"HOME": home, "WIRESHARK_PLUGIN_DIR": None})
        assert done.returncode == 0, f"{commands}\n{done.stderr}"
        return done.stdout
    return home, shell


def with_profile(ordinary, sandbox, home, made):
    return ordinary(["tshark", "-n", "-C", "SMS 2003", "-r", sandbox.readable(made("rc-session"))],
                    env={"HOME": home, "WIRESHARK_PLUGIN_DIR": None})


def test_the_pages_commands_install_for_a_fresh_account(fresh_account, sandbox, ordinary, made,
                                                        wireshark_version):
    home, shell = fresh_account
    shell(shell_block("plugin/doc/install.md", "tar -C ~/.local"))
    assert loaded_from(ordinary, home) == home / ".local" / user_plugin(wireshark_version)
    assert "smsrc.so" in shell("tshark -G plugins | grep smsrc")
    done = with_profile(ordinary, sandbox, home, made)
    assert done.returncode == 0, done.stderr
    assert re.search(VIEWERS_REPLY, done.stdout)
    for name in ("smsrc-batch", "smsrc-roles", "smsrc-report"):
        assert shell(f"~/.local/bin/{name} --version").startswith(f"{name} ")
    if shutil.which("man"):
        assert shell("PATH=~/.local/bin:$PATH man -w smsrc-batch") == f"{home}/.local/{MANUAL}\n"
    # And so they are gone again.
    shell(shell_block("plugin/doc/install.md", "rm ~/.local/bin/smsrc-batch"))
    assert [p for p in home.rglob("*") if not p.is_dir() and ".cache" not in p.parts] == []
    assert loaded_from(ordinary, home) is None


def readmes_unpacking():
    line, = re.findall(r"^.*\btar -C .*$", (ROOT / "README.md").read_text(), re.MULTILINE)
    return line


def test_the_readmes_commands_unpack_for_a_fresh_account(fresh_account, ordinary,
                                                         wireshark_version):
    home, shell = fresh_account
    shell(readmes_unpacking())
    assert loaded_from(ordinary, home) == home / ".local" / user_plugin(wireshark_version)


@pytest.mark.parametrize("word", ["~/.local/share/wireshark/profiles/.", "plugin/profile/."])
def test_the_tours_commands_copy_the_profile(fresh_account, sandbox, ordinary, made, word):
    home, shell = fresh_account
    shell(readmes_unpacking())
    block = shell_block("plugin/doc/tour.md", f"cp -r {word}")
    shell(block.splitlines()[0])
    assert with_profile(ordinary, sandbox, home, made).returncode == 0


# --- Uninstall ----------------------------------------------------------------------------------

def files_below(folder):
    return {p: p.read_bytes() for p in folder.rglob("*") if not p.is_dir()}


@pytest.mark.parametrize("destdir", [False, True])
def test_uninstall_removes_what_install_put_there(built, tmp_path, destdir):
    code, said = configure(built, f"-DCMAKE_INSTALL_PREFIX={tmp_path}/prefix",
                           "-DSMSRC_USER_INSTALL=OFF")
    assert code == 0, said
    env = {"DESTDIR": str(tmp_path / "dest")} if destdir else {"DESTDIR": ""}
    code, said = command("cmake", "--install", built, env=env)
    assert code == 0, said
    installed = [p for p in tmp_path.rglob("*") if not p.is_dir()]
    plugin = [p for p in installed if p.name == "smsrc.so"]
    profile = [p for p in installed if p.parent.name == "SMS 2003"]
    assert len(plugin) == 1
    assert len(installed) == 1 + len(profile) + len(BATCH) == 1 + len(PROFILE) + len(BATCH)
    assert destdir == str(plugin[0]).startswith(f"{tmp_path}/dest/")
    # Others' plugins beside it, one of nearly the same name.
    for name in ("other.so", "smsrc.so.old"):
        (plugin[0].parent / name).write_text(name)
    if destdir:
        (profile[0].parent / "smsrc_roles").write_text("the user's own")
    before = files_below(tmp_path)

    code, said = command("cmake", "--build", built, "--target", "uninstall", env=env)
    assert code == 0, said
    for path in installed:
        assert f"Removing {path}" in said
        del before[path]
    assert files_below(tmp_path) == before
    # An empty profile would still be offered, one with the user's table in it is the user's.
    assert profile[0].parent.exists() == destdir

    # What came to the same place later is not the build's to remove.
    plugin[0].write_text("of a package")
    code, said = command("cmake", "--build", built, "--target", "uninstall", env=env)
    assert code != 0
    assert "Nothing to uninstall" in said
    assert plugin[0].read_text() == "of a package"


def test_uninstall_says_what_it_cannot_remove(built, tmp_path):
    """Not by rights, root has them all: by a folder that came where the plugin was."""
    manifest = built / "install_manifest.txt"
    (tmp_path / "smsrc.so" / "kept").mkdir(parents=True)
    manifest.write_text(f"{tmp_path}/smsrc.so\n")
    code, said = command("cmake", "--build", built, "--target", "uninstall",
                         env={"DESTDIR": ""})
    assert code != 0
    assert "It cannot be removed" in said
    assert (tmp_path / "smsrc.so" / "kept").is_dir()
    manifest.unlink()
