# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# What all that boot guests share.  Sourced after common.sh.

# Holds one of the machine's guest slots as long as this script lives.
guest_take_slot() {
	local i n told=''
	n=$(nproc)
	mkdir -p "$CACHE/slots"
	while :; do
		for ((i = 0; i < n; i++)); do
			exec {slot}>"$CACHE/slots/$i"
			flock -n "$slot" && return
			exec {slot}>&-
		done
		[ -n "$told" ] || { step "waiting: $n guests are running already"; told=yes; }
		sleep 1
	done
}

# KVM where it really works, asked once with $VMLINUZ: here and there the
# device exists and hangs.
guest_accel() {
	local file="$CACHE/accel"
	if [ ! -e "$file" ]; then
		if [ -w /dev/kvm ] && timeout 20 qemu-system-x86_64 -accel kvm -cpu max -m 256 -nodefaults -display none \
			-no-reboot -kernel "$VMLINUZ" -append 'panic=-1 console=ttyS0' -serial file:"$SCRATCH/kvm" >/dev/null 2>&1 &&
			grep -q 'Kernel panic' "$SCRATCH/kvm"; then
			echo kvm >"$file"
		else
			echo tcg,thread=single >"$file"
		fi
	fi
	cat "$file"
}

# Sets $build, where programs for guests of $KERNEL_ARCH are built, and ${tools[@]}, make's variables
# for that.
guest_build() {
	build="$TOP/build" tools=()
	[ "$KERNEL_ARCH" = amd64 ] || {
		build="$TOP/build/$KERNEL_ARCH"
		tools=(CC=aarch64-linux-gnu-gcc AR=aarch64-linux-gnu-ar)
	}
}

# Builds the library, the static command and the programs of the tests there.
guest_programs() {
	make -s -C "$TOP/userspace" O="$build/userspace" "${tools[@]}" \
		"$build/userspace/procmon-static" "$build/userspace/libprocmon.a" >&2
	make -s -C "$TOP/tests/kernel" O="$build/tests/kernel" USER="$build/userspace" "${tools[@]}" >&2
}
