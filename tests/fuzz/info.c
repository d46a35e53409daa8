// SPDX-License-Identifier: MIT
/* An info page of any bytes: the rings are as large as it says, and not a byte larger. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "reader.h"

#define INFO_RINGS_MAX 4
#define INFO_LEN_MAX 65536

static char *windows[INFO_RINGS_MAX];

static bool info_is_small(const struct procmon_info *info)
{
	return info->nr_rings <= INFO_RINGS_MAX && info->ring_len <= INFO_LEN_MAX;
}

/* Makes the window of a ring from what is left of the input. */
static void info_fill_ring(struct procmon *pm, unsigned int i, const unsigned char **data,
			   size_t *left)
{
	windows[i] = malloc(pm->info->ring_len);
	fuzz_take(data, left, windows[i], pm->info->ring_len);
	pm->ring[i].shared = (const void *)windows[i];
	pm->ring[i].data = (const void *)(windows[i] + pm->info->data_off);
}

static void info_fuzz(const unsigned char *data, size_t len)
{
	static struct procmon_info info;
	struct procmon *pm = reader_make("-");
	unsigned int i;

	fuzz_take(&data, &len, &info, sizeof(info));
	pm->info = &info;
	if (reader_sizes_fit(&info) && info_is_small(&info)) {
		pm->ring = calloc(info.nr_rings, sizeof(*pm->ring));
		for (i = 0; i < info.nr_rings; i++)
			info_fill_ring(pm, i, &data, &len);
		if (reader_attach(pm, PROCMON_HISTORY))
			abort(); /* the sizes were good */
		events_show(pm);
	}
	procmon_close(pm);
	for (i = 0; i < INFO_RINGS_MAX; i++) {
		free(windows[i]);
		windows[i] = NULL;
	}
}

static void info_seed(void)
{
	static unsigned char bytes[INFO_LEN_MAX];
	struct rings *rings = &fuzz_rings;
	struct procmon_info *info = rings->info;
	unsigned int i;

	fuzz_rings_put_story();
	info->ring_len = info->data_off + FUZZ_NREC * PROCMON_REC;
	memcpy(bytes, info, sizeof(*info));
	for (i = 0; i < FUZZ_RINGS; i++) {
		unsigned char *window = bytes + sizeof(*info) + i * info->ring_len;

		memcpy(window, rings->shared[i], sizeof(struct procmon_ring));
		memcpy(window + info->data_off, rings->data[i], FUZZ_NREC * PROCMON_REC);
	}
	fuzz_seed("story", bytes, sizeof(*info) + FUZZ_RINGS * info->ring_len);
	memset(info->version, '\n', sizeof(info->version)); /* status printed it */
	fuzz_seed("version", info, sizeof(*info));
}

const struct target target_info = { "info", fuzz_rings_begin, info_fuzz, info_seed };
