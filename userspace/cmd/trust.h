/* SPDX-License-Identifier: MIT */
/* trust.h - whether the kernel wants modules signed, and whether it knows the key of one */
#ifndef CMD_TRUST_H
#define CMD_TRUST_H

#include "host.h"
#include "module.h"

enum trust_key {
	TRUST_KEY_UNTOLD, /* this user may not see the kernel's keys, and nothing else tells */
	TRUST_KEY_NONE, /* the kernel does not know it, and its certificate is not on this machine */
	TRUST_KEY_FOREIGN, /* its certificate is there, and the firmware does not have it */
	TRUST_KEY_WAITING, /* its enrolment awaits a reboot */
	TRUST_KEY_IGNORED, /* the firmware has it, and the kernel has not taken it over */
	TRUST_KEY_GOOD, /* the kernel knows it, or should, as the firmware has it */
};

/**
 * struct trust - what the kernel demands of modules
 * @why: why it takes only signed ones; NULL: it takes any
 * @efi: there is UEFI firmware, so keys can be enrolled
 */
struct trust {
	const char *why;
	bool efi;
};

void trust_look(struct host *host, const char *config, struct trust *trust);
/* @cert: where the certificate lies that this machine signs modules with, NULL when it has none */
enum trust_key trust_look_for_key(struct host *host, const struct module *module,
				  const char **cert);

#endif
