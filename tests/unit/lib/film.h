/* SPDX-License-Identifier: MIT */
/* film.h - a recording that the test writes: who ran when */
#ifndef UNIT_FILM_H
#define UNIT_FILM_H

#include <stddef.h>
#include <stdint.h>

#define FILM_BEGIN_NS 1000000000000ull /* boot time of its first moment */
#define FILM_PIDS 65536u

/* Begins a recording at @path; times below are microseconds after FILM_BEGIN_NS. */
void film_begin(const char *path);
void film_end(void);
/* Goes on in another file, as after a rotation. */
void film_next(const char *path);
/* Ends a block, as a recorder does when a second has passed. */
void film_block(void);
/* The same in the middle of something: it has no cursor. */
void film_part(void);
/* Who does what comes next; 0 at first. */
void film_user(uint32_t uid);
/* The same for a cgroup that has been told of. */
void film_stay(uint64_t id);
/* The machine was started anew: times begin again, and no process is known. */
void film_reboot(void);

void film_fork(uint32_t pid, uint32_t parent, int64_t us);
/* @pid has been there since @us, which may be negative. */
void film_snapshot(uint32_t pid, uint32_t parent, int64_t us, const char *exe);
/* @args: words with a space between them; where there is no @exe its name. */
void film_exec(uint32_t pid, int64_t us, const char *exe, const char *args);
/* @code, or where @signal is not 0 that. */
void film_exit(uint32_t pid, int64_t us, uint32_t code, uint32_t signal);
/* A fork, an exec at once, and an exit with @code. */
void film_process(uint32_t pid, uint32_t parent, int64_t us, int64_t len_us, const char *exe,
		  const char *args, uint32_t code);
void film_lose(uint64_t count, int64_t us);
/* From now on events are of cgroup @id, which is that of the container @name; 0: of none. */
void film_container(uint64_t id, const char *name);
/* Whether threads, not processes, come in the next calls. */
void film_threads(int on);

/*
 * Recordings of one of each kind: a build and its tests, one of which crashes and one of which hangs, in a
 * container a server that stays.  And of many: a shell that runs the same short program @count times, a build of @count compilers
 * that run two programs each, @count programs of which none is like another.
 * Return: how many processes there are.
 */
uint32_t film_demo(uint32_t count);
uint32_t film_loop(uint32_t count);
uint32_t film_build(uint32_t count);
uint32_t film_zoo(uint32_t count);

#endif
