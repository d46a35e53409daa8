/* SPDX-License-Identifier: MIT */
/* module.h - what the file of a kernel module tells: for which kernel it was built, who signed it */
#ifndef CMD_MODULE_H
#define CMD_MODULE_H

#include <stdbool.h>
#include <stddef.h>

#include "host.h"

/**
 * struct module - procmon.ko, or its compressed form
 * @path: where it lies
 * @opaque: compressed, or not a module: the rest is not known
 * @version: of the module
 * @release: of the kernel that it was built for
 * @is_signed: a signature is appended
 * @signer: name of the key's owner, NULL when not told
 * @serial, @serial_len: serial number of the key's certificate
 */
struct module {
	const char *path;
	bool opaque;
	const char *version;
	const char *release;
	bool is_signed;
	const char *signer;
	const unsigned char *serial;
	size_t serial_len;
};

/* Looks for the module of a kernel.  Return: it is there. */
bool module_find(struct host *host, const char *release, struct module *module);

#endif
