// SPDX-License-Identifier: GPL-2.0
/* Exec events: the numbers and arguments at once, the paths here or by the late worker. */
#include "log.h"

#include <linux/dcache.h>
#include <linux/file.h>
#include <linux/mount.h>
#include <linux/personality.h>
#include <linux/sched/mm.h>

#include "compat.h"
#include "env.h"
#include "exec.h"
#include "lane.h"
#include "late.h"
#include "param.h"
#include "record.h"
#include "subject.h"

#define EXEC_PATHS_ROOM 65536 /* bytes of an event that arguments leave to the paths */
#define EXEC_TRIES 1000 /* tries to get a spinlock without sleeping: its holder may be preempted */

static const char exec_by_fd[] = "/dev/fd/"; /* what the kernel makes of a descriptor */
static const char exec_memfd[] = "/memfd:"; /* what d_path() makes of a memfd */

static struct inode *exec_inode(const struct subject *subject)
{
	return file_inode(subject->bprm->file);
}

static u64 field_ino(const struct subject *subject)
{
	return exec_inode(subject)->i_ino;
}

static u32 field_dev_major(const struct subject *subject)
{
	return MAJOR(exec_inode(subject)->i_sb->s_dev);
}

static u32 field_dev_minor(const struct subject *subject)
{
	return MINOR(exec_inode(subject)->i_sb->s_dev);
}

static u32 field_mode(const struct subject *subject)
{
	return exec_inode(subject)->i_mode;
}

static u32 field_nlink(const struct subject *subject)
{
	return exec_inode(subject)->i_nlink;
}

static u32 field_old_tid(const struct subject *subject)
{
	return subject->old_tid;
}

static u32 field_argc(const struct subject *subject)
{
	return subject->bprm->argc;
}

static u32 field_euid(const struct subject *subject)
{
	return subject_uid(current_euid());
}

static u32 field_gid(const struct subject *subject)
{
	return subject_gid(current_gid());
}

static u32 field_egid(const struct subject *subject)
{
	return subject_gid(current_egid());
}

static u32 field_loginuid(const struct subject *subject)
{
	return subject_uid(audit_get_loginuid(subject->task));
}

static u32 field_session(const struct subject *subject)
{
	return audit_get_sessionid(subject->task);
}

static u32 field_sid(const struct subject *subject)
{
	return pid_nr(task_session(subject->task));
}

static u32 field_user_ns(const struct subject *subject)
{
	return current_user_ns()->ns.inum;
}

static u32 field_net_ns(const struct subject *subject)
{
	return current->nsproxy ? current->nsproxy->net_ns->ns.inum : 0;
}

static void put_filename(struct subject *subject, struct procmon_str *str)
{
	draft_text(subject->draft, str, subject->bprm->filename);
}

/* Bytes of the event that what comes now may take. */
static u32 exec_room(const struct draft *draft)
{
	u32 room = draft->cap - min_t(u32, draft->cap / 2, EXEC_PATHS_ROOM);

	return room - min(room, draft->len);
}

static void put_args(struct subject *subject, struct procmon_str *str)
{
	const struct mm_struct *mm = current->mm;

	draft_user(subject->draft, str, mm->arg_start, mm->arg_end - mm->arg_start,
		   min(READ_ONCE(param.args_max), exec_room(subject->draft)));
}

static void put_env(struct subject *subject, struct procmon_str *str)
{
	env_put(subject->draft, str, exec_room(subject->draft));
}

/* exec_put_paths() puts these in: the last two, or why it could not, in any case. */
static void put_script(struct subject *subject, struct procmon_str *str)
{
	draft_absent(str);
}

static void put_exe(struct subject *subject, struct procmon_str *str)
{
}

static void put_cwd(struct subject *subject, struct procmon_str *str)
{
}

/* Is the executable outside a chroot?  Told where both lie on one mount. */
static bool exec_is_outside(const struct late_refs *refs)
{
	const struct path *root = &refs->root;
	const struct path *exe = &refs->exe->f_path;

	return root->mnt && root->mnt == exe->mnt && root->dentry != root->mnt->mnt_root &&
	       !is_subdir(exe->dentry, root->dentry);
}

