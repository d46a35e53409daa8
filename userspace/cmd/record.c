// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
/* procmon record: the stream into a file, whose blocks are whole whatever happens. */
#include "commands.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "block.h"
#include "clock.h"
#include "filter.h"
#include "naming.h"
#include "notify.h"
#include "pace.h"
#include "recording.h"
#include "redact.h"
#include "restate.h"
#include "rotate.h"
#include "show.h"
#include "small.h"
#include "snapshot.h"
#include "stop.h"
#include "writer.h"

#define RECORD_BLOCK_NS NSEC_PER_SEC /* how long an event may wait for its block to be written */
#define RECORD_CURSOR_NS (10 * NSEC_PER_SEC) /* how old a cursor gets while others are left out */
#define RECORD_SYNC_NS (5 * NSEC_PER_SEC) /* what a power cut may cost */
#define RECORD_COLLECT_US 100000

/**
 * struct record - a recording being made
 * @show: for the filters
 * @fd: the file
 * @size: bytes in it from earlier
 * @table_sum: of the last table there, 0: none
 * @cursor, @cursor_end: the last one there, and where its block ends; NULL: none
 * @file: number of the file, for where_is_news()
 * @told: bytes at its beginning that tell who runs already
 * @last_ns: of the last event
 * @live: events of the stream have come: a cursor says where to go on
 * @synced_ns: when the file was last brought to the disk
 * @moved: events came since the last block, or were left out
 * @ended_ns: when the last block was ended
 * @alive_ns: when the service manager was last told that we live
 * @events: recorded
 */
struct record {
	const struct options *options;
	struct procmon *pm;
	struct show show;
	struct writer *writer;
	int fd;
	uint64_t size;
	uint32_t table_sum;
	char *cursor;
	uint64_t cursor_end;
	unsigned int file;
	uint64_t told;
	uint64_t last_ns;
	bool live;
	uint64_t synced_ns;
	bool moved;
	uint64_t ended_ns;
	uint64_t alive_ns;
	uint64_t events;
	int err; /* of record_again() */
};

static struct record record_one; /* from record_begin() to record_main() */

static int record_fail(const struct record *record, int err)
{
	fprintf(stderr, "procmon: %s: %s\n", record->options->file, strerror(-err));
	return -1;
}

static bool record_is_pipe(const struct record *record)
{
	return !strcmp(record->options->file, "-");
}

/*
 * Opens the file, and sees to it that nobody else records into it.  Return: 0; 1: there is none yet, and
 * @flags did not ask for one; -1: an error, told.
 */
static int record_open(struct record *record, int flags)
{
	record->fd = open(record->options->file, O_RDWR | O_CLOEXEC | flags, 0640);
	if (record->fd < 0 && errno == ENOENT && !flags)
		return 1;
	if (record->fd < 0)
		return record_fail(record, -errno);
	if (!flock(record->fd, LOCK_EX | LOCK_NB))
		return 0;
	if (errno == EWOULDBLOCK)
		fprintf(stderr, "procmon: %s: another procmon records into it\n",
			record->options->file);
	else
		record_fail(record, -errno);
	return -1;
}

/* Reads a recording for what it says of itself; procmon_close() it.  NULL: an error, told. */
static struct procmon *record_read(const struct record *record, const char *path)
{
	struct procmon *old;
	uint64_t offset;
	int r, blocks = 0;

	if (procmon_open_recording(&old, path)) {
		fprintf(stderr, "procmon: %s\n", procmon_error(NULL));
		return NULL;
	}
	while ((r = recording_next_part(old)) > 0 || r == -EBADMSG) {
		blocks += r > 0;
		if (r < 0)
			note(record->options, "%s", procmon_error(old));
	}
	/* the first block may have been cut */
	if (!r && (blocks || recording_rest(old, &offset) >= strlen(BLOCK_MAGIC)))
		return old;
	fprintf(stderr, "procmon: %s: %s\n", path,
		r < 0 ? procmon_error(old) : "is there, and no recording");
	procmon_close(old);
	return NULL;
}

