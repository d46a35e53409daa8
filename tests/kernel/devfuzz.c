// SPDX-License-Identifier: MIT
/*
 * Random calls on the device, with good and hostile arguments, by threads of several processes that
 * share descriptors, while events flow and parameters change: no call may break anything or give what
 * it must not.  $DEVFUZZ_SECONDS, $DEVFUZZ_SEED.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/follow.h"
#include "lib/storm.h"
#include "lib/tap.h"

#define DEVICE "/dev/procmon"
#define PROCESSES 3
#define THREADS 3
#define FDS 6 /* shared by the threads of a process */
#define BUF (1u << 18)
#define STIR_US 20000 /* a thread that sleeps in a call gets a signal so often */
#define HUNG_S 60 /* a thread that does not end by then is stuck */
#define RINGS_MAX 64

enum call {
	CALL_OPEN,
	CALL_CLOSE,
	CALL_READ,
	CALL_READ_ELSE,
	CALL_INFO,
	CALL_WAIT,
	CALL_IOCTL,
	CALL_MMAP,
	CALL_POLL,
	CALL_LSEEK,
	CALL_WRITE,
	CALL_FCNTL,
	CALL_FORK,
	CALL_SPLICE,
	CALLS
};

static const char *const call_names[CALLS] = {
	"open", "close", "read",  "readv and the like", "info",	 "wait", "ioctl",
	"mmap", "poll",	 "lseek", "write and the like", "fcntl", "fork", "splice",
};

/**
 * struct shared - what the processes count together
 * @made, @good: calls, those that succeeded
 * @writable: descriptors and mappings that could be written to, or executed
 * @torn: reads that gave something else than whole events
 */
static struct shared {
	unsigned long made[CALLS], good[CALLS];
	unsigned long writable, torn;
} * shared;

/**
 * struct thread - a thread and its memory
 * @buf: BUF bytes, then a page that is not there
 */
struct thread {
	pthread_t id;
	uint64_t random;
	char *buf;
};

static struct procmon_info info;
static size_t page;
static dev_t device;
static char *readonly_page;
static int fds[FDS]; /* of this process */
static volatile bool stop;

static uint32_t dice(struct thread *thread)
{
	thread->random = thread->random * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(thread->random >> 33);
}

static bool once_in(struct thread *thread, uint32_t n)
{
	return dice(thread) % n == 0;
}

/* An address to give to the kernel: our buffer, or one that is none. */
static void *address(struct thread *thread)
{
	switch (dice(thread) % 12) {
	case 0:
		return NULL;
	case 1:
		return (void *)8;
	case 2:
		return readonly_page;
	case 3:
		return (void *)0xffff888000000000ul;
	case 4:
		return (void *)0x8000000000000000ul;
	case 5:
		return (void *)-4096l;
	case 6: /* the end is not there */
		return thread->buf + BUF - dice(thread) % 512;
	case 7:
		return thread->buf + dice(thread) % 64;
	default:
		return thread->buf;
	}
}

static size_t length(struct thread *thread)
{
	switch (dice(thread) % 8) {
	case 0:
		return 0;
	case 1:
		return dice(thread) % 128;
	case 2:
		return (size_t)-1 - dice(thread);
	case 3:
		return dice(thread);
	case 4:
		return page * (1 + dice(thread) % 8);
	default:
		return BUF;
	}
}

static int some_fd(struct thread *thread)
{
	return __atomic_load_n(&fds[dice(thread) % FDS], __ATOMIC_RELAXED);
}

static void count(unsigned long *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

/*
 * A descriptor of the thread's own, if it is one of the device: what another thread has closed may
 * be a pipe by now.  One that can be written to must never come to be.
 */
static int check_fd(int fd)
{
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) || !S_ISCHR(st.st_mode) || st.st_rdev != device) {
		close(fd);
		return -1;
	}
	if ((fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDONLY)
		count(&shared->writable);
	return fd;
}