/* Makes a path told from the namespace's root one from the process's @root, if there is one. */
static void exec_strip_root(struct draft *draft, struct procmon_str *str, const char *root)
{
	u32 len = root ? strlen(root) : 0;
	const char *text = (char *)draft->buf + str->off;

	if (str->flags || len <= 1)
		return; /* no path, or no chroot */
	if (str->len >= len && !memcmp(text, root, len) && (text[len] == '/' || !text[len])) {
		draft_cut_front(draft, str, str->len > len ? len : len - 1);
		draft->buf[str->off] = '/';
	} else {
		draft_head(draft)->flags |= PROCMON_F_NS_ROOT;
	}
}

static void exec_put_exe(struct draft *draft, const struct path *path)
{
	struct procmon_exec *body = draft_body(draft);
	u32 deleted;

	draft_path(draft, &body->exe, path, &deleted);
	if (deleted)
		draft_head(draft)->flags |= strncmp((char *)draft->buf + body->exe.off, exec_memfd,
						    strlen(exec_memfd)) ||
							    !path->dentry->d_op ||
							    !path->dentry->d_op->d_dname ?
						    PROCMON_F_DELETED :
						    PROCMON_F_MEMFD;
}

/* The script's path: that of the descriptor, and what follows it in /dev/fd/N/... */
static void exec_put_script(struct draft *draft, struct file *file)
{
	struct procmon_exec *body = draft_body(draft);
	const char *rest = (char *)draft->buf + body->filename.off + strlen(exec_by_fd);
	u32 deleted;

	draft_path(draft, &body->script, &file->f_path, &deleted);
	rest = strchr(rest, '/');
	if (rest && !body->script.flags)
		draft_append(draft, &body->script, rest);
}

/**
 * exec_put_paths - put exe, script and cwd into an exec event
 * @lane: whose draft is the event; the caller is its producer
 * @refs: what they are
 *
 * Context: where d_path() may be called.
 */
void exec_put_paths(struct lane *lane, const struct late_refs *refs)
{
	static char root_buf[PATH_MAX]; /* the late worker's; it is alone */
	struct draft *draft = &lane->draft;
	struct procmon_head *head = draft_head(draft);
	struct procmon_exec *body = draft_body(draft);
	bool late = head->flags & PROCMON_F_LATE;
	bool outside = exec_is_outside(refs);
	char *root = NULL; /* for d_path() in the probe all begins there */
	u32 deleted;

	if (late && refs->root.mnt)
		root = d_path(&refs->root, root_buf, sizeof(root_buf));
	if (IS_ERR(root))
		root = "?"; /* no path begins so: all are flagged */
	exec_put_exe(draft, &refs->exe->f_path);
	if (outside)
		head->flags |= PROCMON_F_OUTSIDE_ROOT;
	else
		exec_strip_root(draft, &body->exe, root);
	if (refs->script) {
		exec_put_script(draft, refs->script);
		exec_strip_root(draft, &body->script, root);
	}
	if (refs->cwd.mnt) {
		draft_path(draft, &body->cwd, &refs->cwd, &deleted);
		if (deleted)
			head->flags |= PROCMON_F_CWD_DELETED;
		exec_strip_root(draft, &body->cwd, root);
	} else {
		draft_failed(&body->cwd, -EAGAIN);
	}
	if (body->exe.flags)
		ring_count(&lane->ring, PROCMON_C_EXE_FAILED);
	if (body->cwd.flags)
		ring_count(&lane->ring, PROCMON_C_CWD_FAILED);
}

/* What the descriptor of a script run by descriptor names.  The caller drops the reference. */
static struct file *exec_script_file(const struct linux_binprm *bprm)
{
	const char *name = bprm->filename;
	unsigned int fd = 0;

	if (bprm->interp == bprm->filename || !bprm->fdpath ||
	    strncmp(name, exec_by_fd, strlen(exec_by_fd)))
		return NULL;
	for (name += strlen(exec_by_fd); *name >= '0' && *name <= '9'; name++)
		fd = fd * 10 + *name - '0';
	return fget_raw(fd);
}