/* Keeps the last cursor of a recording, and where it stands. */
static void record_take_cursor(struct record *record, const struct procmon *old)
{
	const char *cursor = recording_cursor(old, &record->cursor_end);

	record->cursor = cursor ? strdup(cursor) : NULL;
}

/*
 * Takes in who lives at the end of a file that will be followed by others.  Its own beginning tells who
 * lived then.
 */
static void record_learn(const struct record *record, const char *path)
{
	struct procmon_event ev;
	struct procmon *old;
	int r;

	if (!record->options->rotate || procmon_open_recording(&old, path))
		return;
	while ((r = procmon_next(old, &ev, 0)) > 0 || r == -EBADMSG) {
		if (r < 0)
			continue; /* was told */
		proc_note(&ev);
		proc_record(&ev);
		proc_forget(&ev);
	}
	procmon_close(old);
}

/* Looks at what is in the file already.  Return: 0; -1: an error, told. */
static int record_look(struct record *record)
{
	struct procmon *old;

	if (record->fd < 0 || lseek(record->fd, 0, SEEK_END) <= 0)
		return 0;
	old = record_read(record, record->options->file);
	if (!old)
		return -1;
	record_take_cursor(record, old);
	recording_rest(old, &record->size);
	record->table_sum = recording_table_sum(old);
	procmon_close(old);
	record_learn(record, record->options->file);
	return 0;
}

/* A recorder that was killed right after it had begun a new file: the one before it has the cursor. */
static void record_look_before(struct record *record)
{
	char *path = rotate_newest(record->options->file);
	struct procmon *old = path ? record_read(record, path) : NULL;

	if (old)
		record_take_cursor(record, old);
	record->cursor_end = 0; /* what is in the new one comes again */
	procmon_close(old);
	if (old)
		record_learn(record, path);
	free(path);
}

int record_begin(const struct options *options, bool *history)
{
	struct record *record = &record_one;

	*record = (struct record){ .options = options, .fd = -1, .file = 1 };
	if (!record_is_pipe(record)) {
		if (record_open(record, 0) < 0 || record_look(record))
			return -1;
		if (!record->cursor)
			record_look_before(record);
	}
	*history = options->history || record->cursor;
	return 0;
}

/* Goes on after the cursor, or at the end of the file.  What follows there comes again. */
static int record_go_on(struct record *record)
{
	int err = record->cursor ? procmon_seek(record->pm, record->cursor) : 0;

	if (err && err != -ESTALE) {
		fprintf(stderr, "procmon: %s: %s\n", record->options->file,
			procmon_error(record->pm));
		return -1;
	}
	if (err)
		note(record->options, "%s: %s; going on with the oldest event there is",
		     record->options->file, procmon_error(record->pm));
	else if (record->cursor)
		record->size = record->cursor_end;
	if (!record->size)
		record->table_sum = 0;
	if (ftruncate(record->fd, (off_t)record->size) && errno != EINVAL)
		return record_fail(record, -errno);
	if (lseek(record->fd, (off_t)record->size, SEEK_SET) < 0 && errno != ESPIPE)
		return record_fail(record, -errno);
	return 0;
}

/* Return: 0; -1: an error, told. */
static int record_prepare(struct record *record)
{
	if (!record_is_pipe(record))
		return (record->fd < 0 && record_open(record, O_CREAT)) || record_go_on(record) ?
			       -1 :
			       0;
	record->fd = STDOUT_FILENO;
	if (!isatty(STDOUT_FILENO))
		return 0;
	fputs("procmon: a recording is nothing for a terminal: name a file\n", stderr);
	return -1;
}

static int record_end_block(struct record *record)
{
	uint64_t now_ns = clock_boot_ns();
	int err =
		writer_end_block(record->writer, record->live ? procmon_cursor(record->pm) : NULL);

	if (err)
		return record_fail(record, err);
	record->ended_ns = now_ns;
	record->moved = false;
	if (!record_is_pipe(record) && now_ns - record->synced_ns > RECORD_SYNC_NS) {
		if (fdatasync(record->fd) && errno != EINVAL)
			return record_fail(record, -errno);
		record->synced_ns = now_ns;
	}
	return 0;
}

