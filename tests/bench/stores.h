/* SPDX-License-Identifier: MIT */
/* stores.h - what tests/bench/starters.c tells tests/bench/stores.c of an address: its kind, then its bytes */
#ifndef STORES_H
#define STORES_H

enum stores_kind {
	STORES_NONE,
	STORES_INTERRUPT, /* where the kernel begins to handle an interrupt or exception */
	STORES_FORK, /* the module's probes */
	STORES_EXEC,
	STORES_EXIT,
	STORES_KINDS,
};

#define STORES_TELL_BYTES 9

#endif
