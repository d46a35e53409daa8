// SPDX-License-Identifier: MIT
/*
 * A plugin for QEMU that counts, CPU by CPU, the instructions of the module's probes and of all that they
 * call, and which cache lines they store to, between two functions of tests/bench/starters.c:
 *
 *     -plugin stores.so,begin=ADDRESS,end=ADDRESS,tell=ADDRESS,bytes=ADDRESS,to=FILE
 *
 * FILE gets lines "probe CPU KIND CALLS INSTRUCTIONS" and "store LINE STORES CPUS MOVES ADDRESS": a cache
 * line's address, how often it was stored to, by how many CPUs, how often by another one than the time
 * before, and the first instruction that did.  "full STORES" are stores that found no room here.
 * Interrupts that come meanwhile do not count.
 *
 * A probe has returned when its calls and returns are even: what it calls does not sleep.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu.h"
#include "stores.h"

EXPORT int qemu_plugin_version = API;

#define CPUS 256
#define TOLD 512
#define LINE 64
#define TABLE (1u << 20)

enum leap { LEAP_NONE, LEAP_CALL, LEAP_RETURN, LEAP_INTERRUPT_RETURN };

/* Instructions without a jump between them; @leap is how they end. */
struct block {
	uint64_t address, insns;
	enum stores_kind kind;
	enum leap leap;
	struct block *next;
};

/**
 * struct line - a cache line
 * @address: 0: this place is free
 * @from: the instruction that stored to it first
 * @last: the CPU that stored to it last, plus 1
 * @seen: bits of all CPUs that did
 */
struct line {
	uint64_t address, from, count, moves, last, seen[CPUS / 64];
};

/**
 * struct cpu - where a CPU is and what it has done
 * @probe: it is in this one, STORES_NONE in none
 * @depth: calls that have not returned
 * @leaving: the probe's last block runs
 * @interrupts: those that it handles meanwhile
 */
struct cpu {
	enum stores_kind probe;
	unsigned int depth, interrupts;
	bool leaving;
	uint64_t calls[STORES_KINDS], insns[STORES_KINDS];
};

static struct cpu cpus[CPUS];
static struct block *blocks;
static struct line *lines;
static uint64_t full;
static uint64_t at_begin, at_end, at_tell, at_bytes;
static const char *to;
static bool counting;

/* What the guest has told, and the bytes of what it is telling. */
static struct {
	uint64_t address;
	enum stores_kind kind;
} told[TOLD];
static unsigned int nr_told, nr_bytes;
static uint64_t bytes;
static enum stores_kind bytes_kind;

static void block_take_kind(struct block *block)
{
	unsigned int i, n = __atomic_load_n(&nr_told, __ATOMIC_ACQUIRE);

	for (i = 0; i < n; i++)
		if (told[i].address == block->address)
			block->kind = told[i].kind;
}

static void told_add(enum stores_kind kind, uint64_t address)
{
	struct block *block;

	if (nr_told == TOLD)
		abort();
	told[nr_told].address = address;
	told[nr_told].kind = kind;
	__atomic_store_n(&nr_told, nr_told + 1, __ATOMIC_SEQ_CST);
	for (block = __atomic_load_n(&blocks, __ATOMIC_SEQ_CST); block; block = block->next)
		block_take_kind(block);
}

static void byte_is_told(unsigned int cpu, uint32_t info, uint64_t address, void *data)
{
	(void)cpu;
	(void)info;
	(void)data;
	if (address < at_bytes || address >= at_bytes + 256)
		return;
	if (!nr_bytes)
		bytes_kind = (enum stores_kind)(address - at_bytes);
	else
		bytes = bytes << 8 | (address - at_bytes);
	if (++nr_bytes < STORES_TELL_BYTES)
		return;
	nr_bytes = 0;
	told_add(bytes_kind, bytes);
}

