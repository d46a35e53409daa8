// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "history.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "block.h"
#include "clock.h"
#include "commands.h"
#include "context.h"
#include "part.h"
#include "progress.h"
#include "recording.h"
#include "stop.h"
#include "summary.h"

#define HISTORY_COMMIT 16 /* units, then what was done stays */

/**
 * struct history_file - a recording
 * @fd: it stays the same file when it is renamed or removed
 * @ino, @size, @mtime_ns: as stat(2) says
 * @mark, @begin_ns: checksum and CLOCK_REALTIME of its first block of events; 0: it has none
 */
struct history_file {
	char *path;
	int fd;
	uint64_t ino, size, mark;
	int64_t mtime_ns, begin_ns;
};

const struct options history_all = {
	.command = COMMAND_LOG,
	.reads_files = true,
	.for_ns = -1,
	.since_ns = INT64_MIN,
	.until_ns = INT64_MAX,
};

uint64_t history_unit_events = 32768, history_part_events = 1024, history_part_share = 320;

static uint64_t history_done; /* bytes of files, for the progress */
static struct unit *history_made; /* the one that is being made */
static struct out history_summary = { .fd = -1 }, history_context = { .fd = -1 },
		  history_parts = { .fd = -1 };

static int history_fail(const char *path, const char *why)
{
	fprintf(stderr, "procmon: %s: %s\n", path, why);
	return -1;
}

/* The first file that can be opened makes the stream; others come in its place. */
static void history_keep(struct history *history, struct procmon *pm)
{
	if (history->pm) {
		procmon_close(pm);
		return;
	}
	history->pm = pm;
	procmon_name_cgroups(pm, NULL);
}

/* Opens it, and takes in when and how its first events begin.  Return: 0 or a negative errno. */
static int history_look(struct history *history, struct history_file *file)
{
	struct procmon *pm;
	struct stat st;
	int r = procmon_open_recording(&pm, file->path);

	if (r)
		return r;
	file->fd = fcntl(recording_fd(pm), F_DUPFD_CLOEXEC, 3);
	if (file->fd >= 0 && !fstat(file->fd, &st)) {
		file->ino = (uint64_t)st.st_ino;
		file->size = (uint64_t)st.st_size;
		file->mtime_ns = st.st_mtim.tv_sec * NSEC_PER_SEC + st.st_mtim.tv_nsec;
	}
	while (!file->begin_ns && ((r = recording_next_part(pm)) > 0 || r == -EBADMSG))
		file->begin_ns = recording_begin_ns(pm);
	if (file->begin_ns)
		file->mark = recording_sum(pm);
	history_keep(history, pm);
	return file->fd < 0 ? -EMFILE : 0;
}

/* Only its first bytes are looked at. */
static bool history_is_recording(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char magic[8] = "";
	bool is;

	if (fd < 0)
		return false;
	is = read(fd, magic, sizeof(magic)) == sizeof(magic) &&
	     !memcmp(magic, BLOCK_MAGIC, sizeof(magic));
	close(fd);
	return is;
}

static int history_add(struct history *history, char *path)
{
	size_t size = (history->nr_files + 1) * sizeof(*history->file);
	struct history_file *more = path ? realloc(history->file, size) : NULL;

	if (!more) {
		free(path);
		return history_fail("history", "out of memory");
	}
	history->file = more;
	more[history->nr_files++] = (struct history_file){ .path = path, .fd = -1 };
	return 0;
}

static void history_forget(struct history_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	free(file->path);
}

static void history_forget_all(struct history *history)
{
	while (history->nr_files)
		history_forget(&history->file[--history->nr_files]);
}

static int history_compare(const void *a, const void *b)
{
	const struct history_file *x = a, *y = b;

	if (x->begin_ns != y->begin_ns)
		return x->begin_ns < y->begin_ns ? -1 : 1;
	if (x->mark != y->mark)
		return x->mark < y->mark ? -1 : 1;
	return (x->ino > y->ino) - (x->ino < y->ino); /* as the index orders them */
}

