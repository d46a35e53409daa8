// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "film.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "draft.h"
#include "rings.h"
#include "tap.h"
#include "writer.h"

#define FILM_SHELL 1000u
#define FILM_FIRST 2000u /* pid of the first one that it runs */

static struct writer *film;
static struct draft draft;
static int film_fd;
static uint64_t film_start[FILM_PIDS]; /* of each pid, 0: none */
static uint64_t film_cgroup;
static uint32_t film_uid;
static int64_t film_now_us; /* of the last event */
static int film_thread;

void film_begin(const char *path)
{
	struct procmon_info info = {
		.abi_major = PROCMON_ABI_MAJOR,
		.abi_minor = PROCMON_ABI_MINOR,
		.instance = RINGS_INSTANCE,
		.cgroup_version = 2,
	};

	film = writer_make(&info);
	film_fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
	if (!film || film_fd < 0 || writer_start(film, film_fd, 0))
		bail("%s", path);
	film_cgroup = 0;
	film_uid = 0;
	film_now_us = 0;
	film_reboot();
}

void film_next(const char *path)
{
	if (writer_end_block(film, NULL))
		bail("a block cannot be written");
	close(film_fd);
	film_fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
	if (film_fd < 0 || writer_start(film, film_fd, 0))
		bail("%s", path);
}

void film_block(void)
{
	if (writer_end_block(film, "cursor"))
		bail("a block cannot be written");
}

void film_part(void)
{
	if (writer_end_block(film, NULL))
		bail("a block cannot be written");
}

void film_user(uint32_t uid)
{
	film_uid = uid;
}

void film_stay(uint64_t id)
{
	film_cgroup = id;
}

void film_reboot(void)
{
	memset(film_start, 0, sizeof(film_start));
}

void film_end(void)
{
	if (writer_end_block(film, NULL))
		bail("a block cannot be written");
	writer_free(film);
	close(film_fd);
}

static void film_put(const struct procmon_event *ev)
{
	if (writer_put(film, ev) || (writer_is_full(film) && writer_end_block(film, NULL)))
		bail("an event cannot be written");
}

static uint64_t film_ns(int64_t us)
{
	return FILM_BEGIN_NS + (uint64_t)(us * 1000);
}

static void film_draft(unsigned int type, uint32_t pid, int64_t us)
{
	draft_start(&draft, type);
	draft_process(&draft, pid, film_start[pid]);
	draft.head.time_ns = film_ns(us);
	film_now_us = us;
	draft.head.uid = film_uid;
	draft.head.cgroup_id = film_cgroup;
	if (film_thread)
		draft.head.flags = PROCMON_F_THREAD;
}

static void film_put_draft(void)
{
	struct procmon_event ev = draft_event(&draft);

	film_put(&ev);
}

static void film_parent(uint32_t parent)
{
	draft.head.ppid = parent;
	draft_number(&draft, "parent_start_ns", film_start[parent]);
}

void film_fork(uint32_t pid, uint32_t parent, int64_t us)
{
	if (!film_thread)
		film_start[pid] = film_ns(us);
	film_draft(PROCMON_FORK, pid, us);
	film_parent(parent);
	draft_number(&draft, "fork_pid", parent);
	film_put_draft();
}

static void film_program(const char *exe, const char *args)
{
	char words[4096];
	char *at;

	if (!exe) {
		draft_text(&draft, "comm", args);
		return;
	}
	draft_text(&draft, "exe", exe);
	snprintf(words, sizeof(words), "%s", args);
	for (at = words; at < words + strlen(args); at++)
		if (*at == ' ')
			*at = '\0';
	draft_string(&draft, "args", words, strlen(args) + 1);
}

void film_snapshot(uint32_t pid, uint32_t parent, int64_t us, const char *exe)
{
	film_start[pid] = film_ns(us);
	film_draft(PROCMON_SNAPSHOT, pid, 0);
	film_parent(parent);
	film_program(exe, exe);
	film_put_draft();
}