/* Enters and leaves probes and interrupts.  Return: the block is a probe's. */
static bool cpu_goes(struct cpu *cpu, const struct block *block)
{
	if (cpu->leaving) {
		cpu->leaving = false;
		cpu->probe = STORES_NONE;
	}
	if (cpu->probe == STORES_NONE) {
		if (!counting || block->kind < STORES_FORK)
			return false;
		cpu->probe = block->kind;
		cpu->calls[cpu->probe]++;
		cpu->depth = 0;
	}
	if (block->kind == STORES_INTERRUPT)
		cpu->interrupts++;
	if (!cpu->interrupts)
		return true;
	if (block->leap == LEAP_INTERRUPT_RETURN)
		cpu->interrupts--;
	return false;
}

static void block_runs(unsigned int index, void *data)
{
	const struct block *block = data;
	struct cpu *cpu = &cpus[index % CPUS];

	if (!cpu_goes(cpu, block))
		return;
	cpu->insns[cpu->probe] += block->insns;
	if (block->leap == LEAP_CALL)
		cpu->depth++;
	else if (block->leap == LEAP_RETURN && !cpu->depth--)
		cpu->leaving = true;
}

/* The place of a line, which is its own from now on; NULL: there is none. */
static struct line *line_of(uint64_t address, uint64_t from)
{
	size_t i = (address / LINE * 0x9e3779b97f4a7c15ull) % TABLE, tries;

