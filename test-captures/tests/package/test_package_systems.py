# test_package_systems.py
# The Debian package where it is used: on Debian 12, 13 and sid without anything for developers
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""This machine, and the systems of test_versions.py, each with its own layer above it
(overlayfs), so that nothing in them changes. In the layer the package is built, then all that
belongs to developers is removed, and dpkg and apt get their own package and those of the others.
"""

import pathlib
import re
import shutil
import subprocess
import tempfile

import pytest

from conftest import MADE, ORDINARY_USER, ROOT, SUITES, is_root
from debian_root import Root, root_folder
from profile_tables import VIEWERS_REPLY

pytestmark = pytest.mark.slow

NAME = "wireshark-plugin-smsrc"
HERE = "this machine"


class System:
    """A system below a layer; /tmp/smsrc in it is `work` outside."""

    def __init__(self, name, folder):
        self.name = name
        self.below = folder
        self.layer = pathlib.Path(tempfile.mkdtemp(prefix="smsrc-layer-"))
        for part in ("upper", "work", "all", "upper/tmp"):
            (self.layer / part).mkdir()
        (self.layer / "upper").chmod(0o755)
        (self.layer / "upper/tmp").chmod(0o1777)
        self.work = self.layer / "upper/tmp/smsrc"
        self.work.mkdir(mode=0o755)
        # Without a network no package that is only recommended can come: apt must not want one,
        # as that of sid does for packages that were installed without theirs.
        apt = self.layer / "upper/etc/apt/apt.conf.d"
        for folder in (apt.parents[1], apt.parent, apt):
            folder.mkdir(mode=0o755)
        (apt / "99-no-recommends").write_text('APT::Install-Recommends "false";\n')

    def run(self, *argv, user=None):
        """Runs a program in the system, without a network and with its own processes; returns
        its return code and all it printed. The layer is mounted only meanwhile."""
        mounts = ('mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" '
                  '"$2/all" && mount -t proc proc "$2/all/proc" && mount -t tmpfs run "$2/all/run" '
                  '&& mount --bind /dev "$2/all/dev" || exit 125; '
                  'all=$2/all; shift 2; exec chroot "$all" "$@"')
        drop = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"] if user else []
        done = subprocess.run(
            ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "sh", "-c", mounts,
             "sh", str(self.below), str(self.layer), *drop, "env", "-i", "TZ=UTC",
             "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/tmp/smsrc/home", "LC_ALL=C.UTF-8",
             "DEBIAN_FRONTEND=noninteractive", *map(str, argv)],
            check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, encoding="utf-8", errors="replace", timeout=600)
        return done.returncode, done.stdout

    def must(self, *argv, **how):
        code, said = self.run(*argv, **how)
        assert code == 0, f"{self.name}: {' '.join(map(str, argv))}\n{said}"
        return said

    def take(self, path):
        """Copies a file into the system; returns its name there."""
        shutil.copy(path, self.work)
        (self.work / path.name).chmod(0o644)
        return f"/tmp/smsrc/{path.name}"

    def status(self, package=NAME):
        code, said = self.run("dpkg-query", "-W", "-f", "${db:Status-Status}", package)
        return said if code == 0 else "not-installed"

    def make_package(self):
        shutil.copytree(ROOT, self.work / "tree", ignore=Root.not_sources)
        self.must("cmake", "-G", "Ninja", "-S", "/tmp/smsrc/tree", "-B", "/tmp/smsrc/build",
                  "-DSMSRC_WERROR=ON")
        self.must("cmake", "--build", "/tmp/smsrc/build")
        self.must("cpack", "--config", "/tmp/smsrc/build/CPackConfig.cmake", "-G", "DEB",
                  "-B", "/tmp/smsrc/packages")
        return next((self.work / "packages").glob("*.deb"))

    def remove_developers(self):
        """All -dev packages, compilers and build tools; configuration and sources as well."""
        self.must("apt-get", "purge", "-y", "-q", "-o", "Dpkg::Options::=--force-unsafe-io",
                  "?and(?installed,?name(-dev$))", "gcc", "cmake", "ninja-build", "dpkg-dev")
        for part in ("tree", "build"):
            shutil.rmtree(self.work / part)
        assert self.status("tshark") == "installed"
        left = self.must("dpkg-query", "-W", "-f", "${db:Status-Status} ${Package}\n")
        assert not re.search(r"^installed .*-dev$", left, re.MULTILINE), left
        assert self.run("cc", "--version")[0] != 0 and self.run("cmake", "--version")[0] != 0

    def loads(self):
        """What an ordinary user's tshark prints about the plugin, "" where it has none."""
        said = self.must("tshark", "-G", "plugins", user=ORDINARY_USER)
        return "".join(re.findall(r"^smsrc\.so\s.*$", said, re.MULTILINE))

    def remove(self):
        shutil.rmtree(self.layer, ignore_errors=True)


