// SPDX-License-Identifier: MIT
/*
 * The files that doctor reads are parts of the input, found by path: the linker sends host_read(),
 * host_list() and host_exists() here (ld --wrap).  An input is a byte that chooses the device, eight
 * bytes whose bits leave files out, then for each file "%%/path", a new line, its contents.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "finding.h"
#include "fuzz.h"
#include "host.h"
#include "output.h"
#include "system.h"
#include "tap.h"

#define FILES 64
#define HEAD 9 /* bytes before the first file */
#define FILE_MARK "%%/"
#define RELEASE "6.1.0-56-amd64"
#define MODULES "/lib/modules/" RELEASE
#define DKMS "/var/lib/dkms/procmon/1.2"
#define EFIVARS "/sys/firmware/efi/efivars/"
#define SIGNER "DKMS module signing key"
#define CERT "0123 serial-number-1 the rest of a certificate"
#define HOSTILE ";`<>()\\\"\n" /* what no command of ours has */

char *__wrap_host_read(struct host *host, size_t *len, const char *format, ...);
bool __wrap_host_exists(struct host *host, const char *format, ...);
char **__wrap_host_list(struct host *host, const char *format, ...);
void __real_finding(struct findings *findings, enum finding_level level, const char *name,
		    const char *command, const char *cause, ...);
void __wrap_finding(struct findings *findings, enum finding_level level, const char *name,
		    const char *command, const char *format, ...);

/* Texts are of exactly their length: a sanitizer sees each byte read outside. */
static struct doctor_file {
	char *path, *text;
	size_t len;
} files[FILES];
static unsigned int nr_files;
static struct block {
	struct block *next;
	char bytes[];
} * blocks;

static void *keep(size_t size)
{
	struct block *block = malloc(sizeof(*block) + size);

	if (!block)
		bail("out of memory");
	block->next = blocks;
	blocks = block;
	return block->bytes;
}

static void forget_all(void)
{
	struct block *block;

	while ((block = blocks)) {
		blocks = block->next;
		free(block);
	}
	nr_files = 0;
}

static char *copy(const void *bytes, size_t len)
{
	char *text = keep(len + 1);

	memcpy(text, bytes, len);
	text[len] = '\0';
	return text;
}

static char *format_path(const char *format, va_list args)
{
	char *text, *kept;

	if (vasprintf(&text, format, args) < 0)
		bail("out of memory");
	kept = copy(text, strlen(text));
	free(text);
	return kept;
}

#define PATH(path, format)                                                                         \
	do {                                                                                       \
		va_list args;                                                                      \
		va_start(args, format);                                                            \
		(path) = format_path(format, args);                                                \
		va_end(args);                                                                      \
	} while (0)

/* What @path has below @dir, NULL when it lies elsewhere. */
static const char *below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return !strncmp(path, dir, len) && path[len] == '/' ? path + len + 1 : NULL;
}

char *__wrap_host_read(struct host *host, size_t *len, const char *format, ...)
{
	char *path;
	unsigned int i;

	(void)host;
	PATH(path, format);
	for (i = 0; i < nr_files; i++) {
		if (strcmp(files[i].path, path))
			continue;
		if (len)
			*len = files[i].len;
		return copy(files[i].text, files[i].len);
	}
	return NULL;
}