/* The recordings that there are now; one that goes away meanwhile is not among them. */
static int history_find(struct history *history)
{
	const char *directory = history->directory;
	DIR *dir = opendir(directory);
	struct dirent *entry;
	size_t i, n = 0;

	history_forget_all(history);
	if (!dir)
		return history_fail(directory, strerror(errno));
	while ((entry = readdir(dir))) {
		char *path;

		if (asprintf(&path, "%s/%s", directory, entry->d_name) < 0)
			path = NULL;
		if (path && !history_is_recording(path)) {
			free(path);
			continue;
		}
		if (history_add(history, path)) {
			closedir(dir);
			return -1;
		}
	}
	closedir(dir);
	for (i = 0; i < history->nr_files; i++) {
		struct history_file file = history->file[i];

		if (!history_look(history, &file) && file.begin_ns)
			history->file[n++] = file;
		else
			history_forget(&file);
	}
	history->nr_files = n;
	if (!n)
		return history_fail(directory,
				    "no recording with events is there; procmon record "
				    "makes one, or: systemctl enable --now procmon-record");
	qsort(history->file, n, sizeof(*history->file), history_compare);
	return 0;
}

int history_enter(struct history *history, size_t file, uint64_t offset, uint64_t table)
{
	int fd = -1;

	if (history->open != file) {
		fd = fcntl(history->file[file].fd, F_DUPFD_CLOEXEC, 3);
		if (fd < 0)
			return history_fail(history->file[file].path, strerror(errno));
		recording_go_on(history->pm, fd, history->file[file].path);
		history->open = file;
	} else if (recording_offset(history->pm) == offset && !recording_left(history->pm)) {
		return 0;
	}
	return recording_jump(history->pm, offset, table) ?
		       history_fail(history->file[file].path, strerror(errno)) :
		       0;
}

/* What an index knows is what was recorded, whatever may be told of it. */
static int history_event(struct procmon *pm, struct show *show, const struct procmon_event *ev,
			 watch_take *take)
{
	struct event event;

	if (show->options != &history_all)
		return watch_event(pm, show, ev, take);
	if (watch_know(pm, show, ev, &event)) {
		take(show, &event, true);
		proc_forget(ev);
	}
	return 1;
}

int history_events(struct history *history, uint64_t end, struct show *show, watch_take *take)
{
	struct procmon *pm = history->pm;
	struct procmon_event ev;
	int r;

	while (!stop_signal && (recording_left(pm) || recording_offset(pm) < end)) {
		r = procmon_next(pm, &ev, 0);
		if (!r)
			return 1;
		if (r < 0) {
			show->damaged = true;
			if (show->options != &history_all) {
				history->failed = true;
				fprintf(stderr, "procmon: %s\n", procmon_error(pm));
			}
			if (r != -EBADMSG)
				return -1;
			continue;
		}
		context_note(&ev);
		r = history_event(pm, show, &ev, take);
		if (r != 1)
			return r;
	}
	return !stop_signal;
}

int history_pass_by(struct show *show, const struct event *event, bool wanted)
{
	(void)show;
	(void)event;
	(void)wanted;
	return 1;
}

static bool history_load_context(struct history *history)
{
	return context_load(history->pm, &(struct context){ .base = history_context.buf,
							    .base_len = history_context.len });
}

static void history_forget_context(struct history *history)
{
	history_context.len = 0;
	history_load_context(history);
}

int history_know(struct history *history, size_t i)
{
	struct show show = { .options = &history_all };
	size_t from = i;

	for (; history->next != i || history->next_part; from--) {
		history_context.len = 0;
		if (history->index &&
		    !index_context(history->index, &history->unit[from], &history_context) &&
		    history_load_context(history))
			break;
		history->damaged |= history->index != NULL;
		if (!from) {
			history_forget_context(history);
			break;
		}
	}
	if (history->next != i || history->next_part)
		history->next = from;
	history->next_part = 0;
	for (; from < i; from++)
		if (history_read(history, from, &show, history_pass_by) != 1)
			return -1;
	return 0;
}

