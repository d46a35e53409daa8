// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "system.h"

#include <elf.h>
#include <errno.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

#define SYSTEM_PATH 512

char system_dir[64];

void system_begin(void)
{
	snprintf(system_dir, sizeof(system_dir), "/tmp/procmon-unit-XXXXXX");
	if (!mkdtemp(system_dir))
		bail("mkdtemp");
}

static int system_remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void system_remove_all(const char *path)
{
	if (nftw(path, system_remove_one, 16, FTW_DEPTH | FTW_PHYS) && errno != ENOENT)
		bail("cannot remove %s", path);
}

void system_end(void)
{
	system_remove_all(system_dir);
}

static void system_path(char *full, const char *path)
{
	snprintf(full, SYSTEM_PATH, "%s%s", system_dir, path);
}

void system_remove(const char *path)
{
	char full[SYSTEM_PATH];

	system_path(full, path);
	system_remove_all(full);
}

/* Makes the directories that lead to @full. */
static void system_make_way(char *full)
{
	char *slash;

	for (slash = strchr(full + strlen(system_dir) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(full, 0755) && errno != EEXIST)
			bail("mkdir %s", full);
		*slash = '/';
	}
}

void system_make_dir(const char *path)
{
	char full[SYSTEM_PATH];

	snprintf(full, sizeof(full), "%s%s/", system_dir, path);
	system_make_way(full);
}

void system_link(const char *path, const char *to)
{
	char full[SYSTEM_PATH];

	system_path(full, path);
	system_make_way(full);
	if (symlink(to, full))
		bail("symlink %s", full);
}

void system_put_bytes(const char *path, const void *bytes, size_t len)
{
	char full[SYSTEM_PATH];
	FILE *file;

	system_path(full, path);
	system_make_way(full);
	file = fopen(full, "w");
	if (!file || fwrite(bytes, 1, len, file) != len || fclose(file))
		bail("cannot write %s", full);
}

void system_put(const char *path, const char *format, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	if (len < 0)
		bail("out of memory");
	system_put_bytes(path, text, (size_t)len);
	free(text);
}

/* Wraps the @len bytes at @der into an element; returns the new length. */
static size_t system_der(uint8_t *der, uint8_t tag, size_t len)
{
	size_t head = len < 128 ? 2 : 4;

	memmove(der + head, der, len);
	der[0] = tag;
	der[1] = len < 128 ? (uint8_t)len : 0x82;
	if (head == 4) {
		der[2] = (uint8_t)(len >> 8);
		der[3] = (uint8_t)len;
	}
	return head + len;
}

static size_t system_der_bytes(uint8_t *der, uint8_t tag, const void *bytes, size_t len)
{
	memcpy(der, bytes, len);
	return system_der(der, tag, len);
}

static size_t system_issuer(uint8_t *der, const char *name)
{
	size_t len = system_der_bytes(der, 0x06, "\x55\x04\x0a", 3); /* organization: passed over */
	size_t first;

	len += system_der_bytes(der + len, 0x0c, "Org", 3);
	first = system_der(der, 0x31, system_der(der, 0x30, len));
	len = system_der_bytes(der + first, 0x06, "\x55\x04\x03", 3);
	len += system_der_bytes(der + first + len, 0x0c, name, strlen(name));
	len = system_der(der + first, 0x31, system_der(der + first, 0x30, len));
	return system_der(der, 0x30, first + len);
}

/* A signature as openssl makes it, but for the signature itself. */
static size_t system_signature(uint8_t *der, const struct system_module *module)
{
	uint8_t *signer = der + 64;
	size_t len, n;

	len = system_der_bytes(signer, 0x02, "\x01", 1);
	n = system_issuer(signer + len, module->signer);
	n += system_der_bytes(signer + len + n, 0x02, module->serial, strlen(module->serial));
	len += system_der(signer + len, 0x30, n);
	len = system_der(signer, 0x31, system_der(signer, 0x30, len));

	n = system_der_bytes(der, 0x02, "\x01", 1); /* version */
	n += system_der_bytes(der + n, 0x31, "", 0); /* digests */
	n += system_der_bytes(der + n, 0x30, "", 0); /* content */
	memmove(der + n, signer, len);
	n = system_der(der, 0xa0, system_der(der, 0x30, n + len));
	memmove(der + 5, der, n);
	system_der_bytes(der, 0x06, "\x2a\x86\x48", 3);
	return system_der(der, 0x30, n + 5);
}

static void system_sign(FILE *file, const struct system_module *module)
{
	uint8_t der[1024], trailer[12] = { 0, 0, 2 };
	size_t len = system_signature(der, module);

	trailer[10] = (uint8_t)(len >> 8);
	trailer[11] = (uint8_t)len;
	fwrite(der, 1, len, file);
	fwrite(trailer, 1, sizeof(trailer), file);
	fputs("~Module signature appended~\n", file);
}

void system_put_module(const char *path, const struct system_module *module)
{
	static const char names[] = "\0.modinfo\0.shstrtab";
	Elf64_Ehdr elf = { .e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64 },
			   .e_shoff = sizeof(elf),
			   .e_shentsize = sizeof(Elf64_Shdr),
			   .e_shnum = 3,
			   .e_shstrndx = 2 };
	Elf64_Shdr section[3] = { 0 };
	char info[256], *text;
	size_t len;
	FILE *file = open_memstream(&text, &len);

	snprintf(info, sizeof(info), "license=GPL%cversion=%s%cvermagic=%s SMP mod_unload ", 0,
		 module->version, 0, module->release);
	section[1] = (Elf64_Shdr){ .sh_name = 1,
				   .sh_offset = sizeof(elf) + sizeof(section),
				   .sh_size = sizeof(info) };
	section[2] = (Elf64_Shdr){ .sh_name = 10,
				   .sh_offset = section[1].sh_offset + sizeof(info),
				   .sh_size = sizeof(names) };
	fwrite(&elf, 1, sizeof(elf), file);
	fwrite(section, 1, sizeof(section), file);
	fwrite(info, 1, sizeof(info), file);
	fwrite(names, 1, sizeof(names), file);
	if (module->signer)
		system_sign(file, module);
	fclose(file);
	system_put_bytes(path, text, len);
	free(text);
}
