// SPDX-License-Identifier: MIT
#include "pace.h"

#include "clock.h"

#define PACE_QUIET_NS (NSEC_PER_SEC / 50) /* without events: nothing keeps coming */
#define PACE_BURST 10 /* wake-ups without such a time between them that are answered at once */
#define PACE_RING_PART 4

void pace_start(struct procmon *pm, uint32_t collect_us)
{
	struct procmon_info info;

	if (!procmon_info(pm, &info))
		procmon_set_batch(pm, (uint32_t)(info.nrec / PACE_RING_PART), collect_us);
}

void pace_poll(struct procmon *pm, struct pollfd *fds, unsigned int nr, int64_t boot_ns)
{
	static uint64_t last_ns;
	static unsigned int burst;
	uint64_t now_ns;

	if (stop_poll(fds, nr, boot_ns) != 1 || !(fds[0].revents & POLLIN))
		return;
	now_ns = clock_boot_ns();
	burst = now_ns - last_ns < (uint64_t)PACE_QUIET_NS ? burst + 1 : 0;
	if (burst > PACE_BURST) {
		burst = PACE_BURST;
		procmon_collect(pm);
		now_ns = clock_boot_ns();
	}
	last_ns = now_ns;
}
