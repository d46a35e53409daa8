// SPDX-License-Identifier: MIT
/*
 * awkward TRUTH [CASE...]: makes these awkward execs and ends, or all twenty, one after the other, and
 * writes to TRUTH what really happened: a line of JSON each, strings in hexadecimal.
 * awkward TRUTH storm COUNT: as many short processes instead.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "awkward.h"

#define DIR "/tmp/awkward"
#define ACTOR DIR "/actor"
#define DEEP_PARTS 12
#define DEEP_PART 199
#define MANY_ARGS 200
#define LONG_ARG 12000
#define FORGED "forged-row 12:00:00 exec 4242 root /usr/bin/sudo"

/**
 * struct deed - one awkward exec or end
 * @run: does it, in a child; returns only when it failed
 * @typed: what @run gives to the kernel, NULL where it has no name
 * @cwd: working directory for it
 * @exe: the path of what then runs, @outside: as it is called outside a chroot
 * @argv: of the exec
 * @told_argv: of the program that runs, where the kernel makes that another one
 * @status: that the child must end with
 * @clone_flags: for the child
 */
struct deed {
	const char *name;
	void (*run)(const struct deed *deed);
	const char *typed;
	const char *cwd;
	const char *exe;
	const char *outside;
	char **argv;
	char **told_argv;
	int status;
	int clone_flags;
};

static char deep_dir[PATH_MAX], deep_actor[PATH_MAX], self[PATH_MAX];
static char *many_args[MANY_ARGS + 1], *long_args[4], **own_argv;
static int fd;

static void run_execve(const struct deed *deed)
{
	if (deed->cwd && chdir(deed->cwd))
		return;
	execve(deed->typed, deed->argv, environ);
}

static void run_fexecve(const struct deed *deed)
{
	fexecve(fd, deed->argv, environ);
}

static void run_deleted(const struct deed *deed)
{
	char name[32];

	if (unlink(DIR "/deleted"))
		return;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	execve(name, deed->argv, environ);
}

static void run_execveat(const struct deed *deed)
{
	execveat(fd, deed->typed, deed->argv, environ, 0);
}

static void *thread_execve(void *arg)
{
	run_execve(arg);
	_exit(98);
}

static void run_thread(const struct deed *deed)
{
	pthread_t thread;

	if (!pthread_create(&thread, NULL, thread_execve, (void *)deed))
		pause();
}

static void run_chroot(const struct deed *deed)
{
	if (!chroot(DIR "/jail"))
		run_execve(deed);
}

static void run_namespaces(const struct deed *deed)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("jail", DIR "/mnt", "tmpfs", 0, NULL))
		return;
	file_copy(ACTOR, DIR "/mnt/actor");
	run_execve(deed);
}

static void run_only_fork(const struct deed *deed)
{
	_exit(WEXITSTATUS(deed->status));
}

#define ARGS(...) ((char *[]){ "actor", __VA_ARGS__, NULL })
#define CODE(n) ((n) << 8)

