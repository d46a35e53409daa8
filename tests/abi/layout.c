// SPDX-License-Identifier: MIT
/*
 * The layout of the ABI, from its own header and tables: layout.golden is what this prints.  Also
 * C++.  Fields, flags, types and counters are only ever appended.
 */
#include <stddef.h>
#include <stdio.h>

#include "../../kmod/uapi/procmon.h"

static size_t layout_end; /* of the fields told so far */
static int layout_bad;

static void layout_struct(const char *name, size_t size)
{
	printf("struct %s %zu\n", name, size);
	layout_end = 0;
}

static void layout_field(const char *type, const char *name, size_t offset, size_t size)
{
	if (offset != layout_end) {
		fprintf(stderr, "%s: %zu bytes before it are no field\n", name,
			offset - layout_end);
		layout_bad = 1;
	}
	printf("\t%zu %zu %s%s%s\n", offset, size, name, *type ? " " : "", type);
	layout_end = offset + size;
}

static void layout_struct_end(const char *name, size_t size)
{
	if (layout_end != size) {
		fprintf(stderr, "%s: bytes %zu to %zu are no field\n", name, layout_end, size);
		layout_bad = 1;
	}
}

/* A struct of a table: every row is told. */
#define N(type, name, unknown, doc)                                                                \
	layout_field(#type " unknown=" #unknown, #name, offsetof(struct STRUCT, name),             \
		     sizeof(type));
