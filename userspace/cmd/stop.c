// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "stop.h"

volatile sig_atomic_t stop_signal;
static volatile sig_atomic_t stop_child, stop_child_ended;
static struct sigaction stop_old_pipe;
static bool stop_caught[NSIG];
static const int stop_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

static void stop_note(int sig)
{
	stop_signal = sig;
}

static void stop_pass_on(int sig, siginfo_t *info, void *context)
{
	int err = errno;

	(void)context;
	if (sig == SIGCHLD)
		stop_child_ended = 1;
	else if (info->si_code <= 0 && stop_child > 0)
		kill(stop_child, sig);
	errno = err;
}

void stop_catch(void)
{
	struct sigaction act = { .sa_handler = stop_note, .sa_flags = (int)SA_RESETHAND };
	struct sigaction ignore = { .sa_handler = SIG_IGN }, old;

	for (unsigned int i = 0; i < 3; i++)
		if (!sigaction(stop_signals[i], NULL, &old) && old.sa_handler != SIG_IGN)
			stop_caught[stop_signals[i]] = !sigaction(stop_signals[i], &act, NULL);
	sigaction(SIGPIPE, &ignore, &stop_old_pipe); /* write() says EPIPE instead */
}

void stop_forward(pid_t child)
{
	struct sigaction act = { .sa_sigaction = stop_pass_on,
				 .sa_flags = SA_SIGINFO | SA_RESTART };

	stop_child = child;
	for (unsigned int i = 0; i < sizeof(stop_signals) / sizeof(*stop_signals); i++)
		sigaction(stop_signals[i], &act, NULL);
	act.sa_flags |= SA_NOCLDSTOP;
	sigaction(SIGCHLD, &act, NULL);
	if (stop_signal) { /* it came before there was a child */
		kill(child, stop_signal);
		stop_signal = 0;
	}
}

void stop_restore(void)
{
	for (int sig = 1; sig < NSIG; sig++)
		if (stop_caught[sig])
			signal(sig, SIG_DFL);
	sigaction(SIGPIPE, &stop_old_pipe, NULL);
	if (stop_signal)
		raise(stop_signal);
}

int stop_poll(struct pollfd *fds, unsigned int nr, int64_t boot_ns)
{
	struct timespec wait = { 0 };
	sigset_t block, old;
	int r;

	if (boot_ns >= 0) {
		int64_t left = boot_ns - (int64_t)clock_boot_ns();

		if (left > 0)
			wait = (struct timespec){ left / NSEC_PER_SEC, left % NSEC_PER_SEC };
	}
	/* Between the test and the sleep no signal may slip by. */
	sigfillset(&block);
	sigprocmask(SIG_BLOCK, &block, &old);
	if (stop_signal || stop_child_ended) {
		stop_child_ended = 0;
		r = -1;
		errno = EINTR;
	} else {
		r = ppoll(fds, nr, boot_ns < 0 ? NULL : &wait, &old);
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	return r;
}