/* clang-format off */
static struct deed deeds[] = {
	{ "absolute path", run_execve, ACTOR, NULL, ACTOR },
	{ "relative path `./x`", run_execve, "./actor", DIR, ACTOR },
	{ "`../sub/../x`", run_execve, "../sub/../actor", DIR "/sub", ACTOR },
	{ "symbolic link", run_execve, "./link", DIR, ACTOR },
	{ "`#!` script", run_execve, "./script", DIR, ACTOR,
	  .argv = (char *[]){ "./script", "case-05", NULL },
	  .told_argv = (char *[]){ ACTOR, "./script", "case-05", NULL } },
	{ "memfd, by fexecve", run_fexecve, NULL, NULL, "/memfd:actor" },
	{ "deleted file, by /proc/self/fd", run_deleted, NULL, NULL, DIR "/deleted" },
	{ "execveat with a directory", run_execveat, "./actor", NULL, DIR "/sub/actor" },
	{ "fexecve", run_fexecve, NULL, NULL, DIR "/sub/actor" },
	{ "arguments that are not UTF-8", run_execve, "./actor", DIR, ACTOR,
	  .argv = ARGS("case-10", "caf\xe9", "\xff\xfe\x80") },
	{ "200 arguments", run_execve, "./actor", DIR, ACTOR, .argv = many_args },
	{ "an argument of 12 kB", run_execve, "./actor", DIR, ACTOR, .argv = long_args },
	{ "exec by another thread", run_thread, "./actor", DIR, ACTOR },
	{ "path of 2.4 kB", run_execve, deep_actor, NULL, deep_actor },
	{ "inside a chroot", run_chroot, "./actor", "/bin", "/bin/actor", DIR "/jail/bin/actor" },
	{ "mount and pid namespace", run_namespaces, "./actor", DIR "/mnt", DIR "/mnt/actor",
	  .clone_flags = CLONE_NEWNS | CLONE_NEWPID },
	{ "ESC and newline in arguments", run_execve, "./actor", DIR, ACTOR,
	  .argv = ARGS("case-17", "\033]0;owned\007\033[2J", "x\n" FORGED) },
	{ "first thread leaves, another ends it", run_execve, "./actor", DIR, ACTOR,
	  .argv = ARGS("case-18", "leader"), .status = CODE(5) },
	{ "killed by a signal, core", run_execve, "./actor", DIR, ACTOR,
	  .argv = ARGS("case-19", "abort"), .status = SIGABRT | 0x80 },
	{ "only forks and exits", run_only_fork, NULL, NULL, self },
};
/* clang-format on */

#define DEEDS ((unsigned int)(sizeof(deeds) / sizeof(deeds[0])))

/* Opens what the deed runs by a descriptor.  Return: the descriptor, -1 where it needs none. */
static int deed_open(const struct deed *deed)
{
	if (deed->run == run_execveat)
		return open(DIR "/sub", O_PATH | O_DIRECTORY);
	if (deed->run == run_deleted) {
		file_copy(ACTOR, DIR "/deleted");
		return open(DIR "/deleted", O_RDONLY);
	}
	if (deed->run != run_fexecve)
		return -1;
	return strncmp(deed->exe, "/memfd:", 7) ? open(deed->exe, O_PATH) :
						  file_memfd("actor", ACTOR);
}

static pid_t deed_fork(const struct deed *deed)
{
	/* fork() cannot make namespaces */
	return deed->clone_flags ?
		       (pid_t)syscall(SYS_clone, deed->clone_flags | SIGCHLD, 0, 0, 0, 0) :
		       fork();
}

