// SPDX-License-Identifier: MIT
/* Rings in a memory dump, their pages scattered; and files that only look like one. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "memory.h"
#include "tap.h"

/* Opens it and reads all.  Return: what opening said; *@events: how many came, all in order. */
static int read_all(uint32_t *events, uint64_t *sum)
{
	struct procmon *pm;
	struct procmon_event ev;
	int r = procmon_open_dump(&pm, memory_path);

	*events = 0;
	*sum = 0;
	if (r < 0)
		return r;
	while (*events < 1000 && procmon_next(pm, &ev, 0) == 1) {
		*sum = *sum * 10 + ev.head.tgid;
		++*events;
	}
	procmon_close(pm);
	return r;
}

static bool all_come(void)
{
	uint32_t events;
	uint64_t sum;
	int r = read_all(&events, &sum);

	if (!r && events == MEMORY_EVENTS && sum == 12345)
		return true;
	diag("%d: %u events, %llu; %s", r, events, (unsigned long long)sum, procmon_error(NULL));
	return false;
}

/* Opening fails with @err and says @text. */
static bool refused(int err, const char *text)
{
	uint32_t events;
	uint64_t sum;
	int r = read_all(&events, &sum);

	if (r == -err && strstr(procmon_error(NULL), text) &&
	    strstr(procmon_error(NULL), memory_path))
		return true;
	diag("%d: %s", r, procmon_error(NULL));
	return false;
}

static void scattered_pages(void)
{
	memory_begin();
	ok(all_come(), "events_of_scattered_rings_come_in_order");
	memory_end();
}

/* The kernel's own pages come twice in /proc/vmcore. */
static void segments_that_overlap(void)
{
	memory_begin();
	memory->elf.e_phnum = 4;
	memory->segment[3] = memory->segment[1];
	ok(all_come(), "a_page_that_comes_twice_counts_once");
	memory_end();
}

/* The info page, told to be in a segment that begins at an odd place of the file. */
static void segment_that_lies_askew(void)
{
	const uint64_t frame = MEMORY_FIRST_FRAME + MEMORY_FRAMES;
	unsigned char *page;
	uint64_t at, sum;
	uint32_t events;

	memory_begin();
	page = memory_free_page(&at);
	memcpy(page + 1, memory_info(), MEMORY_PAGE - 1);
	memory->elf.e_phnum = 4;
	memory->segment[3] = (Elf64_Phdr){
		.p_type = PT_LOAD,
		.p_offset = (uint64_t)(page + 1 - (unsigned char *)memory),
		.p_paddr = frame * MEMORY_PAGE,
		.p_filesz = MEMORY_PAGE,
	};
	memory_told_of(0)->info = frame;
	memory_told_of(1)->info = frame;
	ok(read_all(&events, &sum) == 2 && !events,
	   "a_segment_whose_words_lie_askew_is_passed_over");
	memory_end();
}

static void unfinished_events(void)
{
	struct procmon_ring_status rs;
	struct procmon_ring *ring;
	struct procmon *pm;

	memory_begin();
	ring = (struct procmon_ring *)
		       memory->page[*(uint64_t *)(memory_told_of(0) + 1) - MEMORY_FIRST_FRAME];
	ok(!memcmp(ring->magic, PROCMON_RING_MAGIC, 8), "the_first_page_of_a_ring_is_its_head");
	ring->resv += 2;
	ring->pending = 3;
	ok(all_come(), "nothing_waits_for_an_event_that_was_never_finished");
	ok(!procmon_open_dump(&pm, memory_path) && procmon_ring(pm, 0, &rs) == 1 &&
		   rs.resv == rs.commit + 2 && rs.pending == 3,
	   "what_was_unfinished_is_told");
	procmon_close(pm);
	memory_end();
}

static void a_segment_within_a_page(void)
{
	uint32_t events;
	uint64_t sum;

	memory_begin();
	memory->segment[2].p_paddr += 8;
	ok(read_all(&events, &sum) >= 0 || strstr(procmon_error(NULL), "no ring"),
	   "a_segment_that_begins_within_a_page_is_passed_over");
	memory_end();
}