bool __wrap_host_exists(struct host *host, const char *format, ...)
{
	char *path;
	unsigned int i;

	(void)host;
	PATH(path, format);
	for (i = 0; i < nr_files; i++)
		if (!strcmp(files[i].path, path) || below(files[i].path, path))
			return true;
	return false;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char **__wrap_host_list(struct host *host, const char *format, ...)
{
	char **names = keep((FILES + 1) * sizeof(*names)), *path;
	size_t n = 0, i, j;

	(void)host;
	PATH(path, format);
	for (i = 0; i < nr_files; i++) {
		const char *rest = below(files[i].path, path);

		if (!rest || *rest == '.' || *rest == '/' || !*rest)
			continue;
		names[n] = copy(rest, strcspn(rest, "/"));
		for (j = 0; j < n && strcmp(names[j], names[n]);)
			j++;
		n += j == n;
	}
	qsort(names, n, sizeof(*names), compare);
	names[n] = NULL;
	return names;
}

/* Commands are there to be copied into a shell: no file may bring in one of its own. */
void __wrap_finding(struct findings *findings, enum finding_level level, const char *name,
		    const char *command, const char *format, ...)
{
	char *cause;

	if (command && strpbrk(command, HOSTILE))
		abort();
	PATH(cause, format);
	__real_finding(findings, level, name, command, "%s", cause);
}

static void take_files(const char *text, size_t len, uint64_t left_out)
{
	const char *end = text + len, *next, *line;

	for (; text && text < end; text = next, left_out >>= 1) {
		next = memmem(text + 1, (size_t)(end - text) - 1, FILE_MARK, strlen(FILE_MARK));
		line = memchr(text, '\n', (size_t)((next ? next : end) - text));
		if (!line || line - text < 4 || left_out & 1 || nr_files == FILES)
			continue;
		files[nr_files].path = copy(text + 2, (size_t)(line - text) - 2);
		files[nr_files].len = (size_t)((next ? next : end) - line) - 1;
		files[nr_files].text = copy(line + 1, files[nr_files].len);
		nr_files++;
	}
}

static void doctor_fuzz(const unsigned char *data, size_t len)
{
	static struct rings rings;
	struct options options = { .root = "/" };
	uint64_t left_out;

	if (len < HEAD)
		return;
	if (!rings.map)
		rings_in_file(&rings, 1, 64);
	options.format = data[0] & 3;
	options.device = (const char *[]){ "/nowhere", "/dev/null", rings.path,
					   "/dev/null" }[data[0] >> 2 & 3];
	memcpy(&left_out, data + 1, sizeof(left_out));
	take_files((const char *)data + HEAD, len - HEAD, left_out);
	doctor_main(&options);
	output_check(options.format);
	forget_all();
}

static void seed_file(FILE *file, const char *path, const void *bytes, size_t len)
{
	fprintf(file, "%%%%%s\n", path);
	fwrite(bytes, len, 1, file);
}

static void seed_module(FILE *file, const char *path, const struct system_module *module)
{
	char full[256], bytes[8192];
	FILE *from;
	size_t len;

	system_begin();
	system_put_module("/module", module);
	snprintf(full, sizeof(full), "%s/module", system_dir);
	from = fopen(full, "r");
	len = from ? fread(bytes, 1, sizeof(bytes), from) : 0;
	if (!len)
		bail("%s", full);
	fclose(from);
	system_end();
	seed_file(file, path, bytes, len);
}

/* A system with all of it; the first ones are left out at first. */
static void doctor_seed(void)
{
	static const struct system_module mine = { RELEASE, PROCMON_VERSION, SIGNER,
						   "serial-number-1" };
	static const struct system_module old = { "5.10.0-1-amd64", "0", NULL, NULL };
	static const unsigned char head[HEAD] = { 2, 0xff, 0x07 };
	static const char *const texts[][2] = {
		{ "/.dockerenv", "" },
		{ "/run/systemd/container", "lxc\n" },
		{ "/proc/1/environ", "HOME=/" },
		{ "/proc/modules", "procmon 32768 0 - Live 0x0000000000000000 (OE)\n" },
		{ "/sys/module/procmon/version", "0.0.9\n" },
		{ "/sys/module/procmon/initstate", "live\n" },
		{ "/sys/class/misc/procmon/dev", "10:123\n" },
		{ "/proc/sys/kernel/modules_disabled", "1\n" },
		{ "/etc/modprobe.d/no.conf", "install procmon /bin/false\n" },
		{ "/usr/lib/procmon-dkms/modules", "" },
		{ MODULES "/modules.builtin", "kernel/drivers/procmon/procmon.ko\n" },
		{ "/etc/os-release", "ID=mine\nID_LIKE=\"ubuntu debian\"\n" },
		{ "/etc/passwd", "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/:/bin/sh\n" },
		{ "/etc/group", "root:x:0:\nprocmon:x:999:bob,alice\n" },
		{ "/etc/modules", "loop\nprocmon\n" },
		{ "/etc/modules-load.d/procmon.conf", "procmon\n" },
		{ "/usr/lib/udev/rules.d/60-procmon.rules", "" },
		{ "/usr/lib/sysusers.d/procmon.conf", "" },
		{ "/proc/sys/kernel/osrelease", RELEASE "\n" },
		{ "/proc/self/uid_map", "         0          0 4294967295\n" },
		{ "/proc/self/status", "Name:\tx\nUid:\t1000\t1000\t1000\t1000\nGid:\t1000\t1000\n"
				       "Groups:\t4 24 \nCapEff:\t0000000000000000\n" },
		{ "/proc/cmdline", "quiet module.sig_enforce=1\n" },
		{ "/sys/module/module/parameters/sig_enforce", "Y\n" },
		{ "/sys/kernel/security/lockdown", "none [integrity] confidentiality\n" },
		{ "/proc/keys",
		  "1 I------ 1 perm 1f030000 0 0 asymmetri Org: " SIGNER ": x509 []\n" },
		{ "/var/lib/dkms/mok.pub", CERT },
		{ "/var/lib/dkms/mok.key", "" },
		{ EFIVARS "MokListRT-605dab50-e046-4300-abb6-3dd810dd8b23", "list " CERT },
		{ EFIVARS "MokNew-605dab50-e046-4300-abb6-3dd810dd8b23", "list " CERT },
		{ "/boot/config-" RELEASE, "CONFIG_64BIT=y\nCONFIG_MODULES=y\n"
					   "CONFIG_TRACEPOINTS=y\nCONFIG_CGROUPS=y\n" },
		{ MODULES "/build/Makefile", "all:\n" },
		{ MODULES "/modules.dep", "updates/dkms/procmon.ko:\n" },
		{ MODULES "/kernel/x", "" },
		{ "/lib/modules/6.1.0-57-amd64/kernel/x", "" },
		{ DKMS "/source/dkms.conf", "\n" },
		{ DKMS "/" RELEASE "/x86_64/module/procmon.ko", "\n" },
		{ DKMS "/build/make.log", "DKMS make.log for procmon-1.2 for kernel " RELEASE
					  " (x86_64)\nx.c:1:2: error: no\n" },
		{ MODULES "/kernel/drivers/procmon/procmon.ko.xz", "compressed" },
	};
	char *bytes;
	size_t len, i;
	FILE *file = open_memstream(&bytes, &len);

	fwrite(head, sizeof(head), 1, file);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		seed_file(file, texts[i][0], texts[i][1], strlen(texts[i][1]));
	seed_module(file, MODULES "/updates/dkms/procmon.ko", &mine);
	seed_module(file, "/lib/modules/6.1.0-57-amd64/extra/procmon.ko", &old);
	fclose(file);
	fuzz_seed("all", bytes, len);
	free(bytes);
}

const struct target target_doctor = { "doctor", NULL, doctor_fuzz, doctor_seed };
