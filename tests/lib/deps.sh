# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Installs what a script needs, or says exactly how.  Sourced after common.sh.

deps_packages() {
	case $1 in
	guest) echo mount mmdebstrap qemu-system-x86 busybox-static cpio kmod xz-utils zstd squashfs-tools \
		debian-archive-keyring e2fsprogs gawk ;;
	build) echo gcc make libc6-dev libjson-c-dev libsqlite3-dev libzstd-dev libncurses-dev ;;
	deb) echo build-essential debhelper dh-dkms lintian cpio libjson-c-dev libsqlite3-dev libzstd-dev libncurses-dev ;;
	arm64) echo qemu-system-arm gcc-aarch64-linux-gnu libc6-dev-arm64-cross ;;
	unit) echo gcc g++ make binutils libc6-dev linux-libc-dev libjson-c-dev libsqlite3-dev libzstd-dev libncurses-dev clang libclang-rt-dev python3 python3-jsonschema mandoc pkg-config tmux zsh ;;
	models) echo gcc make libc6-dev spin gawk ;;
	linux) echo gcc make libc6-dev flex bison bc libelf-dev binutils xz-utils ;;
	debug) deps_packages linux; echo ccache lcov ;;
	rpm) echo rpm rpmlint gcc make libc6-dev libjson-c-dev libsqlite3-dev libzstd-dev libncurses-dev ;;
	browser) echo chromium fonts-dejavu-core python3 ;;
	compare) echo python3 ;;
	native) echo valgrind jq pkg-config ;;
	uefi) echo ovmf sbsigntool openssl python3 ;;
	static) echo shellcheck clang-format clang-tidy cppcheck coccinelle libpython3-dev gcc libc6-dev libjson-c-dev libsqlite3-dev libzstd-dev libncurses-dev binutils git perl ;;
	*) die "deps: no set '$1'" ;;
	esac
}

# deps_missing SET...: those packages of the sets that are not there.
deps_missing() {
	local set package
	for set in "$@"; do
		for package in $(deps_packages "$set"); do
			[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] ||
				echo "$package"
		done
	done
}

# deps_install SET...: one script at a time; whoever waited finds them there.
deps_install() {
	local missing
	mapfile -t missing < <(deps_missing "$@")
	[ ${#missing[@]} -gt 0 ] || return 0
	step "installing ${missing[*]}"
	{ apt-get -q -o DPkg::Lock::Timeout=600 update && DEBIAN_FRONTEND=noninteractive \
		apt-get -q -y -o DPkg::Lock::Timeout=600 install --no-install-recommends "${missing[@]}"; } \
		>"$CACHE/deps.log" 2>&1 ||
		{ tail -20 "$CACHE/deps.log" >&2; die "cannot install ${missing[*]}"; }
}

# deps SET...: makes sure that the packages of these sets are there.
deps() {
	local missing
	command -v dpkg-query >/dev/null ||
		die "this needs Debian or Ubuntu (dpkg): elsewhere see README.md, Install"
	mapfile -t missing < <(deps_missing "$@")
	[ ${#missing[@]} -gt 0 ] || return 0
	[ "$(id -u)" = 0 ] || die "packages are missing; install them with: sudo apt-get install ${missing[*]}"
	locked deps deps_install "$@"
}
