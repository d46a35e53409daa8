// SPDX-License-Identifier: MIT
/* procmon record as a service: what its manager is told. */
#define _GNU_SOURCE
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "command.h"
#include "fake.h"
#include "rings.h"
#include "tap.h"

#define PAST (FAKE_BOOT_NS - 1000000000ull)

static struct rings rings;
static struct command command;
static char device[128], directory[64], file[128], path[100];
static char told[4096]; /* every datagram, with a '|' after each */

/* A manager whose socket holds some ten datagrams, all that there may be; it listens at @name, "@...": an abstract address. */
static int manager(const char *name)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	size_t len = strlen(name);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	memcpy(at.sun_path, name, len + 1);
	if (*name == '@')
		*at.sun_path = '\0';
	if (fd < 0 || bind(fd, (struct sockaddr *)&at,
			   (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)))
		bail("no socket at %s", name);
	setenv("NOTIFY_SOCKET", name, 1);
	return fd;
}

static void record(int fd)
{
	size_t len = 0;
	ssize_t n;

	unlink(file);
	COMMAND(&command, "record", device, "-q", "--history", "--for=1s", file);
	while ((n = recv(fd, told + len, sizeof(told) - len - 2, 0)) >= 0) {
		len += (size_t)n;
		told[len++] = '|';
	}
	told[len] = '\0';
	close(fd);
}

static bool all_told(const char *text)
{
	bool good = command_said(&command, 0, "") && !strcmp(told, text);

	if (!good)
		diag("told: %s", told);
	command_free(&command);
	return good;
}

static void life(void)
{
	const char *at = told;
	unsigned int lives = 0;

	setenv("WATCHDOG_USEC", "400000", 1);
	record(manager(path));
	ok(command_said(&command, 0, "") && !strncmp(told, "READY=1|", 8),
	   "it_tells_when_it_is_ready");
	while ((at = strstr(at, "|WATCHDOG=1\nSTATUS=3 events recorded, 0 lost|"))) {
		lives++;
		at++;
	}
	ok(lives >= 2 && lives <= 5, "it_tells_that_it_lives_twice_as_often_as_asked");
	ok(!strcmp(strrchr(told, '1') - 9, "STOPPING=1|"), "and_when_it_ends");
	command_free(&command);
	unlink(path);
}

static void no_watchdog(void)
{
	unsetenv("WATCHDOG_USEC");
	record(manager("@procmon-unit"));
	ok(all_told("READY=1|STOPPING=1|"), "without_a_watchdog_only_its_start_and_end");
	setenv("WATCHDOG_USEC", "400000", 1);
	setenv("WATCHDOG_PID", "1", 1);
	record(manager("@procmon-unit"));
	ok(all_told("READY=1|STOPPING=1|"), "a_watchdog_of_another_process_is_none_of_its");
	unsetenv("WATCHDOG_PID");
	setenv("WATCHDOG_USEC", "soon", 1);
	record(manager("@procmon-unit"));
	ok(all_told("READY=1|STOPPING=1|"), "nor_is_one_that_makes_no_sense");
}

static void nobody_listens(void)
{
	static const char *const places[] = { "@nobody", "/nonexistent/x", "", "x", "@" };
	char far[200];
	unsigned int i;
	bool good = true;

	memset(far, '/', sizeof(far) - 1);
	far[sizeof(far) - 1] = '\0';
	for (i = 0; i < sizeof(places) / sizeof(places[0]) + 1; i++) {
		setenv("NOTIFY_SOCKET", i < sizeof(places) / sizeof(places[0]) ? places[i] : far,
		       1);
		unlink(file);
		COMMAND(&command, "record", device, "--history", "--for=10ms", file);
		good &= command_said(&command, 0, "3 events recorded, 0 lost");
		command_free(&command);
	}
	ok(good, "a_manager_that_does_not_listen_stops_nothing");
}

int main(void)
{
	uint32_t i;

	tap_theme("service");
	snprintf(directory, sizeof(directory), "/tmp/procmon-service-XXXXXX");
	if (!mkdtemp(directory))
		bail("no directory");
	snprintf(file, sizeof(file), "%s/all", directory);
	snprintf(path, sizeof(path), "%s/notify", directory);
	rings_in_file(&rings, 1, 64);
	snprintf(device, sizeof(device), "--device=%s", rings.path);
	for (i = 0; i < 3; i++)
		rings_put_small(&rings, 0, PROCMON_FORK, 1 + i, PAST + i);
	life();
	no_watchdog();
	nobody_listens();
	rings_free(&rings);
	unlink(file);
	rmdir(directory);
	return tap_done();
}
