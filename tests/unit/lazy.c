// SPDX-License-Identifier: MIT
/* Libraries that are loaded when they are needed. */
#include "lazy.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"

#define C_CALLS(X)                                                                                 \
	X(str, len)                                                                                \
	X(str, dup)

static struct {
	C_CALLS(LAZY_FIELD)
} c;

static const char *const c_names[] = { C_CALLS(LAZY_NAME) };

static void calls(void)
{
	struct lazy lazy = LAZY("libc.so.6", c_names, &c);
	char *copy;

	ok(!lazy_load(&lazy) && c.len("four") == 4, "a_library_is_loaded_and_called");
	copy = c.dup("copy");
	ok(copy && !strcmp(copy, "copy"), "each_name_is_its_own_call");
	free(copy);
	lazy.soname = "no.so";
	ok(!lazy_load(&lazy), "it_is_loaded_once");
}

static void missing(void)
{
	static const char *const names[] = { "strlen", "no_such_call" };
	struct lazy none = LAZY("libnothere.so.7", c_names, &c);
	struct lazy old = LAZY("libc.so.6", names, &c);
	const char *why = lazy_load(&none);

	ok(why && strstr(why, "libnothere.so.7"), "a_missing_library_is_named");
	why = lazy_load(&old);
	ok(why && strstr(why, "no_such_call"), "so_is_a_call_that_it_has_not");
	ok(lazy_load(&old) && !old.loaded, "and_again");
}

int main(void)
{
	tap_theme("lazy");
	calls();
	missing();
	return tap_done();
}
