// SPDX-License-Identifier: MIT
/*
 * A plugin for QEMU that counts the instructions of a guest's kernel by address, between two functions
 * of a program in it:
 *
 *     -plugin plugin.so,begin=ADDRESS,end=ADDRESS,to=FILE
 *
 * FILE gets a line "ADDRESS COUNT" for each block of instructions that has run.  For one CPU.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu.h"

EXPORT int qemu_plugin_version = API;

struct block {
	uint64_t address, insns, count;
	struct block *next;
};

static struct block *blocks;
static uint64_t at_begin, at_end;
static const char *to;
static bool counting;

static void block_runs(unsigned int cpu, void *data)
{
	struct block *block = data;

	(void)cpu;
	if (block->address == at_begin)
		counting = true;
	else if (block->address == at_end)
		counting = false;
	else if (counting && block->address & KERNEL)
		block->count += block->insns;
}

/* A block is translated anew now and then: each time is a line of its own. */
static void block_is_made(plugin_id id, struct qemu_plugin_tb *tb)
{
	struct block *block = calloc(1, sizeof(*block));

	(void)id;
	if (!block)
		abort();
	block->address = qemu_plugin_tb_vaddr(tb);
	block->insns = qemu_plugin_tb_n_insns(tb);
	block->next = blocks;
	blocks = block;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, block_runs, NO_REGISTERS, block);
}

static void write_all(plugin_id id, void *data)
{
	FILE *file = fopen(to, "we");
	struct block *block;

	(void)id;
	(void)data;
	if (!file)
		return;
	for (block = blocks; block; block = block->next)
		if (block->count)
			fprintf(file, "%llx %llu\n", (unsigned long long)block->address,
				(unsigned long long)block->count);
	fclose(file);
}

int qemu_plugin_install(plugin_id id, const struct qemu_info *info, int argc, char **argv)
{
	int i;

	(void)info;
	for (i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "begin=", 6))
			at_begin = strtoull(argv[i] + 6, NULL, 16);
		else if (!strncmp(argv[i], "end=", 4))
			at_end = strtoull(argv[i] + 4, NULL, 16);
		else if (!strncmp(argv[i], "to=", 3))
			to = argv[i] + 3;
	}
	if (!at_begin || !at_end || !to) {
		fprintf(stderr, "plugin: begin=, end= and to= are needed\n");
		return 1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, block_is_made);
	qemu_plugin_register_atexit_cb(id, write_all, NULL);
	return 0;
}
