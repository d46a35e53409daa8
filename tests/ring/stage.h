/* SPDX-License-Identifier: MIT */
/* stage.h - a ring with its producer, and the threads around it */
#ifndef STAGE_H
#define STAGE_H

#include <pthread.h>

#include "event.h"
#include "ring.h"

#define STAGE_THREADS 8
#define STAGE_GRACE_NS 5000000000ULL /* a thread that is later than this is lost */

/**
 * struct stage - a ring and who works on it
 * @ring: the ring, as kmod/ring.c has it
 * @first_pos, @first_seq: where it started
 * @draft: the producer's buffer
 * @end_ns: until then the threads work
 * @produced: events written, final once @stopped
 * @stopped: the producer has ended
 * @followed: position that the producer must not leave behind by more than half the ring
 * @throttled: it heeds @followed
 * @late: events have a time of the past, and pending tells so
 * @wrong: the first thing found wrong; all threads end then
 */
struct stage {
	struct ring ring;
	u64 first_pos;
	u64 first_seq;
	struct procmon_head *draft;
	u64 end_ns;
	u64 produced;
	bool stopped;
	u64 followed;
	bool throttled;
	bool late;
	const char *wrong;
	u64 wrong_seq;
	pthread_t thread[STAGE_THREADS];
	int nr_threads;
};

void stage_open(struct stage *stage, u64 nrec, u64 first_pos, u64 first_seq);
void stage_close(struct stage *stage);
void stage_run(struct stage *stage, u64 ns);
void stage_thread(struct stage *stage, void *(*entry)(void *), void *arg);
void stage_join(struct stage *stage);

/* Writes one event.  Return: a reader asked to be woken. */
bool stage_write(struct stage *stage);
/* A thread: writes until the end, with pauses when @throttled. */
void *stage_produce(void *stage);
void stage_wrong(struct stage *stage, const char *what, u64 seq);
bool stage_over(const struct stage *stage);
/* Stands still for up to @max rounds. */
void stage_spin(u64 *seed, unsigned int max);

static inline bool stage_has_stopped(const struct stage *stage)
{
	return __atomic_load_n(&stage->stopped, __ATOMIC_ACQUIRE);
}

static inline bool stage_failed(const struct stage *stage)
{
	return __atomic_load_n(&stage->wrong, __ATOMIC_ACQUIRE);
}

static inline u64 stage_word(const __u64 *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

#endif