static bool call_open(struct thread *thread)
{
	static const int flags[] = {
		O_RDONLY,	   O_RDONLY | O_NONBLOCK, O_RDWR, O_WRONLY, O_RDONLY | O_TRUNC,
		O_RDWR | O_APPEND, O_RDONLY | O_NONBLOCK
	};
	unsigned int i = dice(thread) % FDS;
	char path[64];
	int fd, old;

	snprintf(path, sizeof(path), DEVICE);
	if (once_in(thread, 8)) /* what is open, anew */
		snprintf(path, sizeof(path), "/proc/self/fd/%d", some_fd(thread));
	fd = check_fd(open(path, flags[dice(thread) % 7] | O_CLOEXEC));
	if (fd < 0)
		return false;
	old = __atomic_exchange_n(&fds[i], fd, __ATOMIC_RELAXED);
	if (old >= 0)
		close(old);
	return true;
}

static bool call_close(struct thread *thread)
{
	int fd;

	if (!once_in(thread, 8))
		return false;
	fd = __atomic_exchange_n(&fds[dice(thread) % FDS], -1, __ATOMIC_RELAXED);
	return fd >= 0 && !close(fd);
}

/* Are these whole events? */
static bool is_whole(const char *buf, size_t len)
{
	struct procmon_head head;
	size_t at;

	for (at = 0; at < len; at += head.len) {
		if (len - at < sizeof(head))
			return false;
		memcpy(&head, buf + at, sizeof(head));
		if (head.len < sizeof(head) || head.len > len - at || !head.type ||
		    sizeof(head) + head.body_len > head.len)
			return false;
	}
	return true;
}

static bool call_read(struct thread *thread)
{
	int fd = some_fd(thread), own = dice(thread) & 1 ? check_fd(dup(fd)) : -1;
	char *to = address(thread);
	ssize_t n = read(own < 0 ? fd : own, to, length(thread));

	if (own < 0)
		return n > 0;
	if (n > 0 && to >= thread->buf && to < thread->buf + BUF && !is_whole(to, (size_t)n))
		count(&shared->torn);
	close(own);
	return n > 0;
}

static bool call_read_else(struct thread *thread)
{
	struct iovec iov[3];
	int fd = some_fd(thread), i;

	for (i = 0; i < 3; i++)
		iov[i] = (struct iovec){ address(thread), length(thread) };
	switch (dice(thread) % 4) {
	case 0:
		return pread(fd, iov[0].iov_base, iov[0].iov_len, (off_t)dice(thread) << 10) > 0;
	case 1:
		return preadv2(fd, iov, 1 + (int)(dice(thread) % 3), -1, RWF_NOWAIT) > 0;
	default:
		return readv(fd, iov, 1 + (int)(dice(thread) % 3)) > 0;
	}
}

static bool call_info(struct thread *thread)
{
	static const uint32_t sizes[] = { sizeof(info), 0, 8, 16, 24, 4096, UINT32_MAX };
	void *arg = address(thread);

	if (arg == thread->buf)
		memcpy(arg, &sizes[dice(thread) % 7], sizeof(uint32_t));
	return !ioctl(some_fd(thread), PROCMON_IOC_INFO, arg);
}

static bool call_wait(struct thread *thread)
{
	static const uint32_t sizes[] = { sizeof(struct procmon_wait),
					  sizeof(struct procmon_wait),
					  sizeof(struct procmon_wait) + 8,
					  0,
					  4096,
					  4097,
					  UINT32_MAX };
	static const int64_t timeouts[] = { 0, 0, 1000000, 5000000, -1, INT64_MIN, INT64_MAX };
	uint64_t pos[RINGS_MAX];
	char more[4096] = "";
	struct procmon_wait wait = {
		.size = sizes[dice(thread) % 7],
		.nr_pos = once_in(thread, 4) ? dice(thread) : info.nr_rings,
		.flags = once_in(thread, 8) ? dice(thread) : 0,
		.watermark = dice(thread) % 2 ? dice(thread) : dice(thread) % 100,
		.min_wait_us = dice(thread) % 2 ? dice(thread) : dice(thread) % 2000,
		.timeout_ns = timeouts[dice(thread) % 7],
		.pos = (uintptr_t)(once_in(thread, 4) ? address(thread) : pos),
	};
	unsigned int i;

	for (i = 0; i < RINGS_MAX; i++)
		pos[i] = dice(thread) % 2 ? (uint64_t)dice(thread) << (dice(thread) % 33) :
					    dice(thread) % 4096;
	memcpy(more, &wait, sizeof(wait));
	return !ioctl(some_fd(thread), PROCMON_IOC_WAIT,
		      once_in(thread, 8) ? address(thread) : (void *)more);
}