static void record_again(void *data, const struct proc *proc)
{
	struct record *record = data;
	struct procmon_event ev;
	struct event event;

	if (!proc->recorded || record->err)
		return;
	ev = restate_event(proc, record->last_ns);
	event = redact_event(&(struct event){ .ev = &ev, .proc = proc });
	record->err = writer_put(record->writer, event.ev);
}

/* A new file begins with those who run: it can be read without the ones before it. */
static int record_go_into(struct record *record)
{
	record->size = 0;
	record->file++;
	record->err = writer_start(record->writer, record->fd, 0);
	proc_each_living(record_again, record);
	if (record->err)
		return record_fail(record, record->err);
	if (record_end_block(record))
		return -1;
	record->told = writer_bytes(record->writer);
	return 0;
}

/* Begins a new file when this one is large enough.  Return: 1: recording is to end; 0; -1: an error. */
static int record_rotate(struct record *record)
{
	const struct options *options = record->options;
	uint64_t bytes = record->size + writer_bytes(record->writer) - record->told;

	if (!options->rotate && options->max_size && bytes >= options->max_size) {
		note(options, "%s: has its %llu bytes (--max-size)", options->file,
		     (unsigned long long)options->max_size);
		return 1;
	}
	if (!options->rotate || bytes < options->rotate)
		return 0;
	if (rotate_file(options->file, options->keep, options->max_size))
		return -1;
	close(record->fd);
	if (record_open(record, O_CREAT))
		return -1;
	return record_go_into(record);
}

static int record_put(struct record *record, const struct event *event)
{
	const struct procmon_event *ev = event->ev;
	struct procmon_event naming;
	int err = 0;

	if (event->where && where_is_news(event->where->id, record->file)) {
		naming = naming_event(event->where, ev);
		err = writer_put(record->writer, &naming);
	}
	if (!err)
		err = writer_put(record->writer, ev);
	if (err)
		return record_fail(record, err);
	record->events += ev->head.type != PROCMON_LOST;
	return 0;
}

/* Tells the service manager, when it is time. */
static void record_tell(struct record *record)
{
	uint64_t now_ns = clock_boot_ns();

	if (!notify_interval_ns() || (int64_t)(now_ns - record->alive_ns) < notify_interval_ns())
		return;
	notify("WATCHDOG=1\nSTATUS=%llu events recorded, %llu lost",
	       (unsigned long long)record->events, (unsigned long long)procmon_lost(record->pm));
	record->alive_ns = now_ns;
}

/* Whoever ran already has been told: from here on a recorder can go on. */
static int record_turn(struct record *record)
{
	record->live = true;
	return record_end_block(record);
}

/* Takes in what there is.  Return: 1: go on; 0: the end; -1: an error, told. */
static int record_drain(struct record *record)
{
	struct procmon_event ev;
	bool turns;
	int r;

	while (!stop_signal && (r = procmon_next(record->pm, &ev, 0)) != 0) {
		struct event event;

		if (r == -EINTR)
			continue;
		if (r < 0) {
			fprintf(stderr, "procmon: %s\n", procmon_error(record->pm));
			return -1;
		}
		record->moved = true;
		turns = !record->live && ev.head.type != PROCMON_SNAPSHOT;
		record->live |= turns;
		event = event_know(record->pm, &ev);
		record->last_ns = ev.head.time_ns;
		if (filter_wants(&record->show, &event)) {
			proc_record(&ev);
			event = redact_event(&event);
			if (record_put(record, &event))
				return -1;
		}
		proc_forget(&ev);
		if (!turns && !writer_is_full(record->writer))
			continue;
		if (record_end_block(record))
			return -1;
		r = record_rotate(record);
		if (r)
			return r < 0 ? -1 : 0;
		record_tell(record);
	}
	if (!record->live && !stop_signal && record_turn(record))
		return -1;
	return !stop_signal;
}