int history_read(struct history *history, size_t i, struct show *show, watch_take *take)
{
	const struct unit *unit = &history->unit[i];
	int r;

	if (history_know(history, i) ||
	    history_enter(history, unit->file, unit->offset, unit->table))
		return -1;
	history->next = HISTORY_NONE;
	r = history_events(history, unit->end, show, take);
	if (r == 1)
		history->next = i + 1;
	return r;
}

/* Another part begins here, if what must be told of it is little, for what has come since @from. */
static bool history_make_part(struct history *history, const struct unit *unit, uint64_t from)
{
	const struct procmon *pm = history->pm;
	static struct out context = { .fd = -1 };

	context.len = 0;
	context_save_more(&context);
	if (context.len * history_part_share > recording_offset(pm) - from)
		return false;
	part_put(&history_parts, unit, recording_offset(pm), recording_table_offset(pm), &context);
	return true;
}

static int history_make_note(struct show *show, const struct event *event, bool wanted)
{
	int64_t wall_ns = clock_wall_ns(event->ev->head.time_ns);
	struct unit *unit = history_made;

	(void)show;
	(void)wanted;
	summary_note(event);
	unit->must |= event->ev->head.type == PROCMON_LOST;
	unit->events++;
	if (wall_ns < unit->first_ns)
		unit->first_ns = wall_ns;
	if (wall_ns > unit->last_ns)
		unit->last_ns = wall_ns;
	return 1;
}

/* A recorder that goes on overwrites what is after its last cursor. */
static bool history_stays(const struct procmon *pm)
{
	uint64_t end;

	return !recording_cursor(pm, &end) || end == recording_offset(pm);
}

/* Reads one unit into @unit, which says where it begins.  Return: 1: more follows; 0: no more; -1: an error. */
static int history_make_unit(struct history *history, struct unit *unit)
{
	struct procmon *pm = history->pm;
	struct show show = { .options = &history_all };
	uint64_t part = history_part_events, from = unit->offset;
	int r = 1;

	history_summary.len = history_context.len = history_parts.len = 0;
	context_save(&history_context);
	summary_begin();
	history_made = unit;
	unit->first_ns = INT64_MAX;
	unit->last_ns = INT64_MIN;
	do {
		uint64_t before = recording_offset(pm);

		if (unit->events >= part && history_stays(pm)) {
			if (history_make_part(history, unit, from))
				from = before;
			part = unit->events + history_part_events;
		}
		r = history_events(history, before + 1, &show, history_make_note);
		if (r == 1 && recording_offset(pm) == before)
			r = 0;
	} while (r == 1 && (unit->events < history_unit_events || !history_stays(pm)));
	unit->must |= show.damaged;
	unit->end = recording_offset(pm);
	summary_end(&history_summary);
	return stop_signal ? -1 : r;
}

/* What is in @file from @last on, its last unit, NULL: from the beginning. */
static enum index_answer history_make_file(struct history *history, size_t f,
					   const struct unit *last)
{
	const struct history_file *file = &history->file[f];
	struct unit unit = { .ino = file->ino,
			     .mark = file->mark,
			     .begin_ns = file->begin_ns,
			     .size = file->size,
			     .mtime_ns = file->mtime_ns,
			     .table = RECORDING_NO_TABLE,
			     .file = f };
	enum index_answer answer = INDEX_GOOD;
	int r = 1, n;

	if (last) {
		unit.offset = last->offset;
		unit.table = last->table;
	}
	history->open = HISTORY_NONE;
	if (history_enter(history, f, unit.offset, unit.table))
		return INDEX_FAILED;
	for (n = 1; r == 1 && !answer; n++) {
		unit.table = recording_table_offset(history->pm);
		r = history_make_unit(history, &unit);
		if (r < 0)
			return INDEX_FAILED;
		if (unit.events || unit.must)
			answer = index_put(history->index, &unit, &history_summary,
					   &history_context, &history_parts);
		else if (last && n == 1)
			answer = index_drop(history->index, last); /* what was there went */
		if (!answer && n % HISTORY_COMMIT == 0) {
			answer = index_commit(history->index);
			if (!answer)
				answer = index_begin(history->index, true);
		}
		progress_at(history_done + unit.end);
		unit.offset = unit.end;
		unit.events = 0;
		unit.must = false;
	}
	return answer;
}

