# SPDX-License-Identifier: MIT
# The tables of the ABI header as lists of procmon(4).  -v part=: types, fields, flags or counters.
function text(from)
{
	match(from, /"[^"]*"/)
	return substr(from, RSTART + 1, RLENGTH - 2)
}
function item(name)
{
	print ".It " name
	print text($0) "."
}
/^#define PROCMON_[A-Z]+_FIELDS/ && part == "fields" {
	split($2, word, /[_(]/)
	if (open)
		print ".El"
	print ".Ss struct procmon_" tolower(word[2])
	print ".Bl -tag -width Ds -compact"
	open = 1
}
/^\tN\(/ && part == "fields" { split($0, row, /[(,] */); item("Vt " row[2] " Va " row[3]) }
/^\tS\(/ && part == "fields" { split($0, row, /[(,] */); item("Vt \"struct procmon_str\" Va " row[2]) }
/^\tF\(/ && part == "flags" { split($0, row, /[(,] */); item("Dv PROCMON_F_" row[3] " Pq bit " row[2]) }
/^\tC\(/ && part == "counters" { split($0, row, /[(,] */); item("Dv PROCMON_C_" row[2]) }
/^\tT\(/ && part == "types" {
	split($0, row, /[(,] *|\)/)
	print ".It " row[2] " Ta Dv PROCMON_" row[3] " Ta Vt struct procmon_" tolower(row[5])
}
END { if (open) print ".El" }
