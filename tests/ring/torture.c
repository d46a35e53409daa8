// SPDX-License-Identifier: MIT
/* torture SECONDS [SCENE...]: the ring under load, for about that long in all. */
#include "torture.h"

#include <stdlib.h>
#include <string.h>

#define TORTURE_SMALL 16 /* records; the module takes no fewer than 1024 */
#define TORTURE_LEAST 1024 /* 64 KiB */
#define TORTURE_USUAL 65536 /* 4 MiB */
#define TORTURE_WRAP_POS (-100000ULL) /* so many records and */
#define TORTURE_WRAP_SEQ (-10000ULL) /* events before 2^64 */

static void scene_small(const char *name, u64 ns)
{
	exact_test(name, TORTURE_SMALL, 0, 0, ns);
}

static void scene_least(const char *name, u64 ns)
{
	exact_test(name, TORTURE_LEAST, 0, 0, ns);
}

static void scene_usual(const char *name, u64 ns)
{
	exact_test(name, TORTURE_USUAL, 0, 0, ns);
}

static void scene_wrap(const char *name, u64 ns)
{
	exact_test(name, TORTURE_SMALL * 4, TORTURE_WRAP_POS, TORTURE_WRAP_SEQ, ns);
}

static void scene_bound_kmod(const char *name, u64 ns)
{
	bound_test(name, &follow_kmod, false, ns);
}

static void scene_bound_lib(const char *name, u64 ns)
{
	bound_test(name, &follow_lib, false, ns);
}

static void scene_late_kmod(const char *name, u64 ns)
{
	bound_test(name, &follow_kmod, true, ns);
}

static void scene_late_lib(const char *name, u64 ns)
{
	bound_test(name, &follow_lib, true, ns);
}

static void scene_merge_kmod(const char *name, u64 ns)
{
	merge_test(name, &follow_kmod, ns);
}

static void scene_merge_lib(const char *name, u64 ns)
{
	merge_test(name, &follow_lib, ns);
}

static void scene_start_kmod(const char *name, u64 ns)
{
	start_test(name, &follow_kmod, ns);
}

static void scene_start_lib(const char *name, u64 ns)
{
	start_test(name, &follow_lib, ns);
}

static void scene_publish_kmod(const char *name, u64 ns)
{
	publish_test(name, &follow_kmod, ns);
}

static void scene_publish_lib(const char *name, u64 ns)
{
	publish_test(name, &follow_lib, ns);
}

static const struct scene {
	const char *name;
	void (*run)(const char *name, u64 ns);
	unsigned int share; /* of the time */
} scenes[] = {
	{ "small", scene_small, 3 },
	{ "least", scene_least, 3 },
	{ "usual", scene_usual, 3 },
	{ "wrap", scene_wrap, 2 },
	{ "bound_kmod", scene_bound_kmod, 2 },
	{ "bound_lib", scene_bound_lib, 2 },
	{ "late_kmod", scene_late_kmod, 1 },
	{ "late_lib", scene_late_lib, 1 },
	{ "merge_kmod", scene_merge_kmod, 2 },
	{ "merge_lib", scene_merge_lib, 2 },
	{ "start_kmod", scene_start_kmod, 1 },
	{ "start_lib", scene_start_lib, 1 },
	{ "publish_kmod", scene_publish_kmod, 1 },
	{ "publish_lib", scene_publish_lib, 1 },
	{ "wake", wake_test, 4 },
};

bool torture_told(const struct stage *stage, bool enough, bool last, const char *format,
		  const char *name)
{
	if (!stage->wrong && !enough && !last)
		return false;
	if (stage->wrong)
		diag("%s: %s, seq %llu after %llu", name, stage->wrong, stage->wrong_seq,
		     stage->first_seq);
	ok(!stage->wrong, format, name);
	if (!stage->wrong)
		ok(enough, "%s_run_was_long_enough", name);
	return true;
}

static bool scene_is_wanted(const struct scene *scene, char **names)
{
	if (!*names)
		return true;
	for (; *names; names++)
		if (!strcmp(scene->name, *names))
			return true;
	return false;
}

int main(int argc, char **argv)
{
	u64 ns = (argc > 1 ? strtod(argv[1], NULL) : 5) * NSEC_PER_SEC;
	char **names = argv + (argc > 1 ? 2 : 1);
	unsigned int shares = 0;
	size_t i;

	tap_theme("ring");
	for (i = 0; i < sizeof(scenes) / sizeof(*scenes); i++)
		if (scene_is_wanted(&scenes[i], names))
			shares += scenes[i].share;
	for (i = 0; i < sizeof(scenes) / sizeof(*scenes); i++)
		if (scene_is_wanted(&scenes[i], names))
			scenes[i].run(scenes[i].name, ns * scenes[i].share / shares);
	return tap_done();
}
