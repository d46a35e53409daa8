// SPDX-License-Identifier: MIT
/* Opening the device: what is wrong with it is told in one line, with the way out. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "fake.h"
#include "reader.h"
#include "rings.h"
#include "tap.h"

#define NREC 64

static struct rings rings;
static struct procmon *pm;

/* @path cannot be opened, and the command says why in one line. */
static void refused(const char *name, const char *path, int err, const char *text)
{
	struct command command;
	char device[256];
	int got = procmon_open(&pm, path, 0);
	bool good = got == -err && !pm && strstr(procmon_error(NULL), text);

	if (!good)
		diag("wanted %d '%s', got %d '%s'", -err, text, got, procmon_error(NULL));
	snprintf(device, sizeof(device), "--device=%s", path);
	COMMAND(&command, device, "--for=1ms");
	good &= command_said(&command, 1, text) && !*command.out &&
		!strncmp(command.err, "procmon: ", 9) &&
		strchr(command.err, '\n') == command.err + strlen(command.err) - 1;
	ok(good, "%s_is_told", name);
	command_free(&command);
}

static void no_device(void)
{
	refused("missing_device", "/nonexistent/procmon", ENOENT, "sudo modprobe procmon");
	refused("directory", "/tmp", ENOTTY, "/tmp: not a procmon device");
	refused("other_device", "/dev/null", ENOTTY, "/dev/null: not a procmon device");
	refused("path_through_a_file", "/dev/null/x", ENOTDIR, "/dev/null/x: Not a directory");
}

/* root may open everything: ask as somebody else. */
static void no_permission(void)
{
	char path[] = "/tmp/procmon-unit-XXXXXX";
	int fd = mkstemp(path), err;
	uid_t root = geteuid();

	if (fd < 0 || fchmod(fd, 0) || (!root && seteuid(65534)))
		bail("mkstemp");
	err = procmon_open(&pm, path, 0);
	if (seteuid(root))
		bail("seteuid");
	unlink(path);
	close(fd);
	ok(err == -EACCES && strstr(procmon_error(NULL), "adduser $USER procmon"),
	   "missing_permission_is_told");
}

static void info_pages(void)
{
	static const struct {
		const char *name, *text;
		size_t at;
		uint32_t value;
		int err;
	} table[] = {
		{ "another_abi", "speaks ABI 2, this program 1: install the same version",
		  offsetof(struct procmon_info, abi_major), 2, EPROTO },
		{ "abi_0", "speaks ABI 0", offsetof(struct procmon_info, abi_major), 0, EPROTO },
		{ "unknown_incompat_bit", "with unknown additions",
		  offsetof(struct procmon_info, incompat), 1u << 31, EPROTO },
		{ "unknown_high_incompat_bit", "with unknown additions",
		  offsetof(struct procmon_info, incompat) + 4, 1, EPROTO },
		{ "wrong_magic", "not a procmon device", offsetof(struct procmon_info, magic), 0,
		  ENOTTY },
		{ "info_of_no_size", "not a procmon device", offsetof(struct procmon_info, size), 0,
		  ENOTTY },
		{ "info_that_ends_before_the_abi", "speaks ABI 0",
		  offsetof(struct procmon_info, size), 16, EPROTO },
		{ "info_that_ends_before_the_rings", "sizes that cannot be",
		  offsetof(struct procmon_info, nr_rings), 0, EPROTO },
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		rings_in_file(&rings, 1, NREC);
		memcpy((char *)rings.info + table[i].at, &table[i].value, sizeof(table[i].value));
		refused(table[i].name, rings.path, table[i].err, table[i].text);
		rings_free(&rings);
	}
}

static void good_pages(void)
{
	struct procmon_info info;

	rings_in_file(&rings, 1, NREC);
	rings.info->abi_minor = 99;
	rings.info->compat = UINT64_MAX;
	ok(!procmon_open(&pm, rings.path, 0), "a_newer_minor_and_unknown_compat_bits_are_fine");
	ok(!procmon_info(pm, &info) && info.abi_minor == 99 && info.size == sizeof(info),
	   "the_info_is_told");
	procmon_close(pm);
	rings.info->size = offsetof(struct procmon_info, version);
	ok(!procmon_open(&pm, rings.path, 0) && !procmon_info(pm, &info) && !*info.version,
	   "an_older_module_tells_less");
	procmon_close(pm);
	rings.info->size = 4096;
	ok(!procmon_open(&pm, rings.path, 0), "a_newer_one_tells_more");
	fake_fail_ioctl(EIO);
	ok(procmon_info(pm, &info) == -EIO && strstr(procmon_error(pm), "does not answer"),
	   "a_module_that_does_not_answer_is_told");
	fake_fail_ioctl(0);
	procmon_close(pm);
	fake_fail_info_mmap(EAGAIN);
	ok(procmon_open(&pm, rings.path, 0) == -EAGAIN &&
		   strstr(procmon_error(NULL), "cannot be mapped"),
	   "a_device_that_cannot_be_mapped_is_told");
	fake_fail_info_mmap(0);
	rings_free(&rings);
	procmon_close(NULL);
}

static void garbage(void)
{
	struct procmon_info *info;
	unsigned int round, bad = 0;
	size_t i;

	srand(10);
	for (round = 0; round < 1000; round++) {
		rings_in_file(&rings, 1, NREC);
		info = rings.info;
		for (i = offsetof(struct procmon_info, nr_rings);
		     i < offsetof(struct procmon_info, version); i++)
			if (!(rand() % 40))
				((unsigned char *)info)[i] = (unsigned char)(rand() >> 7);
		if (!procmon_open(&pm, rings.path, PROCMON_HISTORY)) {
			bad += pm->info->ring_len < info->data_off + info->nrec * PROCMON_REC;
			procmon_close(pm);
		} else {
			bad += !*procmon_error(NULL);
		}
		rings_free(&rings);
	}
	ok(!bad, "1000_garbled_info_pages_are_survived");
}

int main(void)
{
	tap_theme("device");
	no_device();
	no_permission();
	info_pages();
	good_pages();
	garbage();
	return tap_done();
}