	for (tries = 0; tries < TABLE; tries++, i = (i + 1) % TABLE) {
		uint64_t free = 0;

		if (__atomic_compare_exchange_n(&lines[i].address, &free, address, false,
						__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
			lines[i].from = from;
		else if (free != address)
			continue;
		return &lines[i];
	}
	return NULL;
}

static void line_is_stored(unsigned int cpu, uint64_t address, uint64_t from)
{
	struct line *line = line_of(address / LINE * LINE, from);
	uint64_t last;

	if (!line) {
		__atomic_add_fetch(&full, 1, __ATOMIC_SEQ_CST);
		return;
	}
	last = __atomic_exchange_n(&line->last, cpu + 1, __ATOMIC_SEQ_CST);
	__atomic_add_fetch(&line->count, 1, __ATOMIC_SEQ_CST);
	__atomic_or_fetch(&line->seen[cpu / 64], 1ull << cpu % 64, __ATOMIC_SEQ_CST);
	if (last && last != cpu + 1)
		__atomic_add_fetch(&line->moves, 1, __ATOMIC_SEQ_CST);
}

static void insn_stores(unsigned int index, uint32_t info, uint64_t address, void *data)
{
	const struct cpu *cpu = &cpus[index % CPUS];
	uint64_t last = address + (1u << qemu_plugin_mem_size_shift(info)) - 1;

	if (cpu->probe == STORES_NONE || cpu->interrupts || !qemu_plugin_mem_is_store(info))
		return;
	line_is_stored(index % CPUS, address, (uint64_t)(uintptr_t)data);
	if (last / LINE != address / LINE)
		line_is_stored(index % CPUS, last, (uint64_t)(uintptr_t)data);
}

static void window_runs(unsigned int index, void *data)
{
	(void)index;
	counting = *(const uint64_t *)data == at_begin;
}

static enum leap leap_of(const struct qemu_plugin_insn *insn)
{
	const uint8_t *code = qemu_plugin_insn_data(insn);
	const uint8_t *end = code + qemu_plugin_insn_size(insn);

	while (code < end - 1 &&
	       (memchr("\x2e\x3e\x66\xf2\xf3", *code, 5) || (*code & 0xf0) == 0x40))
		code++;
	switch (*code) {
	case 0xe8:
		return LEAP_CALL;
	case 0xff:
		return code < end - 1 && (code[1] >> 3 & 7) == 2 ? LEAP_CALL : LEAP_NONE;
	case 0xc2:
	case 0xc3:
		return LEAP_RETURN;
	case 0xcf:
		return LEAP_INTERRUPT_RETURN;
	}
	return LEAP_NONE;
}

static void block_watch(struct qemu_plugin_tb *tb, size_t n)
{
	struct block *block = calloc(1, sizeof(*block));
	size_t i;

	if (!block)
		abort();
	block->address = qemu_plugin_tb_vaddr(tb);
	block->insns = n;
	block->leap = leap_of(qemu_plugin_tb_get_insn(tb, n - 1));
	block->next = __atomic_load_n(&blocks, __ATOMIC_SEQ_CST);
	while (!__atomic_compare_exchange_n(&blocks, &block->next, block, false, __ATOMIC_SEQ_CST,
					    __ATOMIC_SEQ_CST))
		;
	block_take_kind(block);
	qemu_plugin_register_vcpu_tb_exec_cb(tb, block_runs, NO_REGISTERS, block);
	for (i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		qemu_plugin_register_vcpu_mem_cb(insn, insn_stores, NO_REGISTERS, ACCESSES,
						 (void *)(uintptr_t)qemu_plugin_insn_vaddr(insn));
	}
}

static void tell_watch(struct qemu_plugin_tb *tb)
{
	qemu_plugin_register_vcpu_mem_cb(qemu_plugin_tb_get_insn(tb, 0), byte_is_told, NO_REGISTERS,
					 ACCESSES, NULL);
}

static void block_is_made(plugin_id id, struct qemu_plugin_tb *tb)
{
	uint64_t address = qemu_plugin_tb_vaddr(tb);
	size_t n = qemu_plugin_tb_n_insns(tb);

	(void)id;
	if (address & KERNEL)
		block_watch(tb, n);
	else if (address == at_begin || address == at_end)
		qemu_plugin_register_vcpu_tb_exec_cb(tb, window_runs, NO_REGISTERS,
						     address == at_begin ? &at_begin : &at_end);
	else if (address == at_tell)
		tell_watch(tb);
}

static void write_cpu(FILE *file, unsigned int index, const struct cpu *cpu)
{
	static const char *const names[STORES_KINDS] = {
		[STORES_FORK] = "fork",
		[STORES_EXEC] = "exec",
		[STORES_EXIT] = "exit",
	};
	int kind;

	for (kind = STORES_FORK; kind < STORES_KINDS; kind++)
		if (cpu->calls[kind])
			fprintf(file, "probe %u %s %llu %llu\n", index, names[kind],
				(unsigned long long)cpu->calls[kind],
				(unsigned long long)cpu->insns[kind]);
}

static void write_line(FILE *file, const struct line *line)
{
	int cpus = 0;
	size_t i;

	for (i = 0; i < CPUS / 64; i++)
		cpus += __builtin_popcountll(line->seen[i]);
	fprintf(file, "store %llx %llu %d %llu %llx\n", (unsigned long long)line->address,
		(unsigned long long)line->count, cpus, (unsigned long long)line->moves,
		(unsigned long long)line->from);
}

static void write_all(plugin_id id, void *data)
{
	FILE *file = fopen(to, "we");
	unsigned int i;

	(void)id;
	(void)data;
	if (!file)
		return;
	for (i = 0; i < CPUS; i++)
		write_cpu(file, i, &cpus[i]);
	for (i = 0; i < TABLE; i++)
		if (lines[i].count)
			write_line(file, &lines[i]);
	if (full)
		fprintf(file, "full %llu\n", (unsigned long long)full);
	fclose(file);
}

int qemu_plugin_install(plugin_id id, const struct qemu_info *info, int argc, char **argv)
{
	static const struct {
		const char *name;
		uint64_t *value;
	} addresses[] = {
		{ "begin=", &at_begin },
		{ "end=", &at_end },
		{ "tell=", &at_tell },
		{ "bytes=", &at_bytes },
	};
	size_t j;
	int i;

	(void)info;
	for (i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "to=", 3))
			to = argv[i] + 3;
		for (j = 0; j < sizeof(addresses) / sizeof(addresses[0]); j++)
			if (!strncmp(argv[i], addresses[j].name, strlen(addresses[j].name)))
				*addresses[j].value =
					strtoull(argv[i] + strlen(addresses[j].name), NULL, 16);
	}
	if (!at_begin || !at_end || !at_tell || !at_bytes || !to) {
		fprintf(stderr, "stores: begin=, end=, tell=, bytes= and to= are needed\n");
		return 1;
	}
	lines = calloc(TABLE, sizeof(*lines));
	if (!lines)
		return 1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, block_is_made);
	qemu_plugin_register_atexit_cb(id, write_all, NULL);
	return 0;
}