/* The file that @unit is of, HISTORY_NONE: it is no more. */
static size_t history_file_of(const struct history *history, const struct unit *unit)
{
	size_t f;

	for (f = 0; f < history->nr_files; f++)
		if (history->file[f].ino == unit->ino && history->file[f].mark == unit->mark &&
		    history->file[f].begin_ns == unit->begin_ns)
			return f;
	return HISTORY_NONE;
}

/*
 * Says of which file each unit is, leaves out those of none (@drop: for ever), and sees that those of a file follow each other
 * from its beginning on.  Return: INDEX_DAMAGED also when it is of files that were other ones then.
 */
static enum index_answer history_match(struct history *history, bool drop)
{
	struct unit *units = history->unit, *last = NULL;
	size_t i, n = 0;
	enum index_answer answer = INDEX_GOOD;

	for (i = 0; i < history->nr_units && !answer; i++) {
		struct unit unit = units[i];

		unit.file = history_file_of(history, &unit);
		if (unit.file == HISTORY_NONE) {
			if (drop)
				answer = index_drop(history->index, &unit);
			continue;
		}
		if (last && last->file > unit.file)
			answer = INDEX_DAMAGED;
		if (unit.offset != (last && last->file == unit.file ? last->end : 0) ||
		    unit.end < unit.offset || (drop && history->file[unit.file].size < unit.offset))
			answer = INDEX_DAMAGED;
		units[n++] = unit;
		last = &units[n - 1];
	}
	history->nr_units = n;
	return answer;
}

/* Makes the stream stand where @last begins, NULL: where @f does, after the end of the unit before it. */
static enum index_answer history_make_ready(struct history *history, size_t f,
					    const struct unit *last, size_t before)
{
	struct show show = { .options = &history_all };

	if (last) {
		enum index_answer answer = index_context(history->index, last, &history_context);

		if (answer)
			return answer;
		return history_load_context(history) ? INDEX_GOOD : INDEX_DAMAGED;
	}
	if (!f) {
		history_forget_context(history);
		return INDEX_GOOD;
	}
	return history_read(history, before, &show, history_pass_by) == 1 ? INDEX_GOOD :
									    INDEX_DAMAGED;
}

/* Of all files. */
static uint64_t history_bytes(const struct history *history)
{
	uint64_t bytes = 0;
	size_t f;

	for (f = 0; f < history->nr_files; f++)
		bytes += history->file[f].size;
	return bytes;
}

/* Brings the index up to date, within a transaction. */
static enum index_answer history_update(struct history *history)
{
	enum index_answer answer;
	size_t f, i = 0, known = HISTORY_NONE, missing = HISTORY_NONE;

	free(history->unit);
	history->next = history->open = HISTORY_NONE;
	if (history_find(history))
		return INDEX_FAILED;
	answer = index_units(history->index, &history->unit, &history->nr_units);
	if (!answer)
		answer = history_match(history, true);
	history_done = 0;
	if (!history->options->quiet)
		progress_begin(history_bytes(history), -1);
	for (f = 0; f < history->nr_files && !answer; f++) {
		const struct history_file *file = &history->file[f];
		const struct unit *last = NULL;

		for (; i < history->nr_units && history->unit[i].file == f; i++)
			last = &history->unit[i];
		history_done += f ? file[-1].size : 0;
		if (last && missing != HISTORY_NONE)
			return INDEX_DAMAGED; /* what came after it did not know of it */
		if (!last)
			missing = f;
		if (last && last->size == file->size && last->mtime_ns == file->mtime_ns)
			continue;
		history->next = HISTORY_NONE;
		if (last || !f || known != f - 1)
			answer = history_make_ready(history, f, last, i - 1);
		if (!answer)
			answer = history_make_file(history, f, last);
		known = f;
	}
	return answer;
}

/* The same from beginning to end. */
static enum index_answer history_refresh(struct history *history)
{
	enum index_answer answer = index_begin(history->index, true);

	if (!answer)
		answer = history_update(history);
	return answer ? answer : index_commit(history->index);
}