static int64_t record_sooner(int64_t a_ns, int64_t b_ns)
{
	return a_ns < 0 || b_ns < a_ns ? b_ns : a_ns;
}

/* Until when to wait: the end, or until a block has waited long enough, or a sign of life is due. */
static int64_t record_wake_ns(const struct record *record, int64_t end_ns)
{
	int64_t since_ns = (int64_t)writer_since_ns(record->writer);

	if (since_ns)
		end_ns = record_sooner(end_ns, since_ns + RECORD_BLOCK_NS);
	if (notify_interval_ns())
		end_ns = record_sooner(end_ns, (int64_t)record->alive_ns + notify_interval_ns());
	return wake_ns(record->pm, end_ns);
}

/* Has the block waited long enough, or has nothing been recorded for so long that a cursor is due? */
static bool record_is_due(const struct record *record)
{
	uint64_t now_ns = clock_boot_ns(), since_ns = writer_since_ns(record->writer);

	return (since_ns && now_ns - since_ns >= (uint64_t)RECORD_BLOCK_NS) ||
	       (record->moved && now_ns - record->ended_ns >= (uint64_t)RECORD_CURSOR_NS);
}

static int record_loop(struct record *record)
{
	const struct options *options = record->options;
	struct pollfd ready = { .fd = procmon_fd(record->pm), .events = POLLIN };
	int64_t end_ns = options->for_ns < 0 ? -1 : (int64_t)clock_boot_ns() + options->for_ns;
	int r;

	for (;;) {
		r = record_drain(record);
		if (r <= 0 || (end_ns >= 0 && (int64_t)clock_boot_ns() >= end_ns))
			break;
		if (record_is_due(record)) {
			r = record_end_block(record) ? -1 : record_rotate(record);
			if (r)
				break;
		}
		record_tell(record);
		pace_poll(record->pm, &ready, 1, record_wake_ns(record, end_ns));
	}
	return r < 0 ? -1 : 0;
}

static int record_run(struct record *record)
{
	int err;

	if (record_prepare(record))
		return -1;
	err = writer_start(record->writer, record->fd, record->table_sum);
	if (err)
		return record_fail(record, err);
	if (!record->options->snapshot || record->options->history || record->cursor) {
		if (record_turn(record))
			return -1;
	} else if (snapshot_begin(record->pm, record->options)) {
		note(record->options, "%s", procmon_error(record->pm));
	}
	pace_start(record->pm, RECORD_COLLECT_US);
	tell_what_is_off(record->pm, record->options);
	stop_catch();
	record->alive_ns = clock_boot_ns();
	notify("READY=1");
	if (record_loop(record))
		return -1;
	notify("STOPPING=1");
	if (record_end_block(record))
		return -1;
	if (!record_is_pipe(record) && fsync(record->fd) && errno != EINVAL)
		return record_fail(record, -errno);
	return 0;
}

int record_main(struct procmon *pm, const struct options *options)
{
	struct record *record = &record_one;
	struct procmon_info info;
	int status;

	small_keep();
	notify_start();
	record->pm = pm;
	record->show.options = options;
	if (procmon_info(pm, &info)) {
		fprintf(stderr, "procmon: %s\n", procmon_error(pm));
		return EXIT_FAILURE;
	}
	record->writer = writer_make(&info);
	if (!record->writer) {
		fputs("procmon: out of memory\n", stderr);
		return EXIT_FAILURE;
	}
	status = record_run(record) ? EXIT_FAILURE : EXIT_SUCCESS;
	if (!status)
		note(options, "%s: %llu events recorded, %llu lost", options->file,
		     (unsigned long long)record->events, (unsigned long long)procmon_lost(pm));
	if (!status && options->fail_on_loss && procmon_lost(pm))
		status = EXIT_LOSS;
	writer_free(record->writer);
	free(record->cursor);
	proc_free_all();
	if (record->fd > STDERR_FILENO)
		close(record->fd);
	return status;
}
