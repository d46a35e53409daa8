# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Packages of any Debian suite, without touching the host's own apt state.  Sourced after common.sh.

# The Debian mirror of the machine's own apt; without one, as on Ubuntu, that which mmdebstrap takes.
apt_mirror() {
	local uri
	uri=$(env -u APT_CONFIG apt-get indextargets --format '$(REPO_URI) $(ORIGIN)' 2>/dev/null |
		awk '$2 == "Debian" && $1 !~ /security/ && !n++ { print $1 }')
	[ -n "$uri" ] || uri=$(apt_mirror_of_mmdebstrap)
	printf '%s' "${uri%/}"
}

# It writes the sources of a new root, which are looked at before anything is fetched.
apt_mirror_of_mmdebstrap() {
	local mode=chrootless
	[ "$(id -u)" != 0 ] || mode=root
	# shellcheck disable=SC2016 # for the shell of mmdebstrap
	{ mmdebstrap --quiet --mode=$mode --variant=custom \
		--setup-hook='cat "$1/etc/apt/sources.list" >&3; exit 1' stable /dev/null || true; } 3>&1 >/dev/null 2>&1 |
		awk '$1 == "deb" && !n++ && match($0, /[a-z+]+:\/[^ ]+/) { print substr($0, RSTART, RLENGTH) }'
}

# apt_sources SUITE: its lines for sources.list; without a mirror of its own, a security suite has
# the same one.
apt_sources() {
	local mirror keys=/usr/share/keyrings/debian-archive-keyring.gpg
	mirror=$(apt_mirror)
	[ -n "$mirror" ] || die "no Debian mirror among the apt sources of this machine"
	case $1 in
	*-security) mirror=${mirror%/debian}/debian-security ;;
	esac
	printf 'deb [signed-by=%s] %s %s main\n' "$keys" "$mirror" "$1"
}

# apt_use SUITES [ARCH]: apt commands of this script now see only these suites (comma-separated), for
# amd64 or ARCH.  Another script that uses the same ones waits until this one has ended: apt would
# fail on the lock.
apt_use() {
	local arch=${2:-amd64} suite
	local dir="$CACHE/apt/$1-$arch"
	mkdir -p "$dir"/{lists/partial,archives/partial,etc/apt.conf.d,etc/preferences.d}
	[ -z "${APT_LOCK-}" ] || exec {APT_LOCK}>&-
	exec {APT_LOCK}>"$dir/.lock"
	flock "$APT_LOCK"
	: >"$dir/status"
	for suite in ${1//,/ }; do
		apt_sources "$suite"
	done >"$dir/etc/sources.list"
	cat >"$dir/apt.conf" <<-CONF
		Dir::State "$dir";
		Dir::State::lists "$dir/lists";
		Dir::State::status "$dir/status";
		Dir::Cache "$dir";
		Dir::Cache::archives "$dir/archives";
		Dir::Etc "$dir/etc";
		Dir::Etc::sourcelist "$dir/etc/sources.list";
		Dir::Etc::sourceparts "/dev/null";
		Acquire::Check-Valid-Until "false";
		Acquire::Languages "none";
		Acquire::Retries "5";
		APT::Architecture "$arch";
		APT::Architectures { "$arch"; };
		APT::Sandbox::User "root";
	CONF
	export APT_CONFIG="$dir/apt.conf"
	if [ -z "$(find "$dir/lists" -name '*Packages*' -mmin -720 -print -quit)" ]; then
		step "reading the package lists of $1"
		apt-get -q update >"$dir/update.log" 2>&1 ||
			{ tail -5 "$dir/update.log" >&2; die "apt-get update failed for $1"; }
	fi
}

# apt_depends PACKAGE PATTERN: its direct dependency whose name matches.
apt_depends() {
	apt-cache depends --no-recommends --no-suggests "$1" |
		awk -v p="$2" '$1 == "Depends:" && $2 ~ p && !n++ { print $2 }'
}

apt_version() {
	apt-cache show --no-all-versions "$1" | awk '$1 == "Version:" && !n++ { print $2 }'
}

# apt_unpack DIR PACKAGE...: downloads the packages, without their dependencies, and unpacks them.
apt_unpack() {
	local dir=$1 debs deb
	shift
	debs=$(mktemp -d "$CACHE/.debs.XXXXXX")
	if ! (cd "$debs" && apt-get -qq download "$@" >&2); then
		rm -rf "$debs"
		step "cannot download $*"
		return 1
	fi
	mkdir -p "$dir"
	for deb in "$debs"/*.deb; do
		dpkg-deb -x "$deb" "$dir" || return 1
	done
	rm -rf "$debs"
}