static void exec_in_place(struct lane *lane, struct late_refs *refs)
{
	struct fs_struct *fs = current->fs;

	spin_lock(compat_fs_lock(fs)); /* keeps the paths alive without references */
	refs->cwd = fs->pwd;
	refs->root = fs->root;
	exec_put_paths(lane, refs);
	spin_unlock(compat_fs_lock(fs));
	if (refs->script)
		fput(refs->script);
	lane_publish(lane, 0);
}

static bool exec_trylock(spinlock_t *lock)
{
	int i;

	for (i = 0; i < EXEC_TRIES; i++) {
		if (spin_trylock(lock))
			return true;
		cpu_relax();
	}
	return false;
}

/* path_get() without sleeping: on PREEMPT_RT dget() takes the dentry's lock.  Under fs->lock. */
static void exec_path_get(struct path *to, const struct path *from)
{
	spinlock_t *lock = &from->dentry->d_lockref.lock;

	if (!exec_trylock(lock))
		return;
	from->dentry->d_lockref.count++;
	spin_unlock(lock);
	mntget(from->mnt);
	*to = *from;
}

static void exec_late(struct lane *lane, struct late_refs *refs, struct linux_binprm *bprm)
{
	struct procmon_exec *body = draft_body(&lane->draft);
	struct fs_struct *fs = current->fs;

	if (!late_has_room(lane)) {
		if (refs->script)
			fput(refs->script);
		draft_failed(&body->exe, -ENOBUFS);
		draft_failed(&body->cwd, -ENOBUFS);
		ring_count(&lane->ring, PROCMON_C_LATE_FULL);
		lane_publish(lane, 0);
		return;
	}
	refs->exe = get_file(bprm->file);
	if (exec_trylock(compat_fs_lock(fs))) {
		exec_path_get(&refs->cwd, &fs->pwd);
		exec_path_get(&refs->root, &fs->root);
		spin_unlock(compat_fs_lock(fs));
	}
	late_push(lane, refs);
}

static u32 exec_flags(const struct subject *subject)
{
	const struct linux_binprm *bprm = subject->bprm;
	u32 flags = 0;

	if (bprm->interp != bprm->filename)
		flags |= PROCMON_F_SCRIPT;
	if (bprm->fdpath)
		flags |= PROCMON_F_BY_FD;
	if (bprm->per_clear & PER_CLEAR_ON_SETID)
		flags |= PROCMON_F_SETID;
	if (subject->old_tid != subject->task->pid)
		flags |= PROCMON_F_THREAD_EXEC;
	return flags;
}

static void exec_count(struct lane *lane)
{
	const struct procmon_exec *body = draft_body(&lane->draft);

	if (body->args.flags & PROCMON_STR_CUT)
		ring_count(&lane->ring, PROCMON_C_ARGS_CUT);
	if (body->args.flags & PROCMON_STR_UNREADABLE)
		ring_count(&lane->ring, PROCMON_C_ARGS_UNREADABLE);
}

/**
 * record_exec - a program was started
 * @task: the current task
 * @old_tid: thread ID it had before
 * @bprm: the program
 */
void record_exec(struct task_struct *task, u32 old_tid, struct linux_binprm *bprm)
{
	struct subject exec = { .task = task, .bprm = bprm, .old_tid = old_tid };
	struct late_refs refs = { .exe = bprm->file };
	struct subject *subject = &exec;
	bool late = late_is_needed();
	struct lane_hold hold = lane_enter();

	if (hold.lane) {
		exec.draft = &hold.lane->draft;
		subject_begin(subject, PROCMON_EXEC, sizeof(struct procmon_exec));
		SUBJECT_FILL(PROCMON_EXEC_FIELDS, (struct procmon_exec *)draft_body(exec.draft));
		draft_head(exec.draft)->flags |= exec_flags(subject);
		exec_count(hold.lane);
		refs.script = exec_script_file(bprm);
		if (late)
			exec_late(hold.lane, &refs, bprm);
		else
			exec_in_place(hold.lane, &refs);
	}
	lane_leave(hold);
}
