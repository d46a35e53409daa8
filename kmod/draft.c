// SPDX-License-Identifier: GPL-2.0
/* An event in the making: the head, the body, then the strings one after the other. */
#include "log.h"

#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/path.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <asm/word-at-a-time.h>

#include "draft.h"

static const char draft_deleted[] = " (deleted)"; /* what d_path() appends */

/* Bytes left for a string and its NUL; slack up to the whole record is never missing. */
static u32 draft_room(const struct draft *draft)
{
	return draft->cap - draft->len;
}

/* Makes the @len bytes that already stand at the end of the draft a string. */
static void draft_take(struct draft *draft, struct procmon_str *str, u32 len)
{
	*str = (struct procmon_str){ .off = draft->len, .len = len, .full_len = len };
	draft->buf[draft->len + len] = '\0';
	draft->len += len + 1;
}

/**
 * draft_absent - the event has no such string
 * @str: in the body
 */
void draft_absent(struct procmon_str *str)
{
	*str = (struct procmon_str){ .flags = PROCMON_STR_ABSENT };
}

/**
 * draft_failed - the string could not be had
 * @str: in the body
 * @err: negative errno
 */
void draft_failed(struct procmon_str *str, int err)
{
	*str = (struct procmon_str){ .flags = PROCMON_STR_UNREADABLE, .err = -err };
}

/**
 * draft_comm - append the name of a task
 * @draft: the event
 * @str: in its body
 * @comm: TASK_COMM_LEN bytes, which may change under us; the last one is NUL
 */
void draft_comm(struct draft *draft, struct procmon_str *str, const char *comm)
{
	const struct word_at_a_time constants = WORD_AT_A_TIME_CONSTANTS;
	u8 *to = draft->buf + draft->len;
	unsigned long word, zeros;
	u32 len;

	if (draft_room(draft) <= TASK_COMM_LEN)
		return draft_failed(str, -ENOBUFS);
	memcpy(to, comm, TASK_COMM_LEN); /* what is measured is what was copied */
	for (len = 0; len < TASK_COMM_LEN; len += sizeof(word)) {
		memcpy(&word, to + len, sizeof(word));
		if (!has_zero(word, &zeros, &constants))
			continue;
		zeros = prep_zero_mask(word, zeros, &constants);
		len += find_zero(create_zero_mask(zeros));
		break;
	}
	draft_take(draft, str, len);
}

/**
 * draft_text - append a string of unknown length, measured by words as it is copied
 * @draft: the event
 * @str: in its body
 * @text: in the kernel; cut when the event has no more room
 */
void draft_text(struct draft *draft, struct procmon_str *str, const char *text)
{
	u32 room = draft_room(draft);
	ssize_t n;

	if (!room)
		return draft_failed(str, -ENOBUFS);
	n = strscpy((char *)draft->buf + draft->len, text, room);
	draft_take(draft, str, n < 0 ? room - 1 : n);
	if (n < 0) {
		str->full_len = strlen(text);
		str->flags = PROCMON_STR_CUT;
	}
}

/* d_path() says " (deleted)" for names that have gone and for files that never had one. */
static bool draft_path_gone(const struct path *path)
{
	const struct dentry *dentry = path->dentry;

	return d_unlinked(path->dentry) || (dentry->d_op && dentry->d_op->d_dname);
}

/**
 * draft_path - append the path of a file
 * @draft: the event
 * @str: in its body
 * @path: of the file; the caller keeps it alive
 * @deleted: set to 1 when the file has been unlinked, else 0; the text never tells
 *
 * Context: atomic where spinlocks may be taken: not in the probes of PREEMPT_RT before 7.0.
 *
 * A name may really end in " (deleted)".  So the suffix is taken off only when d_path() must have
 * put it there: the file was gone before, or still there after.
 */
void draft_path(struct draft *draft, struct procmon_str *str, const struct path *path, u32 *deleted)
{
	const size_t suffix = sizeof(draft_deleted) - 1;
	char *start = draft->buf + draft->len;
	u32 room = draft_room(draft);
	bool gone;
	char *text;
	size_t len;

	*deleted = 0;
	do {
		gone = draft_path_gone(path);
		text = room ? d_path(path, start, room) : ERR_PTR(-ENAMETOOLONG);
		if (IS_ERR(text))
			return draft_failed(str, PTR_ERR(text));
	} while (gone != draft_path_gone(path)); /* once at most: nothing comes back */
	/* it ends where the buffer does; readlink() of /proc/PID/exe counts on that too */
	len = start + room - 1 - text;
	if (gone && len >= suffix && !memcmp(text + len - suffix, draft_deleted, suffix)) {
		len -= suffix;
		*deleted = 1;
	}
	memmove(start, text, len);
	draft_take(draft, str, len);
}

/* Copies what can be read without a page fault.  Return: bytes copied. */
static u32 draft_copy_user(u8 *to, unsigned long from, u32 len)
{
	u32 done = 0;

	while (done < len) {
		u32 n = min_t(u32, len - done, PAGE_SIZE - offset_in_page(from + done));

		if (copy_from_user_nofault(to + done, (const void __user *)(from + done), n))
			break;
		done += n;
	}
	return done;
}

/**
 * draft_user - append a piece of the current task's memory
 * @draft: the event
 * @str: in its body
 * @from: user address
 * @len: bytes there
 * @max: bytes to record at most
 *
 * Context: any of the current task; takes no page fault.  Pages that are not there end the string,
 * which is marked unreadable from there on.
 */
void draft_user(struct draft *draft, struct procmon_str *str, unsigned long from, unsigned long len,
		u32 max)
{
	u32 room = draft_room(draft);
	u32 want, got;

	if (!room)
		return draft_failed(str, -ENOBUFS);
	want = min_t(unsigned long, len, min(max, room - 1));
	got = draft_copy_user(draft->buf + draft->len, from, want);
	draft_take(draft, str, got);
	str->full_len = min_t(unsigned long, len, U32_MAX);
	if (want < len)
		str->flags |= PROCMON_STR_CUT;
	if (got < want) {
		str->flags |= PROCMON_STR_UNREADABLE;
		str->err = EFAULT;
	}
}

/**
 * draft_cut_front - take bytes off the front of the newest string
 * @draft: the event
 * @str: its newest string
 * @n: bytes, at most its length
 */
void draft_cut_front(struct draft *draft, struct procmon_str *str, u32 n)
{
	u8 *text = draft->buf + str->off;

	memmove(text, text + n, str->len - n + 1);
	str->len -= n;
	str->full_len -= n;
	draft->len -= n;
}

/**
 * draft_shorten - leave the first bytes of the newest string
 * @draft: the event
 * @str: its newest string
 * @len: bytes, at most its length
 */
void draft_shorten(struct draft *draft, struct procmon_str *str, u32 len)
{
	draft->len -= str->len - len;
	str->full_len -= str->len - len;
	str->len = len;
	draft->buf[str->off + len] = '\0';
}

/**
 * draft_append - lengthen the newest string
 * @draft: the event
 * @str: its newest string
 * @text: what to append; cut when the event has no more room
 */
void draft_append(struct draft *draft, struct procmon_str *str, const char *text)
{
	u32 len = strlen(text);
	u32 n = min(len, draft_room(draft));

	memcpy(draft->buf + str->off + str->len, text, n);
	str->len += n;
	str->full_len += len;
	draft->len += n;
	draft->buf[str->off + str->len] = '\0';
	if (n < len)
		str->flags |= PROCMON_STR_CUT;
}
