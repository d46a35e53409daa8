# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Stages: scripts that run on a disk, in a guest that boots it, as /srv/test/guest.  They tell
# "ok NAME", "not ok NAME" and at last "ended STAGE".  Sourced after guest.sh; stage_prefix= is set.

stage_count=0

# shellcheck disable=SC2154 # the script that sources this sets stage_prefix
stage_result() {
	stage_count=$((stage_count + 1))
	[ "$1" = 0 ] && echo "ok $stage_count $stage_prefix/$2" || echo "not ok $stage_count $stage_prefix/$2"
}

# Numbers the results of a stage; one that does not come to its end is a failure.
stage_pass_on() {
	local stage=$1 line ended=1
	while IFS= read -r line; do
		line=${line%$'\r'}
		case $line in
		"ok "*) stage_result 0 "${line#ok }" ;;
		"not ok "*) stage_result 1 "${line#not ok }" ;;
		"ended $stage") ended=0 ;;
		*) echo "# ${line#\# }" ;;
		esac
	done
	stage_result $ended "${stage}_came_to_its_end"
	return $ended
}

# stage_boot STAGE CONSOLE TIMEOUT DRIVE KERNEL INITRD [QEMU OPTION]...: runs a stage in a guest that has
# the disk as its root; stage_append= has more words for its kernel.
stage_boot() {
	local stage=$1 console=$2 timeout=$3 drive=$4 kernel=$5 initrd=$6 accel
	shift 6
	# shellcheck disable=SC2034 # for guest_accel
	VMLINUZ=$kernel
	accel=$(guest_accel)
	stage_pass_on "$stage" < <(timeout "$timeout" qemu-system-x86_64 -accel "$accel" -cpu max "$@" \
		-nodefaults -display none -no-reboot -drive "format=raw,if=virtio,cache=unsafe,$drive" \
		-kernel "$kernel" -initrd "$initrd" \
		-append "root=/dev/vda rw console=ttyS0 quiet mitigations=off panic=-1 oops=panic procmon.stage=$stage ${stage_append-}" \
		-serial "file:$console" -serial stdio </dev/null) ||
		{ tail -30 "$console" | tr -d '\r' | sed 's/^/# /'; return 1; }
}
