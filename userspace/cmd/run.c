// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
/* procmon run: a command and its descendants, and their tree. */
#include "commands.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "filter.h"
#include "show.h"
#include "stop.h"
#include "text.h"

#define RUN_NOT_FOUND 127 /* as the shell */
#define RUN_NOT_EXECUTABLE 126
#define RUN_SIGNAL 128
/* the command's exit event is in the ring when wait() returns; be patient */
#define RUN_LAST_MS 10000

#define RUN_BUCKETS 16384
#define RUN_DEPTH 64 /* levels that are drawn; what is deeper is drawn there */

/**
 * struct run_node - a process of the tree
 * @parent, @first, @last, @next: who forked it, its children, the next child of its parent; -1: none
 * @older: the node before it in its bucket, -1: none
 * @depth: levels above it
 * @drawn: the node at whose depth it is drawn, itself up to RUN_DEPTH
 * @what: its last exec, or how it was told
 * @status: how it ended, NULL while it lives
 */
struct run_node {
	uint32_t tgid;
	uint64_t start_ns;
	uint64_t end_ns;
	int parent, first, last, next;
	int older;
	int depth, drawn;
	char *what;
	char *status;
};

static struct run_node *run_nodes;
static int run_count, run_room;
static int run_newest[RUN_BUCKETS]; /* in each bucket: index + 1, 0: none */

/* The living node of @tgid, -1 when it is none of ours.  Newest first: pids come back. */
static int run_find(uint32_t tgid)
{
	int i;

	for (i = run_newest[tgid % RUN_BUCKETS] - 1; i >= 0; i = run_nodes[i].older)
		if (run_nodes[i].tgid == tgid)
			return run_nodes[i].status ? -1 : i;
	return -1;
}

/* Makes @node the youngest child of its parent and the newest of its bucket. */
static void run_link(int node)
{
	int *newest = &run_newest[run_nodes[node].tgid % RUN_BUCKETS];
	int parent = run_nodes[node].parent;

	run_nodes[node].older = *newest - 1;
	*newest = node + 1;
	run_nodes[node].drawn = node;
	if (parent < 0)
		return;
	run_nodes[node].depth = run_nodes[parent].depth + 1;
	if (run_nodes[node].depth > RUN_DEPTH)
		run_nodes[node].drawn = run_nodes[parent].drawn;
	if (run_nodes[parent].last < 0)
		run_nodes[parent].first = node;
	else
		run_nodes[run_nodes[parent].last].next = node;
	run_nodes[parent].last = node;
}

static int run_add(const struct procmon_event *ev, int parent)
{
	if (run_count == run_room) {
		struct run_node *more;

		run_room = run_room ? run_room * 2 : 64;
		more = realloc(run_nodes, (size_t)run_room * sizeof(*run_nodes));
		if (!more) {
			fputs("procmon: out of memory\n", stderr);
			exit(EXIT_FAILURE);
		}
		run_nodes = more;
	}
	run_nodes[run_count] = (struct run_node){
		.tgid = ev->head.tgid,
		.start_ns = ev->head.start_ns,
		.parent = parent,
		.first = -1,
		.last = -1,
		.next = -1,
	};
	run_link(run_count);
	return run_count++;
}

static char *run_text(struct out *out)
{
	char *text;

	out_char(out, '\0');
	text = strdup(out->buf);
	free(out->buf);
	if (!text) {
		fputs("procmon: out of memory\n", stderr);
		exit(EXIT_FAILURE);
	}
	return text;
}

static void run_note_exec(struct run_node *node, const struct procmon_event *ev)
{
	struct out out = { .fd = -1 };
	size_t exe_len, args_len;
	const char *exe = procmon_string(ev, "exe", &exe_len);
	const char *args = procmon_string(ev, "args", &args_len);
	const char *comm = procmon_string(ev, "comm", NULL);

	short_command(&out, exe, exe_len, args, args_len, comm ? comm : "");
	free(node->what);
	node->what = run_text(&out);
}

static void run_note_exit(struct run_node *node, const struct procmon_event *ev)
{
	struct out out = { .fd = -1 };

	short_status(&out, ev);
	node->status = run_text(&out);
	node->end_ns = ev->head.time_ns;
}

/* Takes in an event.  Return: the node it is about, -1 when it is none of ours. */
static int run_note(const struct procmon_event *ev, pid_t child)
{
	const struct procmon_head *head = &ev->head;
	int node = run_find(head->tgid);

	if (head->type == PROCMON_FORK && !(head->flags & PROCMON_F_THREAD)) {
		int parent = run_find((uint32_t)procmon_number(ev, "fork_pid"));

		if (parent >= 0 || (!run_count && head->tgid == (uint32_t)child))
			node = run_add(ev, parent);
	} else if (node >= 0 && head->type == PROCMON_EXEC) {
		run_note_exec(&run_nodes[node], ev);
	} else if (node >= 0 && head->type == PROCMON_EXIT && !(head->flags & PROCMON_F_THREAD)) {
		run_note_exit(&run_nodes[node], ev);
	}
	return node;
}

static void run_put_branch(struct out *out, int node)
{
	bool younger = run_nodes[node].next >= 0;

	if (run_nodes[node].parent < 0)
		return;
	if (text_unicode())
		out_str(out, younger ? "├─ " : "└─ ");
	else
		out_str(out, younger ? "|- " : "`- ");
}

/* The lines that pass by on the left of a child of @node, outermost first. */
static void run_put_indent(struct out *out, int node)
{
	node = node < 0 ? -1 : run_nodes[node].drawn;
	if (node < 0 || run_nodes[node].parent < 0)
		return;
	run_put_indent(out, run_nodes[node].parent);
	if (run_nodes[node].next >= 0)
		out_str(out, text_unicode() ? "│  " : "|  ");
	else
		OUT_LITERAL(out, "   ");
}