@pytest.fixture(scope="module")
def systems():
    """name -> a System with its package built (`deb`) and without developers' packages, made when
    first needed: systems(name)."""
    made = {}

    def system(name):
        if name in made:
            return made[name]
        if not is_root():
            pytest.skip(f"packages on {name}: entering another system needs root")
        if name == HERE and not shutil.which("apt-get"):
            pytest.skip("packages on this machine: it is not Debian")
        found = System(name, "/" if name == HERE else root_folder(name))
        code, said = found.run("true")
        if code != 0:
            found.remove()
            pytest.skip(f"packages on {name}: no layer above it: {said.strip()}")
        made[name] = found
        (found.work / "home").mkdir()
        (found.work / "home").chmod(0o777)  # the ordinary user's, for a copy of the profile
        found.deb = found.make_package()
        found.remove_developers()
        return found
    yield system
    for one in made.values():
        one.remove()


ALL = [HERE, *SUITES]


@pytest.mark.parametrize("name", ALL)
def test_package_installs_loads_and_goes(systems, name):
    system = systems(name)
    assert system.loads() == ""
    package = system.take(system.deb)
    said = system.must("apt-get", "install", "-y", "-q", package)
    assert "1 newly installed, 0 to remove" in said
    assert system.status() == "installed"
    plugin = re.search(r"^/.*/epan/smsrc\.so$", system.must("dpkg", "-L", NAME), re.MULTILINE)
    assert system.loads().split()[-1] == plugin.group(0)
    capture = system.take(MADE / "demo.pcap")
    frames = system.must("tshark", "-n", "-r", capture, "-Y", "smsrc", user=ORDINARY_USER)
    assert "Information reply, Desktop Manager 6.0, host WKS17, user jdoe" in frames
    frames = system.must("tshark", "-n", "-C", "SMS 2003", "-r", capture, "-Y", "smsrc",
                         user=ORDINARY_USER)
    assert re.search(VIEWERS_REPLY + " +Information reply", frames), frames

    system.must("apt-get", "remove", "-y", "-q", NAME)
    assert system.status() == "not-installed"
    assert system.loads() == ""
    assert system.run("test", "-e", plugin.group(0))[0] != 0
    assert system.run("test", "-e", f"/usr/share/doc/{NAME}")[0] != 0
    assert system.run("test", "-e", "/usr/share/wireshark/profiles/SMS 2003")[0] != 0


@pytest.mark.parametrize("name, other", [(a, b) for a in ALL for b in ALL if a != b])
def test_package_of_another_series_is_refused(systems, name, other):
    system, foreign = systems(name), systems(other).deb
    if foreign.name == system.deb.name:
        pytest.skip(f"{name} and {other} have the same series of Wireshark")
    package = system.take(foreign)
    code, said = system.run("apt-get", "install", "-y", "-q", package)
    assert code != 0
    assert re.search(rf"{NAME}\S* : Depends: wireshark-common \([<>]", said), said
    assert system.status() == "not-installed"

    code, said = system.run("dpkg", "--install", package)
    assert code != 0
    assert f"dependency problems prevent configuration of {NAME}" in said
    assert re.search(r"depends on wireshark-common \((<<|>=) 4\.\d+~\); however", said), said
    assert system.status() == "unpacked"
    system.must("dpkg", "--purge", NAME)


@pytest.mark.parametrize("name", ALL)
def test_wireshark_of_the_next_series_does_not_leave_it_behind(systems, name):
    """Empty packages with the next series' number represent Wireshark's own."""
    system = systems(name)
    version = system.must("dpkg-query", "-W", "-f", "${Version}", "wireshark-common")
    major, minor = map(int, re.match(r"(\d+)\.(\d+)\.", version).groups())
    assert f"+wireshark{major}.{minor}_" in system.deb.name
    system.must("apt-get", "install", "-y", "-q", system.take(system.deb))

    def upgrade(to):
        names = []
        for package, depends in (("wireshark-common", ""),
                                 ("tshark", f"Depends: wireshark-common (= {to})\n")):
            control = system.work / f"{package}-{to}" / "DEBIAN/control"
            control.parent.mkdir(parents=True)
            control.write_text(f"Package: {package}\nVersion: {to}\nArchitecture: all\n{depends}"
                               "Maintainer: none <none@none.invalid>\nDescription: empty\n")
            folder = f"/tmp/smsrc/{package}-{to}"
            system.must("dpkg-deb", "--build", folder)
            names.append(f"{folder}.deb")
        return system.must("apt-get", "install", "-s", "-q", *names)

    assert re.search(rf"^Remv {NAME} ", upgrade(f"{major}.{minor + 2}.0-1"), re.MULTILINE)
    assert not re.search(rf"^Remv {NAME} ", upgrade(f"{major}.{minor}.99-1"), re.MULTILINE)
    system.must("apt-get", "purge", "-y", "-q", NAME)
