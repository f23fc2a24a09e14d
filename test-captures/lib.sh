# lib.sh
# What demo, test and roots share: packages, the build, an ordinary user
#
# Copyright 2026 smsrc contributors
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Sourced by POSIX shells with `here` set to the folder of this file.
# shellcheck shell=sh disable=SC2034,SC2154

root=$(CDPATH='' cd -- "$here/.." && pwd)
build=${SMSRC_BUILD:-$root/build}

# Name of a Debian package, and a tool or file that shows it is there on other systems.
BUILD_NEEDS='gcc:gcc libc6-dev:gcc cmake:cmake ninja-build:ninja pkg-config:pkg-config
libglib2.0-dev:pkg-config wireshark-dev:cmake tshark:tshark'
TEST_NEEDS='python3:python3 python3-pytest:pytest-3|pytest python3-scapy:scapy
wireshark-common:sharkd nmap:nmap clang:clang libclang-rt-dev:clang tcpreplay:tcprewrite
valgrind:valgrind debootstrap:debootstrap iproute2:ip nftables:nft iptables:iptables-restore
dpkg-dev:dpkg-shlibdeps rpm:rpmbuild file:file jq:jq parallel:parallel shellcheck:shellcheck cppcheck:cppcheck clang-tidy:clang-tidy
gcovr:gcovr python3-jinja2:python3 python3-matplotlib:python3 graphviz:dot'
# For Wireshark in a window on a virtual display.
WINDOW_NEEDS='wireshark:wireshark xvfb:Xvfb openbox:openbox xdotool:xdotool xclip:xclip imagemagick:import
x11-utils:xprop fonts-dejavu-core:Xvfb chromium:chromium tesseract-ocr:tesseract'
# For the plugin in Wireshark's own tree, whose source is not in a package (wireshark-source).
SOURCE_NEEDS='flex:flex libgcrypt20-dev:gcc libc-ares-dev:gcc libpcre2-dev:gcc libspeexdsp-dev:gcc'
# Debian starts the services of these packages when they are installed: only CI installs them.
# Where they are missing the tests of smsrc-batch over ssh and in Slurm are skipped.
SERVICE_NEEDS='openssh-client:ssh openssh-server:sshd slurm-wlm:slurmctld munge:munged'

say() {
    printf '\n== %s\n' "$*"
}

die() {
    printf 'smsrc: %s\n' "$*" >&2
    exit 1
}

has_any() {
    for has_tool in $(printf '%s' "$1" | tr '|' ' '); do
        if command -v "$has_tool" >/dev/null 2>&1; then
            return 0
        fi
    done
    return 1
}

# As root, or through sudo.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        die "this needs root: $*. Become root, or install sudo."
    fi
}

is_debian() {
    command -v dpkg-query >/dev/null 2>&1 && command -v apt-get >/dev/null 2>&1
}

package_missing() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" != installed ]
}

# again COMMAND...: a command that asks a mirror, up to five times: its name or the mirror itself
# may be gone for a moment. Each request of apt's own is made again as well (APT_RETRIES).
APT_RETRIES='-o Acquire::Retries=5'
AGAIN_TIMES=5
AGAIN_PAUSE=20

again() {
    again_time=1
    until "$@"; do
        if [ "$again_time" -ge "$AGAIN_TIMES" ]; then
            say "Failed $AGAIN_TIMES times: $*"
            return 1
        fi
        say "Failed (time $again_time of $AGAIN_TIMES), again in $AGAIN_PAUSE seconds: $*"
        sleep "$AGAIN_PAUSE"
        again_time=$((again_time + 1))
    done
}

# apt_install PACKAGE...: with the lists of packages as the mirror has them now.
apt_install() {
    # shellcheck disable=SC2086 # two words
    as_root apt-get $APT_RETRIES update -q &&
        as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get $APT_RETRIES install -y -q --no-install-recommends "$@"
}