void film_exec(uint32_t pid, int64_t us, const char *exe, const char *args)
{
	film_draft(PROCMON_EXEC, pid, us);
	film_program(exe, args);
	film_put_draft();
}

void film_exit(uint32_t pid, int64_t us, uint32_t code, uint32_t signal)
{
	film_draft(PROCMON_EXIT, pid, us);
	draft_number(&draft, signal ? "signal" : "exit_code", signal ? signal : code);
	if (signal)
		draft_number(&draft, "core", signal == SIGSEGV);
	film_put_draft();
}

void film_process(uint32_t pid, uint32_t parent, int64_t us, int64_t len_us, const char *exe,
		  const char *args, uint32_t code)
{
	film_fork(pid, parent, us);
	film_exec(pid, us + len_us / 20, exe, args);
	film_exit(pid, us + len_us, code, 0);
}

void film_lose(uint64_t count, int64_t us)
{
	struct procmon_event ev = {
		.head = { .type = PROCMON_LOST, .cpu = 0, .time_ns = film_ns(us) },
		.count = count,
	};

	film_put(&ev);
}

void film_container(uint64_t id, const char *name)
{
	film_cgroup = id;
	if (!id)
		return;
	draft_start(&draft, PROCMON_NAMED);
	draft.head.time_ns = film_ns(film_now_us);
	draft_number(&draft, "target_cgroup_id", id);
	draft_text(&draft, "target_cgroup",
		   "/system.slice/docker-"
		   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope");
	draft_text(&draft, "container", name);
	film_put_draft();
}

void film_threads(int on)
{
	film_thread = on;
}

/* Some number that is always the same, below @end. */
static uint32_t film_some(uint32_t i, uint32_t end)
{
	return (i * 2654435761u >> 8) % end;
}

/* A compiler and what it runs. */
static void film_compile(uint32_t pid, uint32_t parent, int64_t us, int64_t len, const char *name,
			 uint32_t code)
{
	char args[128];

	film_fork(pid, parent, us);
	snprintf(args, sizeof(args), "gcc -O2 -c -o %s.o %s.c", name, name);
	film_exec(pid, us + 4000, "/usr/bin/gcc", args);
	snprintf(args, sizeof(args), "cc1 -quiet -O2 %s.c -o /tmp/cc%u.s", name, pid);
	film_process(pid + 1, pid, us + 9000, len * 8 / 10, "/usr/libexec/gcc/cc1", args, code);
	snprintf(args, sizeof(args), "as --64 -o %s.o /tmp/cc%u.s", name, pid);
	if (!code)
		film_process(pid + 2, pid, us + len * 8 / 10 + 14000, len / 10, "/usr/bin/as", args,
			     0);
	film_exit(pid, us + len, code, 0);
}

uint32_t film_demo(uint32_t count)
{
	(void)count;
	film_snapshot(1200, 1, -60000000, "/usr/bin/bash");
	film_fork(2000, 1200, 10000);
	film_exec(2000, 22000, "/usr/bin/make", "make -j4 check");
	film_compile(2010, 2000, 60000, 900000, "parser", 0);
	film_compile(2020, 2000, 70000, 1400000, "codec", 0);
	film_compile(2030, 2000, 80000, 460000, "table", 0);
	film_compile(2040, 2000, 570000, 330000, "legacy", 1);
	film_compile(2050, 2000, 930000, 510000, "main", 0);
	film_fork(2060, 2000, 1500000);
	film_exec(2060, 1512000, "/usr/bin/gcc", "gcc -o server parser.o codec.o table.o main.o");
	film_process(2061, 2060, 1530000, 240000, "/usr/bin/ld", "ld -o server crt1.o main.o", 0);
	film_exit(2060, 1790000, 0, 0);
	film_fork(2070, 2000, 1820000);
	film_exec(2070, 1835000, "/usr/bin/bash", "bash tests/run --all");
	film_process(2071, 2070, 1880000, 190000, "/srv/tests/parser", "parser", 0);
	film_fork(2072, 2070, 2090000);
	film_exec(2072, 2096000, "/srv/tests/codec", "codec --seed=7");
	film_exit(2072, 2330000, 0, SIGSEGV);
	film_fork(2073, 2070, 2350000);
	film_exec(2073, 2356000, "/usr/bin/timeout", "timeout 1 tests/hang");
	film_fork(2074, 2073, 2366000);
	film_exec(2074, 2374000, "/srv/tests/hang", "hang");
	film_exit(2074, 3366000, 0, SIGTERM);
	film_exit(2073, 3370000, 124, 0);
	film_fork(2080, 2070, 3390000);
	film_exec(2080, 3400000, "/usr/bin/docker", "docker run --rm web");
	film_fork(2081, 2080, 3430000);
	film_container(77, "web");
	film_exec(2081, 3450000, "/usr/bin/env", "env server");
	film_exec(2081, 3520000, "/srv/server", "server --listen=:8080");
	film_container(0, NULL);
	film_process(2082, 2070, 3560000, 420000, "/usr/bin/curl", "curl http://web:8080/", 0);
	film_process(2083, 2070, 4000000, 310000, "/usr/bin/curl", "curl http://web:8080/none", 22);
	film_exit(2070, 4340000, 1, 0);
	film_exit(2000, 4370000, 2, 0);
	return 27;
}

uint32_t film_loop(uint32_t count)
{
	uint32_t i;

	film_snapshot(FILM_SHELL, 1, -5000000, "/usr/bin/bash");
	for (i = 0; i < count; i++)
		film_process(FILM_FIRST + i, FILM_SHELL, (int64_t)i * 1000, 500 + film_some(i, 400),
			     "/usr/bin/curl", "curl -s http://localhost/",
			     !film_some(i, 50) ? 7 : 0);
	return count + 1;
}

uint32_t film_build(uint32_t count)
{
	uint32_t i, pid = FILM_FIRST, told = 2;
	char args[128];

	film_snapshot(FILM_SHELL, 1, -5000000, "/usr/bin/bash");
	film_fork(FILM_FIRST - 1, FILM_SHELL, 1000);
	film_exec(FILM_FIRST - 1, 1500, "/usr/bin/make", "make -j4 all");
	for (i = 0; i < count; i++) {
		int64_t us = 20000 + (int64_t)i * 40000;
		int64_t len = 60000 + film_some(i, 90000) + (film_some(i, 23) ? 0 : 400000);
		uint32_t code = film_some(i, 40) == 3;

		snprintf(args, sizeof(args), "gcc -O2 -c -o part%u.o part%u.c", i, i);
		film_fork(pid, FILM_FIRST - 1, us);
		film_exec(pid, us + 900, "/usr/bin/x86_64-linux-gnu-gcc-14", args);
		snprintf(args, sizeof(args), "cc1 -quiet part%u.c", i);
		film_process(pid + 1, pid, us + 2000, len * 8 / 10, "/usr/libexec/gcc/cc1", args,
			     code);
		if (!code)
			film_process(pid + 2, pid, us + len * 8 / 10 + 4000, len / 10,
				     "/usr/bin/as", "as --64 -o part.o", 0);
		film_exit(pid, us + len, code, 0);
		pid += 3;
		told += code ? 2 : 3;
	}
	film_exit(FILM_FIRST - 1, 20000 + (int64_t)count * 40000 + 700000, 2, 0);
	return told;
}

uint32_t film_zoo(uint32_t count)
{
	char exe[64], args[64];
	uint32_t i;

	film_snapshot(FILM_SHELL, 1, -5000000, "/usr/bin/bash");
	for (i = 0; i < count; i++) {
		snprintf(exe, sizeof(exe), "/opt/zoo/animal%u", i);
		snprintf(args, sizeof(args), "animal%u --feed", i);
		film_process(FILM_FIRST + i, i % 10 ? FILM_FIRST + i / 10 * 10 : FILM_SHELL,
			     (int64_t)i * 1000, (i % 10 ? 900 : 60000) + film_some(i, 50000), exe,
			     args, 0);
	}
	return count + 1;
}