/* From end to end. */
static void command(void)
{
	struct procmon_ring *ring;
	struct command command;

	memory_begin();
	memory_info()->load_wall_ns = 1000000000000000000;
	memory_info()->load_ns = 0;
	ring = (struct procmon_ring *)
		       memory->page[*(uint64_t *)(memory_told_of(0) + 1) - MEMORY_FIRST_FRAME];
	ring->resv += 2;
	ring->pending = 3;
	((uint64_t *)(memory_told_of(1) + 1))[1] = MEMORY_FIRST_FRAME + MEMORY_FRAMES;
	COMMAND(&command, "show", "-ojson", "--output-fields=time,pid", memory_path);
	ok(command_said(&command, 0, "1 rings are left out: pages of theirs are not in the dump") &&
		   command_said(&command, 0, "CPU 0 was writing an event") &&
		   command_said(&command, 0, "3 exec events were waiting for their paths"),
	   "what_a_crash_left_unfinished_is_told");
	ok(strstr(command.out, "{\"time\":\"2001-09-20T16:33:20.000000004Z\",\"pid\":4}\n"),
	   "times_are_those_of_that_machine");
	command_free(&command);
	memset(memory->page, 0, sizeof(memory->page));
	COMMAND(&command, "show", memory_path);
	ok(command_said(&command, 1, "no ring of procmon in it"), "a_dump_without_rings_fails");
	command_free(&command);
	memory_end();
}

static void copies_do_not_count(void)
{
	struct procmon_dump *copy;
	uint64_t frame;

	memory_begin();
	copy = (struct procmon_dump *)memory_free_page(&frame);
	memcpy(copy, memory_told_of(1), MEMORY_PAGE);
	memset(copy + 1, 0x11, 64);
	ok(all_come(), "a_copy_of_a_telling_page_elsewhere_does_not_count");
	copy->instance++;
	copy->self = frame;
	ok(all_come(), "nor_does_the_page_of_another_instance");
	memory_end();
}

static void missing_pages(void)
{
	uint32_t events;
	uint64_t sum;

	memory_begin();
	((uint64_t *)(memory_told_of(1) + 1))[1] = MEMORY_FIRST_FRAME + MEMORY_FRAMES;
	ok(read_all(&events, &sum) == 1 && events == 3 && sum == 24,
	   "a_ring_with_a_page_outside_of_the_dump_is_left_out_and_counted");
	memset(memory_told_of(0), 0, 8);
	ok(read_all(&events, &sum) == 2 && !events, "so_is_one_whose_telling_page_is_missing");
	memory_end();
}

static void not_a_dump(void)
{
	memory_begin();
	memory->elf.e_type = ET_EXEC;
	ok(refused(ENOEXEC, "not a memory dump"), "an_executable_is_no_dump");
	memcpy(memory, "KDUMP   ", 8);
	ok(refused(ENOEXEC, "makedumpfile -E"), "a_compressed_dump_is_told_apart");
	memory_end();
	memory_begin();
	memory->elf.e_phnum = 0xfff0;
	ok(refused(ENOEXEC, "damaged"), "more_headers_than_the_file_holds_are_damage");
	memory->elf.e_phnum = PN_XNUM;
	memory->elf.e_shoff = ~0ull - 7;
	ok(refused(ENOEXEC, "damaged"), "so_is_a_count_that_lies_outside");
	memory->elf.e_phnum = 3;
	memory->elf.e_phoff = ~0ull - 7;
	ok(refused(ENOEXEC, "damaged"), "so_are_headers_that_lie_outside");
	memory_end();
	memory_begin();
	memory->elf.e_phnum = PN_XNUM;
	memory->elf.e_shoff = offsetof(struct memory, pad);
	((Elf64_Shdr *)memory->pad)->sh_info = 3;
	ok(all_come(), "the_count_of_very_many_headers_lies_elsewhere");
	if (ftruncate(memory_fd, 10))
		bail("ftruncate");
	ok(refused(ENOEXEC, "not a memory dump"), "nor_is_a_file_of_ten_bytes_a_dump");
	memory_end();
	strcpy(memory_path, "/nowhere/vmcore");
	ok(refused(ENOENT, "No such file"), "no_file_no_dump");
}