static void run_put_node(struct out *out, int index, unsigned int width)
{
	const struct run_node *node = &run_nodes[index];
	size_t start = out->len;

	run_put_indent(out, node->parent);
	run_put_branch(out, index);
	out_printf(out, "%u ", node->tgid);
	if (node->status) {
		out_str(out, node->status);
		out_char(out, ' ');
		clock_put_duration(out, node->end_ns - node->start_ns);
	} else {
		OUT_LITERAL(out, "running");
	}
	OUT_LITERAL(out, "  ");
	out_str(out, node->what ? node->what : "(fork)");
	if (width)
		text_fit(out, start, width);
	out_char(out, '\n');
}

/* Every node after its parent and its elder siblings' descendants; the first one is the root. */
static void run_put_tree(struct out *out, unsigned int width)
{
	int node = run_count ? 0 : -1;

	while (node >= 0) {
		run_put_node(out, node, width);
		if (run_nodes[node].first >= 0) {
			node = run_nodes[node].first;
			continue;
		}
		while (node >= 0 && run_nodes[node].next < 0)
			node = run_nodes[node].parent;
		node = node < 0 ? -1 : run_nodes[node].next;
	}
}

/* Starts the command.  Return: its pid; the write end of the pipe lets it go. */
static pid_t run_start(char **args, int *go)
{
	int gate[2];
	pid_t child;
	char byte;
	int err;

	if (pipe2(gate, O_CLOEXEC))
		return -1;
	child = fork();
	if (child == 0) {
		close(gate[1]);
		stop_restore();
		if (read(gate[0], &byte, 1) == 1)
			execvp(args[0], args);
		err = errno; /* before fprintf() changes it */
		fprintf(stderr, "procmon: %s: %s\n", args[0], strerror(err));
		_exit(err == ENOENT ? RUN_NOT_FOUND : RUN_NOT_EXECUTABLE);
	}
	close(gate[0]);
	*go = gate[1];
	return child;
}

/* Shows what there is.  Return: 1: go on; 0: the command's exit has been seen; -1: error, told. */
static int run_drain(struct procmon *pm, struct show *show, pid_t child)
{
	struct procmon_event ev;
	int r;

	while ((r = procmon_next(pm, &ev, 0)) != 0) {
		struct proc *proc;
		int node;

		if (r == -EINTR)
			continue;
		if (r < 0) {
			fprintf(stderr, "procmon: %s\n", procmon_error(pm));
			return -1;
		}
		clock_refresh();
		node = run_note(&ev, child);
		if (node < 0 && ev.head.type != PROCMON_LOST)
			continue;
		proc = proc_note(&ev);
		if (filter_wants(show, &ev, proc))
			show_event(show, &ev, proc);
		proc_forget(&ev);
	}
	return !(run_count && run_nodes[0].status);
}

static int run_exit_status(int status)
{
	return WIFSIGNALED(status) ? RUN_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}

static void run_finish(struct show *show)
{
	struct out out = { .fd = STDERR_FILENO };
	int i, running = 0;

	if (show->options->quiet || show->options->format != FORMAT_SHORT)
		return;
	out_char(&out, '\n');
	run_put_tree(&out, show_width(STDERR_FILENO));
	for (i = 0; i < run_count; i++)
		running += !run_nodes[i].status;
	if (running)
		out_printf(&out, "%d still running\n", running);
	out_flush(&out);
	free(out.buf);
}

static void run_free(void)
{
	int i;

	for (i = 0; i < run_count; i++) {
		free(run_nodes[i].what);
		free(run_nodes[i].status);
	}
	free(run_nodes);
}

int run_main(struct procmon *pm, const struct options *options)
{
	struct pollfd ready = { .fd = procmon_fd(pm), .events = POLLIN };
	struct procmon_info info;
	struct show show;
	int go, go_on, status = 0;
	int64_t last_ns = -1;
	pid_t child, ended = 0;

	if (procmon_info(pm, &info)) {
		fprintf(stderr, "procmon: %s\n", procmon_error(pm));
		return EXIT_FAILURE;
	}
	tell_what_is_off(pm, options);
	show_start(&show, options, pm, info.instance);
	out_flush(&show.out);
	stop_catch();
	child = run_start(options->run_args, &go);
	if (child < 0) {
		fprintf(stderr, "procmon: cannot start '%s': %s\n", options->run_args[0],
			strerror(errno));
		free(show.out.buf);
		return EXIT_FAILURE;
	}
	stop_forward(child);
	if (write(go, "", 1) != 1)
		fprintf(stderr, "procmon: cannot let '%s' go: %s\n", options->run_args[0],
			strerror(errno));
	close(go);
	for (;;) {
		go_on = run_drain(pm, &show, child);
		out_flush(&show.out);
		if (!ended)
			ended = waitpid(child, &status, WNOHANG);
		if (go_on < 0 || (!go_on && ended))
			break;
		if (ended && last_ns < 0)
			last_ns = (int64_t)clock_boot_ns() + RUN_LAST_MS * 1000000LL;
		if (ended && (int64_t)clock_boot_ns() >= last_ns) {
			note(options, "the end of '%s' was not recorded", options->run_args[0]);
			break;
		}
		stop_poll(&ready, 1, wake_ns(pm, last_ns));
	}
	if (!ended)
		waitpid(child, &status, 0);
	run_finish(&show);
	proc_free_all();
	run_free();
	free(show.out.buf);
	if (go_on < 0)
		return EXIT_FAILURE;
	return options->fail_on_loss && procmon_lost(pm) ? EXIT_LOSS : run_exit_status(status);
}
