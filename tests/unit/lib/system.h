/* SPDX-License-Identifier: MIT */
/* system.h - a made-up system below a directory, file by file */
#ifndef UNIT_SYSTEM_H
#define UNIT_SYSTEM_H

#include <stddef.h>

/* The directory; system_begin() makes it, empty, system_end() removes it with all that is in it. */
extern char system_dir[64];
void system_begin(void);
void system_end(void);

/* Makes a file of this text, and its directories. */
__attribute__((format(printf, 2, 3))) void system_put(const char *path, const char *format, ...);
void system_put_bytes(const char *path, const void *bytes, size_t len);
void system_make_dir(const char *path);
void system_link(const char *path, const char *to);
/* Removes a file, or a directory with all that is in it. */
void system_remove(const char *path);

/**
 * struct system_module - a kernel module as modinfo sees it
 * @release: of the kernel that it is for
 * @version: its own
 * @signer: who signed it, NULL for nobody
 * @serial: of the signer's certificate
 */
struct system_module {
	const char *release;
	const char *version;
	const char *signer;
	const char *serial;
};

void system_put_module(const char *path, const struct system_module *module);

#endif
