# SPDX-License-Identifier: MIT
# accesses.awk: the accesses to shared memory and the barriers of C sources, in order, of every
# function that has any of its own or calls ring_arm().
BEGIN {
	token = "(READ_ONCE|WRITE_ONCE|smp_[a-z_]+|cmpxchg64|atomic64_(inc|dec)|ktime_get_boottime_ns|" \
		"__atomic_[a-z_]+|clock_gettime|irq_work_queue|queue_work|wake_up_all|wait_event_[a-z_]+|" \
		"ring_(word|commit|load|store|copy|intact|lapped|has|arm|read|fill|write|bound|view_oldest|view_newest|to_oldest|to_newest)|" \
		"late_(settle|oldest|publish|peek)|lane_(get|publish)|reader_(clock|bound|oldest|refresh))\\("
}

# The call at the start of @text, up to the parenthesis that closes it.
function call(text, depth, i, c)
{
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		depth += (c == "(") - (c == ")")
		if (c == ")" && !depth)
			return substr(text, 1, i)
	}
	return text
}

function tell(text, head, any)
{
	if (text !~ /[^a-z_]smp_|__atomic_|cmpxchg|ring_arm\(|(READ|WRITE)_ONCE\((ring|(to|from)\[)|ring_word|lane_publish/)
		return
	gsub(/\/\*[^*]*\*\//, "", text)
	gsub(/[ \t]+/, " ", text)
	while (match(text, "(^|[^a-z0-9_])" token)) {
		text = substr(text, RSTART)
		sub(/^[^A-Za-z_]/, "", text)
		if (!any++)
			print FILENAME " " head
		print "\t" call(text)
		sub(/^[A-Za-z0-9_]+\(/, "", text)
	}
}

/^[a-z].*[a-z0-9_]\(/ && !/;$/ {
	name = $0
	sub(/\(.*/, "", name)
	sub(/.*[ *]/, "", name)
}
/^\{/ { body = ""; inside = 1; next }
/^\}/ && inside { tell(body, name); inside = 0 }
inside { body = body " " $0 }