static void nothing_of_ours(void)
{
	memory_begin();
	memset(memory->page, 0, sizeof(memory->page));
	ok(refused(ENOENT, "no ring of procmon in it"), "a_dump_without_rings_says_so");
	memory_end();
	memory_begin();
	memory_info()->abi_major++;
	ok(refused(EPROTO, "spoke ABI 2"), "another_abi_is_refused");
	memory_end();
}

static void an_older_module(void)
{
	memory_begin();
	memory_info()->size = offsetof(struct procmon_info, version);
	ok(all_come(), "a_module_that_told_less_is_understood");
	memory_end();
}

/* No lie may lead outside of the memory that there is; the sanitizers watch. */
static void lies(void)
{
	static const uint64_t value[] = { 0, 1, 3, 5, 1000, 4097, 1u << 31, ~0u, 1ull << 52, ~0ull };
	const uint32_t words = sizeof(struct procmon_dump) / sizeof(uint32_t);
	uint32_t i, j, events, more = 0;
	uint64_t sum;

	for (i = 2; i < words + 2; i++) {
		for (j = 0; j < sizeof(value) / sizeof(value[0]); j++) {
			memory_begin();
			((uint32_t *)memory_told_of(1))[i] = (uint32_t)value[j];
			if (i + 1 < words)
				((uint32_t *)memory_told_of(1))[i + 1] = (uint32_t)(value[j] >> 32);
			read_all(&events, &sum);
			more += events > MEMORY_EVENTS;
			memory_end();
		}
	}
	ok(!more, "no_lie_of_a_telling_page_makes_events");
	for (i = 2; i < sizeof(struct procmon_info) / sizeof(uint64_t); i++) {
		for (j = 0; j < sizeof(value) / sizeof(value[0]); j++) {
			memory_begin();
			((uint64_t *)memory_info())[i] = value[j];
			read_all(&events, &sum);
			more += events > MEMORY_EVENTS;
			memory_end();
		}
	}
	ok(!more, "no_lie_of_the_info_page_makes_events");
}

/* Somebody writes to the file meanwhile: what was checked is not what is there any more. */
static _Noreturn void scribble(void)
{
	static const uint32_t wild[] = { 0, 1, 255, 65536, 1u << 30, ~0u };
	volatile struct procmon_dump *told = memory_told_of(1);
	volatile __u64 *len = &memory_info()->ring_len;
	volatile Elf64_Phdr *segment = &memory->segment[1];
	const struct procmon_dump good = *(struct procmon_dump *)told;
	const Elf64_Phdr good_segment = memory->segment[1];
	const uint64_t good_len = *len;
	unsigned int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (i = 0;; i++) {
		told->nr = i & 1 ? good.nr : wild[i / 2 % 6];
		told->first = i & 4 ? good.first : wild[i / 8 % 6];
		segment->p_offset = i & 2 ? good_segment.p_offset : (uint64_t)wild[i / 4 % 6] << 12;
		*len = i & 1 ? good_len : (uint64_t)wild[i / 2 % 6] << 12;
	}
}

static void changing_file(void)
{
	uint32_t events, more = 0, whole = 0, round;
	uint64_t sum;
	pid_t child;

	memory_begin();
	child = fork();
	if (!child)
		scribble();
	for (round = 0; round < 3000; round++) {
		whole += read_all(&events, &sum) == 0;
		more += events > MEMORY_EVENTS;
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	diag("%u of %u times it was whole", whole, round);
	ok(!more, "a_file_that_changes_meanwhile_leads_nowhere");
	memory_end();
}

static void cut_files(void)
{
	uint32_t events, more = 0, len;
	uint64_t sum;

	for (len = sizeof(*memory); len > 512; len -= 512) {
		memory_begin();
		if (ftruncate(memory_fd, len))
			bail("ftruncate");
		read_all(&events, &sum);
		more += events > MEMORY_EVENTS;
		memory_end();
	}
	ok(!more, "a_file_cut_anywhere_is_read_as_far_as_it_goes");
}

int main(void)
{
	tap_theme("dump");
	scattered_pages();
	segments_that_overlap();
	segment_that_lies_askew();
	unfinished_events();
	a_segment_within_a_page();
	command();
	copies_do_not_count();
	missing_pages();
	not_a_dump();
	nothing_of_ours();
	an_older_module();
	lies();
	cut_files();
	changing_file();
	return tap_done();
}
