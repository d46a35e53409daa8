# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Disks of small Debians with systemd, for guests that boot as a host does.  Sourced after apt.sh.

# Nothing that works by itself while a test runs.
DISK_MASKED="apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer
	systemd-timesyncd.service e2scrub_reap.service getty@tty1.service serial-getty@ttyS0.service
	systemd-journal-flush.service systemd-hwdb-update.service"

# disk_root NAME SUITE SUITES PACKAGES DIR [OPTION]...: a root of that suite; SUITES: where packages come from.
disk_root() {
	local name=$1 suite=$2 suites=$3 packages=$4 root=$5 one lines
	shift 5
	mapfile -t lines < <(for one in ${suites//,/ }; do apt_sources "$one"; done)
	mmdebstrap --quiet --variant=minbase --aptopt='Acquire::Check-Valid-Until "false"' --include="$packages" "$@" \
		--customize-hook="chroot \"\$1\" systemctl mask ${DISK_MASKED//[$'\n\t']/ }" \
		"$suite" "$root" "${lines[@]}" >"$CACHE/$name.log" 2>&1 ||
		{ tail -20 "$CACHE/$name.log" >&2; die "mmdebstrap failed"; }
}

disk_settle() {
	local root=$1
	rm -rf "$root"/etc/apt/sources.list* "$root"/var/lib/apt/lists/*
	echo '/dev/vda / ext4 defaults 0 0' >"$root/etc/fstab"
	echo guest >"$root/etc/hostname"
	: >"$root/etc/machine-id"
}

# disk_pack DIR FILE SIZE: the file comes to its name when it is whole; the directory goes.
disk_pack() {
	mke2fs -q -t ext4 -O ^has_journal -d "$1" "$2.new" "$3" >/dev/null
	rm -rf --one-file-system "$1"
	mv "$2.new" "$2"
}
