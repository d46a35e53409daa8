// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "notify.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int notify_fd = -1;
static struct sockaddr_un notify_to;
static socklen_t notify_to_len;
static int64_t notify_watchdog_ns;

/* $WATCHDOG_USEC, when it is meant for us. */
static int64_t notify_watchdog(void)
{
	const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
	long long ns;

	if (!usec || (pid && strtoll(pid, NULL, 10) != getpid()))
		return 0;
	ns = strtoll(usec, NULL, 10);
	return ns > 0 && ns < INT64_MAX / 1000 ? ns * 1000 / 2 : 0;
}

void notify_start(void)
{
	const char *path = getenv("NOTIFY_SOCKET");
	size_t len = path ? strlen(path) : 0;

	if (len > 1 && len < sizeof(notify_to.sun_path) && strchr("/@", *path)) {
		notify_to.sun_family = AF_UNIX;
		memcpy(notify_to.sun_path, path, len + 1);
		if (*path == '@')
			*notify_to.sun_path = '\0'; /* an abstract one has no NUL at its end */
		notify_to_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
		notify_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		notify_watchdog_ns = notify_watchdog();
	}
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

void notify(const char *format, ...)
{
	char text[256];
	va_list args;
	int len;

	if (notify_fd < 0)
		return;
	va_start(args, format);
	len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (len < 0 || (size_t)len >= sizeof(text))
		return;
	/* it may be gone, or not listening now: the work goes on */
	sendto(notify_fd, text, (size_t)len, MSG_NOSIGNAL, (struct sockaddr *)&notify_to,
	       notify_to_len);
}

int64_t notify_interval_ns(void)
{
	return notify_fd < 0 ? 0 : notify_watchdog_ns;
}
