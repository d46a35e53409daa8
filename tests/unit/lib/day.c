// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "day.h"

#include <stdio.h>

#include "film.h"
#include "procmon.h"

#define DAY_US (86400 * 1000000ll)
#define DAY_SECOND_US 1000000
#define DAY_SERVICES 40u /* containers, each with a daemon that starts programs */
#define DAY_DAEMON 100u /* pid of the first of those */
#define DAY_FIRST 1000u /* pids of what they start */
#define DAY_PIDS 60000u
#define DAY_PROGRAMS 400u

static uint32_t day_state;

static uint32_t day_some(uint32_t end)
{
	day_state = day_state * 1664525u + 1013904223u;
	return (day_state >> 8) % end;
}

static void day_name(char *path, size_t size, const char *directory, unsigned int file,
		     unsigned int files)
{
	if (file + 1 < files)
		snprintf(path, size, "%s/all.%06u", directory, file + 1);
	else
		snprintf(path, size, "%s/all", directory);
}

static void day_tell_containers(void)
{
	char name[32];
	uint32_t i;

	for (i = 0; i < DAY_SERVICES; i++) {
		snprintf(name, sizeof(name), "service-%u", i);
		film_container(1000 + i, name);
	}
}

static void day_begin(void)
{
	char exe[64];
	uint32_t i;

	day_state = 1;
	day_tell_containers();
	for (i = 0; i < DAY_SERVICES; i++) {
		snprintf(exe, sizeof(exe), "/usr/sbin/daemon-%u", i);
		film_user(i % 8 * 100);
		film_stay(1000 + i);
		film_snapshot(DAY_DAEMON + i, 1, -3600ll * 1000000 - i, exe);
	}
}

static void day_process(uint32_t pid, int64_t us)
{
	uint32_t service = day_some(DAY_SERVICES), program = day_some(DAY_PROGRAMS);
	uint32_t code = day_some(50) ? 0 : 1 + day_some(3);
	char exe[64], args[128];

	film_user(service % 8 * 100);
	film_stay(1000 + service);
	snprintf(exe, sizeof(exe), "/usr/bin/program-%u", program);
	snprintf(args, sizeof(args), "program-%u --input=/srv/data/%u/%u --verbose", program,
		 service, day_some(100000));
	film_process(pid, DAY_DAEMON + service, us, 1000 + day_some(900000), exe, args, code);
}

static void day_rare(uint32_t pid, int64_t us)
{
	film_user(DAY_RARE_UID);
	film_stay(1000);
	film_process(pid, DAY_DAEMON, us, 5000, DAY_RARE, "rare --once", 99);
}

void day_write(const char *directory, uint32_t events, unsigned int files)
{
	uint32_t processes = events / 3, i, rare = processes / DAY_RARE_RUNS;
	int64_t second = 0;
	unsigned int file = 0;
	char path[256];

	day_name(path, sizeof(path), directory, 0, files);
	film_begin(path);
	day_begin();
	for (i = 0; i < processes; i++) {
		int64_t us = DAY_US / processes * i;

		if (us / DAY_SECOND_US != second) {
			film_block();
			second = us / DAY_SECOND_US;
		}
		if (file + 1 < files && i == processes / files * (file + 1)) {
			day_name(path, sizeof(path), directory, ++file, files);
			film_next(path);
			day_tell_containers();
		}
		if (i % rare == rare / 2)
			day_rare(DAY_FIRST + i % DAY_PIDS, us);
		else
			day_process(DAY_FIRST + i % DAY_PIDS, us);
	}
	film_block();
	film_end();
}
