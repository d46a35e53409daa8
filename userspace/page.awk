# SPDX-License-Identifier: MIT
# A page of the manual as mdoc(7) wants its source: a line for each sentence, and none that is too long.
BEGIN { COLUMNS = 75 } # what is not ASCII takes more columns than bytes
function put(line)
{
	print (line ~ /^[.']/ ? "\\&" : "") line
}
/^[.']/ || length($0) == 0 { print; next }
{
	rest = $0
	while (match(rest, /[A-Za-z)][.] +[A-Z]/)) {
		wrap(substr(rest, 1, RSTART + 1))
		rest = substr(rest, RSTART + RLENGTH - 1)
	}
	wrap(rest)
}
function wrap(line, cut)
{
	while (length(line) > COLUMNS) {
		cut = COLUMNS
		while (cut > 1 && substr(line, cut, 1) != " ")
			cut--
		if (cut <= 1)
			break
		put(substr(line, 1, cut - 1))
		line = substr(line, cut + 1)
	}
	put(line)
}
