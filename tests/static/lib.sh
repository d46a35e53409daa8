# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# For the scripts of tests/static/: numbered results, waivers.  Sourced after common.sh.

check_count=0

# check NAME CMD...: a test that passes when CMD succeeds; its output tells why it did not.
check() {
	local name=$1 out
	shift
	check_count=$((check_count + 1))
	if out=$("$@" 2>&1); then
		echo "ok $check_count static/$name"
	else
		echo "not ok $check_count static/$name"
		head -40 <<<"$out" | sed 's/^/# /'
	fi
}

# check_skip NAME REASON
check_skip() {
	check_count=$((check_count + 1))
	echo "ok $check_count static/$1 # SKIP $2"
}

check_plan() {
	echo "1..$check_count"
}

# waivers TOOL: the texts in tests/static/TOOL.waivers, whose lines are TEXT # REASON.
waivers() {
	sed -n 's/^\([^#]*[^# ]\) *# .*/\1/p' "$TOP/tests/static/$1.waivers"
}

# no_complaint TOOL: passes the complaints on stdin through, but for the waived ones; fails when one
# is left, and when a waiver has nothing to waive any more.
no_complaint() {
	local complaints left waiver bad=0
	complaints=$(cat)
	left=$(grep -vFf <(waivers "$1") <<<"$complaints" | grep . || true)
	if [ -n "$left" ]; then
		echo "$left"
		bad=1
	fi
	while read -r waiver; do
		grep -qF -- "$waiver" <<<"$complaints" || { echo "tests/static/$1.waivers: not needed: $waiver"; bad=1; }
	done < <(waivers "$1")
	return $bad
}