# need NEEDS: installs the packages that are missing, and only these.
need() {
    need_missing=
    for need_pair in $1; do
        need_package=${need_pair%%:*}
        need_tool=${need_pair#*:}
        if is_debian; then
            if package_missing "$need_package"; then
                need_missing="$need_missing $need_package"
            fi
        elif [ "$need_tool" = scapy ]; then
            python3 -c 'import scapy' 2>/dev/null || need_missing="$need_missing scapy"
        elif ! has_any "$need_tool"; then
            need_missing="$need_missing $need_tool"
        fi
    done
    [ -n "$need_missing" ] || return 0
    is_debian || die "this is not Debian; please install these yourself, and" \
        "Wireshark's development files:$need_missing"
    say "Installing:$need_missing"
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null 2>&1; then
        die "missing packages:$need_missing. Install them as root, or install sudo."
    fi
    # shellcheck disable=SC2086 # the list is meant to be split
    again apt_install $need_missing || die "could not install:$need_missing"
}

# The Debian mirror of this machine: as apt knows it, else as its sources have it.
mirror() {
    {
        # shellcheck disable=SC2016 # these are apt's own words
        apt-get indextargets --format '$(LABEL) $(REPO_URI)' 2>/dev/null |
            sed -n 's/^Debian //p'
        cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
            sed -n 's/^deb \(\[[^]]*\] *\)\{0,1\}\([a-z+]*:[^ ]*\).*/\2/p'
        cat /etc/apt/sources.list.d/*.sources 2>/dev/null |
            sed -n 's/^URIs: *\([^ ]*\).*/\1/p'
    } | sed -n 's,^\(.*/debian\)/*$,\1,p' | sed -n 1p
}

# apt_alone FOLDER ARGUMENT...: apt with its own lists and packages below this folder, for a system
# that need not be this one. As root it would fetch as a user who may not write there.
APT_KEYS=/usr/share/keyrings/debian-archive-keyring.gpg

apt_alone() {
    apt_folder=$1
    shift
    # shellcheck disable=SC2086 # two words
    timeout --foreground 15m apt-get $APT_RETRIES \
        -o Dir::Etc::sourcelist="$apt_folder/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
        -o Dir::State::lists="$apt_folder/lists" -o Dir::State::status=/dev/null \
        -o Dir::Cache="$apt_folder/cache" -o APT::Sandbox::User=root \
        -o Acquire::Check-Valid-Until=no -o Acquire::Languages=none -q "$@"
}

# apt_lists FOLDER LINE: the lists of what this line of sources.list offers.
apt_lists() {
    mkdir -p "$1/lists/partial" "$1/cache/archives/partial" &&
        printf '%s\n' "$2" >"$1/sources.list" && apt_alone "$1" update
}

# build_plugin [cmake arguments]: configures and builds in $build.
build_plugin() {
    say "Building in $build"
    if ! cmake -G Ninja -S "$root" -B "$build" "$@" || ! cmake --build "$build"; then
        die "the build failed"
    fi
}

# Wireshark's programs load no plugin when they run as root, so as root they get another user
# and a folder that this user can read; `ordinary_start` makes it, `ordinary` runs in it.
ordinary_start() {
    ordinary_dir=$(mktemp -d "${TMPDIR:-/tmp}/smsrc-XXXXXX") || die "no temporary folder"
    trap 'rm -rf "$ordinary_dir"' EXIT
    trap 'exit 1' HUP INT TERM
    mkdir "$ordinary_dir/home"
    cp -R "$build/run" "$ordinary_dir/plugins" || die "no plugin in $build/run"
    chmod -R a+rX "$ordinary_dir"
    if [ "$(id -u)" -eq 0 ]; then
        chown 65534:65534 "$ordinary_dir/home"
    fi
}

ordinary() {
    if [ "$(id -u)" -eq 0 ]; then
        set -- setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
    fi
    env -u XDG_CONFIG_HOME HOME="$ordinary_dir/home" TZ=UTC LC_ALL=C.UTF-8 \
        WIRESHARK_PLUGIN_DIR="$ordinary_dir/plugins" "$@"
}