#define S(name, doc)                                                                               \
	layout_field("string", #name, offsetof(struct STRUCT, name), sizeof(struct procmon_str));
#define TABLE(strct, FIELDS)                                                                       \
	do {                                                                                       \
		layout_struct(#strct, sizeof(struct strct));                                       \
		FIELDS(N, S)                                                                       \
		layout_struct_end(#strct, sizeof(struct strct));                                   \
	} while (0)

/* The others are told by name; one that is forgotten leaves a hole, which is an error. */
#define FIELD(name)                                                                                \
	layout_field("", #name, offsetof(struct STRUCT, name), sizeof(((struct STRUCT *)0)->name))

static void layout_tables(void)
{
#define STRUCT procmon_head
	TABLE(procmon_head, PROCMON_HEAD_FIELDS);
#undef STRUCT
#define STRUCT procmon_fork
	TABLE(procmon_fork, PROCMON_FORK_FIELDS);
#undef STRUCT
#define STRUCT procmon_exec
	TABLE(procmon_exec, PROCMON_EXEC_FIELDS);
#undef STRUCT
#define STRUCT procmon_exit
	TABLE(procmon_exit, PROCMON_EXIT_FIELDS);
#undef STRUCT
#define STRUCT procmon_cgroup
	TABLE(procmon_cgroup, PROCMON_CGROUP_FIELDS);
#undef STRUCT
}

static void layout_info(void)
{
#define STRUCT procmon_info
	layout_struct("procmon_info", sizeof(struct procmon_info));
	FIELD(size);
	FIELD(rec_size);
	FIELD(magic);
	FIELD(abi_major);
	FIELD(abi_minor);
	FIELD(compat);
	FIELD(incompat);
	FIELD(instance);
	FIELD(load_ns);
	FIELD(nr_rings);
	FIELD(rings_gen);
	FIELD(ring_off);
	FIELD(ring_stride);
	FIELD(ring_len);
	FIELD(data_off);
	FIELD(nrec);
	FIELD(max_event);
	FIELD(events);
	FIELD(threads);
	FIELD(args_max);
	FIELD(cgroup_version);
	FIELD(cgroup_hierarchy);
	FIELD(no_ring);
	FIELD(ring_header_size);
	FIELD(nr_counters);
	FIELD(version);
	FIELD(load_wall_ns);
	layout_struct_end("procmon_info", sizeof(struct procmon_info));
#undef STRUCT
}

static void layout_ring(void)
{
#define STRUCT procmon_ring
	layout_struct("procmon_ring", sizeof(struct procmon_ring));
	FIELD(magic);
	FIELD(instance);
	FIELD(cpu);
	FIELD(flags);
	FIELD(nrec);
	FIELD(reserved0);
	FIELD(tail);
	FIELD(resv);
	FIELD(commit);
	FIELD(seq);
	FIELD(last_ns);
	FIELD(pending);
	FIELD(reserved1);
	FIELD(counter);
	layout_struct_end("procmon_ring", sizeof(struct procmon_ring));
#undef STRUCT
}

static void layout_dump(void)
{
#define STRUCT procmon_dump
	layout_struct("procmon_dump", sizeof(struct procmon_dump));
	FIELD(magic);
	FIELD(instance);
	FIELD(self);
	FIELD(info);
	FIELD(page_size);
	FIELD(index);
	FIELD(first);
	FIELD(nr);
	layout_struct_end("procmon_dump", sizeof(struct procmon_dump));
#undef STRUCT
}

static void layout_wait(void)
{
#define STRUCT procmon_wait
	layout_struct("procmon_wait", sizeof(struct procmon_wait));
	FIELD(size);
	FIELD(flags);
	FIELD(nr_pos);
	FIELD(watermark);
	FIELD(min_wait_us);
	FIELD(reserved);
	FIELD(timeout_ns);
	FIELD(pos);
	layout_struct_end("procmon_wait", sizeof(struct procmon_wait));
#undef STRUCT
}

static void layout_task(void)
{
#define STRUCT procmon_task
	layout_struct("procmon_task", sizeof(struct procmon_task));
	FIELD(size);
	FIELD(tgid);
	FIELD(start_ns);
	FIELD(parent_start_ns);
	FIELD(cgroup_id);
	FIELD(ppid);
	FIELD(uid);
	FIELD(ns_pid);
	FIELD(pid_ns);
	FIELD(state);
	FIELD(reserved);
	layout_struct_end("procmon_task", sizeof(struct procmon_task));
#undef STRUCT
}

static void layout_str(void)
{
#define STRUCT procmon_str
	layout_struct("procmon_str", sizeof(struct procmon_str));
	FIELD(off);
	FIELD(len);
	FIELD(full_len);
	FIELD(flags);
	FIELD(err);
	layout_struct_end("procmon_str", sizeof(struct procmon_str));
#undef STRUCT
}

#define CONSTANT(name) printf("constant %s %llu\n", #name, (unsigned long long)(name))

static void layout_numbers(void)
{
#define T(number, NAME, name, BODY) printf("type %s %d %s\n", #name, PROCMON_##NAME, #BODY);
	PROCMON_TYPES(T)
#undef T
#define F(bit, NAME, name, doc) printf("flag %s 0x%x\n", #name, (unsigned int)PROCMON_F_##NAME);
	PROCMON_FLAGS(F)
#undef F
#define C(NAME, name, doc) printf("counter %s %d\n", #name, PROCMON_C_##NAME);
	PROCMON_COUNTERS(C)
#undef C
	CONSTANT(PROCMON_ABI_MAJOR);
	CONSTANT(PROCMON_ABI_MINOR);
	CONSTANT(PROCMON_REC);
	CONSTANT(PROCMON_UNKNOWN32);
	CONSTANT(PROCMON_UNKNOWN64);
	CONSTANT(PROCMON_STR_ABSENT);
	CONSTANT(PROCMON_STR_CUT);
	CONSTANT(PROCMON_STR_UNREADABLE);
	CONSTANT(PROCMON_RING_LATE);
	CONSTANT(PROCMON_IOC_INFO);
	CONSTANT(PROCMON_IOC_WAIT);
	printf("device %s\nmagic %s\nring_magic %s\ndump_magic %s\n", PROCMON_DEVICE, PROCMON_MAGIC,
	       PROCMON_RING_MAGIC, PROCMON_DUMP_MAGIC);
}

int main(void)
{
	layout_tables();
	layout_str();
	layout_info();
	layout_ring();
	layout_dump();
	layout_wait();
	layout_task();
	layout_numbers();
	return layout_bad;
}