static enum index_answer history_load(struct history *history)
{
	enum index_answer answer = index_begin(history->index, false);

	free(history->unit);
	history->unit = NULL;
	history->nr_units = 0;
	history->next = history->open = HISTORY_NONE;
	if (!answer)
		answer = index_units(history->index, &history->unit, &history->nr_units);
	return answer ? answer : history_match(history, false);
}

/* Each file a unit, whatever is in it. */
static int history_do_without(struct history *history)
{
	size_t f;

	index_close(history->index);
	history->index = NULL;
	free(history->unit);
	history->unit = calloc(history->nr_files, sizeof(*history->unit));
	if (!history->unit)
		return history_fail("history", "out of memory");
	for (f = 0; f < history->nr_files; f++)
		history->unit[f] = (struct unit){
			.end = UINT64_MAX, .table = RECORDING_NO_TABLE, .file = f, .whole = true
		};
	history->nr_units = history->nr_files;
	history->next = history->open = HISTORY_NONE;
	return 0;
}

static int history_open_index(struct history *history)
{
	const char *directory = history->directory;
	const struct options *options = history->options;
	enum index_answer answer = index_open(&history->index, directory);
	bool copy = false;
	int tries;

	for (tries = 0; history->index && tries < 4; tries++) {
		if (answer == INDEX_DAMAGED) {
			note(options,
			     "%s/%s: is damaged, or does not fit the recordings: it is made anew",
			     directory, INDEX_NAME);
			answer = index_renew(history->index);
			if (answer)
				break;
		}
		answer = history_refresh(history);
		if (stop_signal || !history->nr_files)
			return -1;
		if (!answer)
			answer = history_load(history);
		if (!answer)
			break;
		index_rollback(history->index);
		if (answer != INDEX_DAMAGED && !copy && !index_leave(history->index)) {
			copy = true;
			answer = INDEX_GOOD;
		} else if (answer != INDEX_DAMAGED) {
			break;
		}
	}
	progress_end();
	if (history->index && !answer) {
		if (index_is_copy(history->index))
			note(options, "%s/%s: %s: answered from a copy in memory", directory,
			     INDEX_NAME, index_is_copy(history->index));
		return 0;
	}
	note(options, "answered without an index, which takes longer: %s", index_error());
	return history_do_without(history);
}

/* What strangers have written is read as its owner, who then owns the index too. */
static int history_become_owner(const struct stat *st)
{
	if (geteuid() || !st->st_uid)
		return 0;
	if (setgroups(0, NULL) || setresgid(st->st_gid, st->st_gid, st->st_gid) ||
	    setresuid(st->st_uid, st->st_uid, st->st_uid))
		return history_fail("the owner of the recordings", strerror(errno));
	return 0;
}

int history_open(struct history *history, const struct options *options)
{
	const char *first = options->nr_args ? options->args[0] : HISTORY_DIRECTORY;
	struct stat st;
	size_t i;

	*history =
		(struct history){ .options = options, .next = HISTORY_NONE, .open = HISTORY_NONE };
	if (options->nr_args < 2 && stat(first, &st))
		return history_fail(first, strerror(errno));
	if (options->nr_args < 2 && S_ISDIR(st.st_mode)) {
		history->directory = first;
		return history_become_owner(&st) || history_find(history) ||
				       history_open_index(history) ?
			       -1 :
			       0;
	}
	for (i = 0; i < options->nr_args; i++) {
		if (history_add(history, strdup(options->args[i])))
			return -1;
		if (history_look(history, &history->file[i])) {
			fprintf(stderr, "procmon: %s\n", procmon_error(NULL));
			return -1;
		}
	}
	qsort(history->file, history->nr_files, sizeof(*history->file), history_compare);
	return history_do_without(history);
}

void history_close(struct history *history)
{
	if (history->index && history->damaged) {
		note(history->options, "the index is damaged: it is made anew the next time");
		index_rollback(history->index);
		index_renew(history->index);
	}
	index_close(history->index);
	if (history->pm)
		procmon_close(history->pm);
	history_forget_all(history);
	free(history->file);
	free(history->unit);
	context_free();
}
