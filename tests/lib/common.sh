# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Sourced by every script of tests/: where things are, progress lines, scratch directories.

set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CACHE=${PROCMON_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/procmon}
mkdir -p "$CACHE"

# A progress line, on stderr.
step() {
	printf '==> %s\n' "$*" >&2
}

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# A scratch directory that goes when the script ends; its name is left in SCRATCH.
scratch() {
	SCRATCH=$(mktemp -d)
	# shellcheck disable=SC2064 # the name as it is now
	trap "rm -rf --one-file-system '$SCRATCH'" EXIT
}

# locked NAME CMD...: runs CMD while no other script holds NAME.
locked() {
	local locked_fd locked_name=$1 # CMD sees its own names
	shift
	exec {locked_fd}>"$CACHE/.lock-$locked_name"
	flock "$locked_fd"
	"$@" {locked_fd}>&-
	exec {locked_fd}>&-
}

# kernel_row NAME: sets KERNEL_ARCH, KERNEL_SUITES, KERNEL_PACKAGE, KERNEL_COMPILER from the table.
kernel_row() {
	local name
	# shellcheck disable=SC2034 # they are for the caller
	while read -r name KERNEL_ARCH KERNEL_SUITES KERNEL_PACKAGE KERNEL_COMPILER; do
		[ "$name" != "$1" ] || return 0
	done < <(grep -v '^#' "$TOP/tests/kernels" | grep .)
	die "no kernel '$1' in tests/kernels; there are: $(kernel_names | tr '\n' ' ')"
}

# Debian's own kernels, which procmon is for.
kernel_names() {
	awk '!/^#/ && NF && $4 !~ /^source:/ { print $1 }' "$TOP/tests/kernels"
}

# Those that are built here to look for errors with.
debug_names() {
	awk '$4 ~ /^source:/ { print $1 }' "$TOP/tests/kernels"
}