static void deed_do(unsigned int number, FILE *truth)
{
	const struct deed *deed = &deeds[number - 1];
	uint64_t start_ns;
	int status;
	pid_t pid;

	fd = deed_open(deed);
	start_ns = truth_clock();
	pid = deed_fork(deed);
	if (!pid) {
		deed->run(deed);
		_exit(98);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		err(1, "case %u (%s)", number, deed->name);
	if (status != deed->status)
		errx(1, "case %u (%s): ended with %#x", number, deed->name, (unsigned int)status);
	truth_number(truth, "case", number);
	truth_name(truth, deed->name);
	truth_number(truth, "pid", (uint64_t)pid);
	truth_number(truth, "status", (uint64_t)status);
	truth_number(truth, "execs", deed->run != run_only_fork);
	truth_number(truth, "max_ns", truth_clock() - start_ns);
	truth_strings(truth, "typed", (const char *[]){ deed->typed, NULL });
	truth_strings(truth, "exe", (const char *[]){ deed->exe, deed->outside, NULL });
	truth_strings(truth, "argv", (const char **)deed->argv);
	truth_strings(truth, "told_argv", (const char **)deed->told_argv);
	truth_end(truth);
	if (fd >= 0)
		close(fd);
}

static void make_deep(void)
{
	size_t len = (size_t)sprintf(deep_dir, "%s/", DIR);
	int i;

	for (i = 0; i < DEEP_PARTS; i++) {
		memset(deep_dir + len, 'a' + i, DEEP_PART);
		len += DEEP_PART;
		deep_dir[len] = '\0';
		if (mkdir(deep_dir, 0755) && errno != EEXIST)
			err(1, "a deep directory");
		deep_dir[len++] = '/';
	}
	sprintf(deep_actor, "%.*sactor", (int)len, deep_dir);
	file_copy(ACTOR, deep_actor);
}

static void make_files(const char *actor)
{
	static const char *const dirs[] = { DIR, DIR "/sub", DIR "/jail", DIR "/jail/bin",
					    DIR "/mnt" };
	FILE *script;
	size_t i;

	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		if (mkdir(dirs[i], 0755) && errno != EEXIST)
			err(1, "%s", dirs[i]);
	file_copy(actor, ACTOR);
	file_copy(actor, DIR "/sub/actor");
	file_copy(actor, DIR "/jail/bin/actor");
	if (symlink("actor", DIR "/link") && errno != EEXIST)
		err(1, DIR "/link");
	script = fopen(DIR "/script", "we");
	if (!script || fprintf(script, "#!%s\n", ACTOR) < 0 || fclose(script) ||
	    chmod(DIR "/script", 0755))
		err(1, DIR "/script");
	make_deep();
}

static void make_args(void)
{
	unsigned int i;
	char *text;

	many_args[0] = "actor";
	many_args[1] = "case-11";
	for (i = 2; i < MANY_ARGS; i++)
		if (asprintf(&many_args[i], "arg%u", i) < 0)
			errx(1, "no memory");
	text = calloc(1, LONG_ARG + 1);
	if (!text)
		errx(1, "no memory");
	memset(text, 'L', LONG_ARG);
	long_args[0] = "actor";
	long_args[1] = "case-12";
	long_args[2] = text;
}

/* What the table leaves out: the plain arguments, and the code that the actor makes of them. */
static void make_deeds(void)
{
	unsigned int i;
	char *marker;

	for (i = 0; i < DEEDS; i++) {
		struct deed *deed = &deeds[i];

		if (asprintf(&marker, "case-%02u", i + 1) < 0)
			errx(1, "no memory");
		if (deed->run == run_only_fork)
			deed->argv = own_argv;
		else if (!deed->argv)
			deed->argv = args_plain(marker);
		if (!deed->status)
			deed->status = CODE((int)i + 1);
	}
}

static void storm(const char *count, const char *program, FILE *truth)
{
	unsigned long n = strtoul(count, NULL, 10), i;
	char *argv[] = { (char *)program, NULL };
	uint64_t start_ns = truth_clock();
	uint64_t *pids = calloc(n, sizeof(*pids));
	int status;

	if (!pids)
		errx(1, "no memory");
	for (i = 0; i < n; i++) {
		pid_t pid = fork();

		if (!pid) {
			execv(program, argv);
			_exit(98);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
			errx(1, "process %lu of the storm failed", i);
		pids[i] = (uint64_t)pid;
	}
	truth_number(truth, "storm", n);
	truth_number(truth, "max_ns", truth_clock() - start_ns);
	truth_strings(truth, "exe", (const char *[]){ program, NULL });
	truth_numbers(truth, "pids", pids, n);
	truth_end(truth);
	free(pids);
}

int main(int argc, char **argv)
{
	FILE *truth = argc >= 2 ? fopen(argv[1], "we") : NULL;
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char beside[PATH_MAX];
	unsigned int i;

	if (!truth || len < 0)
		errx(2, "usage: awkward TRUTH [CASE...|storm COUNT], TRUTH a file to write");
	own_argv = argv;
	if (argc == 4 && !strcmp(argv[2], "storm")) {
		storm(argv[3], path_beside(beside, self, "tiny"), truth);
		return fclose(truth) ? 1 : 0;
	}
	make_files(path_beside(beside, self, "actor"));
	make_args();
	make_deeds();
	for (i = 1; i <= DEEDS; i++)
		if (argc == 2 || args_name(argv + 2, i))
			deed_do(i, truth);
	return fclose(truth) ? 1 : 0;
}