static bool call_ioctl(struct thread *thread)
{
	unsigned long cmd = _IOC(dice(thread) & 3, _IOC_TYPE(PROCMON_IOC_INFO), dice(thread) & 7,
				 dice(thread) & 0x3fff);

	if (once_in(thread, 4))
		cmd = dice(thread);
	return !ioctl(some_fd(thread), cmd,
		      dice(thread) & 1 ? address(thread) : (void *)(uintptr_t)dice(thread));
}

/* Everything that could make a mapping writable, longer, inherited or executable. */
static void abuse(struct thread *thread, char **map, size_t *len)
{
	static const int advices[] = { MADV_DONTNEED, MADV_DOFORK,   MADV_REMOVE,    MADV_FREE,
				       MADV_DODUMP,   MADV_WILLNEED, MADV_WIPEONFORK };
	int prot = (int)(dice(thread) & 7), mem;
	size_t new_len = page * (1 + dice(thread) % 32);
	void *moved;

	switch (dice(thread) % 6) {
	case 0:
		if (!mprotect(*map, page, prot) && prot & (PROT_WRITE | PROT_EXEC))
			count(&shared->writable);
		break;
	case 1:
		moved = mremap(*map, *len, new_len, MREMAP_MAYMOVE);
		if (moved == MAP_FAILED)
			break;
		*map = moved;
		*len = new_len;
		break;
	case 2:
		madvise(*map, *len, advices[dice(thread) % 7]);
		break;
	case 3:
		mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
		if (mem >= 0 && pwrite(mem, "X", 1, (off_t)(uintptr_t)*map) == 1)
			count(&shared->writable);
		close(mem);
		break;
	case 4:
		msync(*map, *len, MS_SYNC);
		mlock(*map, *len);
		break;
	case 5:
		read(some_fd(thread), *map, *len); /* from the device into it */
		break;
	}
}

static bool call_mmap(struct thread *thread)
{
	bool sense = !once_in(thread, 3), ring = dice(thread) & 1;
	int prot = sense ? PROT_READ : (int)(dice(thread) & 7);
	int flags = sense || dice(thread) & 1 ? MAP_SHARED : MAP_PRIVATE;
	size_t len = ring ? info.ring_len : page;
	off_t off = !ring ? 0 :
			    (off_t)(info.ring_off +
				    dice(thread) % (info.nr_rings + 1) * info.ring_stride);
	unsigned int i;
	char *map;

	if (once_in(thread, 4))
		len = length(thread) & 0xfffff;
	if (once_in(thread, 4))
		off = (off_t)((uint64_t)dice(thread) << (12 + dice(thread) % 30) & INT64_MAX);
	map = mmap(NULL, len, prot, flags, some_fd(thread), off);
	if (map == MAP_FAILED)
		return false;
	if (prot & (PROT_WRITE | PROT_EXEC))
		count(&shared->writable);
	for (i = dice(thread) % 4; i; i--)
		abuse(thread, &map, &len);
	munmap(map, len);
	return true;
}

static bool call_poll(struct thread *thread)
{
	struct pollfd ready = { some_fd(thread), (short)dice(thread), 0 };
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	bool good;
	int ep;

	if (dice(thread) & 1)
		return poll(&ready, 1, (int)(dice(thread) % 5)) >= 0;
	ep = epoll_create1(EPOLL_CLOEXEC);
	good = ep >= 0 && !epoll_ctl(ep, EPOLL_CTL_ADD, some_fd(thread), &event) &&
	       epoll_wait(ep, &event, 1, (int)(dice(thread) % 5)) >= 0;
	close(ep);
	return good;
}

static bool call_lseek(struct thread *thread)
{
	off_t off = once_in(thread, 3) ? (off_t)dice(thread) << (dice(thread) % 32) : 0;

	return lseek(some_fd(thread), off, (int)(dice(thread) % 6)) >= 0;
}

