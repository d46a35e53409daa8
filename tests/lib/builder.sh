# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Runs something in the root that modules are built in.  Sourced after common.sh.

# builder_run ROOT WORK CMD...: with the headers of the kernel that is unpacked in ROOT, and WORK as /mnt.
# The kernel's headers refer to their own place; the builder sees the kernel's directory as its /.
builder_run() {
	local builder
	builder=$("$TOP/tests/guest/builder")
	mkdir -p "$builder"/{proc,mnt,usr/src}
	# shellcheck disable=SC2016 # for the shell in there
	unshare --mount --propagation private bash -euc '
		builder=$1 root=$2 work=$3; shift 3
		mount -t proc proc "$builder/proc"
		mount --bind "$root/usr/src" "$builder/usr/src"
		mount --bind "$work" "$builder/mnt"
		for kbuild in "$root"/usr/lib/linux-kbuild-*; do
			mkdir -p "$builder/usr/lib/${kbuild##*/}"
			mount --bind "$kbuild" "$builder/usr/lib/${kbuild##*/}"
		done
		exec chroot "$builder" "$@"
	' bash "$builder" "$@"
}