/* None of these can succeed. */
static bool call_write(struct thread *thread)
{
	struct iovec iov = { address(thread), length(thread) };
	int fd = check_fd(dup(some_fd(thread)));
	bool good;

	switch (dice(thread) % 5) {
	case 0:
		good = write(fd, iov.iov_base, iov.iov_len) > 0;
		break;
	case 1:
		good = pwrite(fd, iov.iov_base, iov.iov_len, 0) > 0;
		break;
	case 2:
		good = writev(fd, &iov, 1) > 0;
		break;
	case 3:
		good = !ftruncate(fd, dice(thread));
		break;
	default:
		good = !fallocate(fd, 0, 0, 4096);
	}
	if (good)
		count(&shared->writable);
	if (fd >= 0)
		close(fd);
	return good;
}

static bool call_fcntl(struct thread *thread)
{
	int fd = some_fd(thread), copy;

	if (dice(thread) & 1)
		return !fcntl(fd, F_SETFL,
			      (dice(thread) & 1 ? O_NONBLOCK : 0) |
				      (once_in(thread, 4) ? O_ASYNC : 0));
	copy = check_fd(dup(fd));
	return copy >= 0 && !close(copy);
}

/* The child has all descriptors; what it does is in the rings. */
static bool call_fork(struct thread *thread)
{
	char byte[4096];
	pid_t pid;
	int status;

	if (!once_in(thread, 16))
		return false;
	pid = fork();
	if (!pid) {
		fcntl(fds[0], F_SETFL, O_NONBLOCK);
		if (read(fds[0], byte, sizeof(byte)) > 0)
			execl("/tests/tiny", "tiny", NULL);
		_exit(0);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return pid > 0;
}

static bool call_splice(struct thread *thread)
{
	int fd = some_fd(thread), tube[2];
	ssize_t n;

	if (pipe2(tube, O_NONBLOCK | O_CLOEXEC))
		return false;
	switch (dice(thread) % 3) {
	case 0:
		n = splice(fd, NULL, tube[1], NULL, length(thread), SPLICE_F_NONBLOCK);
		break;
	case 1:
		n = sendfile(tube[1], fd, NULL, length(thread));
		break;
	default:
		n = copy_file_range(fd, NULL, tube[1], NULL, length(thread), 0);
	}
	close(tube[0]);
	close(tube[1]);
	return n > 0;
}

static bool (*const calls[CALLS])(struct thread *thread) = {
	call_open, call_close, call_read,  call_read_else, call_info,  call_wait, call_ioctl,
	call_mmap, call_poll,  call_lseek, call_write,	   call_fcntl, call_fork, call_splice,
};

static void *thread_run(void *arg)
{
	struct thread *thread = arg;

	while (!stop) {
		enum call call = dice(thread) % CALLS;

		count(&shared->made[call]);
		if (calls[call](thread))
			count(&shared->good[call]);
	}
	return NULL;
}

static void thread_start(struct thread *thread, uint64_t seed)
{
	thread->random = seed;
	thread->buf =
		mmap(NULL, BUF + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (thread->buf == MAP_FAILED || munmap(thread->buf + BUF, page) ||
	    pthread_create(&thread->id, NULL, thread_run, thread))
		_exit(3);
}

static void interrupt(int sig)
{
	(void)sig;
}

static void stir(struct thread *threads)
{
	unsigned int i;

	usleep(STIR_US);
	for (i = 0; i < THREADS; i++)
		pthread_kill(threads[i].id, SIGUSR1);
}

/* Ends the threads.  Return: each has come back from its last call. */
static bool threads_end(struct thread *threads)
{
	time_t end = time(NULL) + HUNG_S;
	unsigned int i;

	stop = true;
	for (i = 0; i < THREADS;) {
		if (!pthread_tryjoin_np(threads[i].id, NULL)) {
			i++;
			continue;
		}
		usleep(STIR_US);
		pthread_kill(threads[i].id, SIGUSR1);
		if (time(NULL) > end)
			return false;
	}
	return true;
}

static _Noreturn void process_run(uint64_t seed, time_t seconds)
{
	struct sigaction act = { .sa_handler = interrupt };
	struct thread threads[THREADS];
	time_t end = time(NULL) + seconds;
	unsigned int i;

	sigaction(SIGUSR1, &act, NULL); /* calls end with EINTR */
	signal(SIGIO, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < FDS; i++)
		fds[i] = -1;
	readonly_page = mmap(NULL, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (i = 0; i < THREADS; i++)
		thread_start(&threads[i], seed * THREADS + i);
	while (time(NULL) < end)
		stir(threads);
	_exit(threads_end(threads) ? 0 : 2);
}

/* Events of every kind, and none, while the calls are made. */
static void keep_busy(time_t seconds)
{
	static const char *const events[] = { "fork,exec,exit,cgroup", "exec", "fork,exit",
					      "cgroup" };
	time_t end = time(NULL) + seconds;
	struct storm storm;
	unsigned int i;

	for (i = 0; time(NULL) < end; i++) {
		storm_start(&storm, 1, 20, "/tests/tiny");
		storm_wait(&storm);
		follow_param("events", events[i % 4]);
		follow_param("threads", i % 3 ? "1" : "0");
		follow_param("args_max", i % 2 ? "0" : "4096");
	}
	follow_param("events", events[0]);
	follow_param("threads", "0");
	follow_param("args_max", "4096");
}

static void test_calls(void)
{
	time_t seconds = (time_t)tap_size("DEVFUZZ_SECONDS", 20);
	uint64_t seed = tap_size("DEVFUZZ_SEED", 1);
	unsigned int i, bad = 0;
	pid_t pid[PROCESSES];

	for (i = 0; i < PROCESSES; i++) {
		pid[i] = fork();
		if (!pid[i])
			process_run(seed * PROCESSES + i, seconds);
	}
	keep_busy(seconds);
	for (i = 0; i < PROCESSES; i++) {
		int status = follow_wait(pid[i]);

		bad += status != 0;
		if (status)
			diag("seed %llu: a process ended with %#x", (unsigned long long)seed,
			     status);
	}
	ok(!bad, "every_call_comes_back");
}

static void test_counts(void)
{
	static const enum call must_succeed[] = { CALL_OPEN,  CALL_CLOSE, CALL_READ, CALL_READ_ELSE,
						  CALL_INFO,  CALL_WAIT,  CALL_MMAP, CALL_POLL,
						  CALL_LSEEK, CALL_FCNTL, CALL_FORK };
	bool good = true;
	unsigned int i;

	for (i = 0; i < CALLS; i++) {
		diag("%s: %lu, %lu of them fine", call_names[i], shared->made[i], shared->good[i]);
		good &= shared->made[i] > shared->good[i];
	}
	for (i = 0; i < sizeof(must_succeed) / sizeof(must_succeed[0]); i++)
		good &= shared->good[must_succeed[i]] > 0;
	ok(good, "calls_succeed_and_fail");
	ok(!shared->writable, "nothing_that_can_be_written_to_is_given");
	ok(!shared->torn, "reads_give_whole_events");
}

static void run_nothing(void *arg)
{
	(void)arg;
	_exit(7);
}

static void test_after(void)
{
	struct procmon *pm = follow_open(0);
	pid_t pid = follow_spawn(run_nothing, NULL);
	struct told *told;

	follow_wait(pid);
	told = follow_told(pm, pid);
	ok(told->forks == 1 && told->exits == 1 && told->in_order &&
		   procmon_number(&told->exit.ev, "exit_code") == 7,
	   "after_that_events_are_told");
	told_free(told);
	procmon_close(pm);
}

/* Each open file and each mapping would hold the module. */
static void test_users(void)
{
	FILE *file = fopen("/sys/module/procmon/refcnt", "re");
	int users = -1;

	if (!file || fscanf(file, "%d", &users) != 1)
		bail("refcnt");
	fclose(file);
	if (!ok(!users, "no_reader_is_left"))
		diag("%d", users);
}

int main(void)
{
	int fd = open(DEVICE, O_RDONLY | O_CLOEXEC);
	struct stat st;

	page = (size_t)sysconf(_SC_PAGESIZE);
	tap_theme("devfuzz");
	info.size = sizeof(info);
	if (fd < 0 || ioctl(fd, PROCMON_IOC_INFO, &info) || fstat(fd, &st))
		bail("open");
	device = st.st_rdev;
	close(fd);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (shared == MAP_FAILED)
		bail("mmap");
	test_calls();
	test_counts();
	test_after();
	test_users();
	return tap_done();
}
