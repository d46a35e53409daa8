// SPDX-License-Identifier: MIT
/* The Common Process Identifier, and the hash below it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpid.h"
#include "sha256.h"
#include "system.h"
#include "tap.h"

#define BOOT_ID "/proc/sys/kernel/random/boot_id"
#define TICK_NS 10000000ull

static bool hashes(const char *message, size_t len, const char *want)
{
	char text[2 * SHA256_LEN + 1];
	uint8_t digest[SHA256_LEN];
	size_t i;

	sha256(message, len, digest);
	for (i = 0; i < SHA256_LEN; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
	return !strcmp(text, want);
}

/* As sha256sum says. */
static void hash(void)
{
	char many[200];

	memset(many, 'a', sizeof(many));
	ok(hashes("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855") &&
		   hashes("abc", 3,
			  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") &&
		   hashes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
			  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
	   "the_hash_of_the_standards_examples");
	ok(hashes(many, 55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318") &&
		   hashes(many, 64,
			  "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb") &&
		   hashes(many, 200,
			  "c2a908d98f5df987ade41b5fce213067efbcc21ef2240212a41e54b5e7c28ae5"),
	   "and_around_the_ends_of_blocks");
}

/* The example of the specification. */
static void example(void)
{
	char text[CPID_LEN];

	system_begin();
	system_put(BOOT_ID, "2899dae4-4fa4-4eef-95b6-6bc95325f61a\n");
	cpid_start(system_dir);
	ok(cpid(text, 4026532263u, 29, 55558 * TICK_NS) &&
		   !strcmp(text, "b770a0ed-8463-822c-b5f6-30d9081ddbd9"),
	   "the_specifications_example");
	ok(cpid(text, 4026532263u, 29, 55559 * TICK_NS - 1) &&
		   !strcmp(text, "b770a0ed-8463-822c-b5f6-30d9081ddbd9"),
	   "a_tick_has_ten_milliseconds");
	ok(!cpid(text, 0, 29, TICK_NS) && !cpid(text, 1, 0, TICK_NS) && !cpid(text, 1, 1, 0),
	   "what_is_unknown_has_none");
	system_put(BOOT_ID, "2899dae4-4fa4-4eef-95b6-6bc95325f6\n");
	cpid_start(system_dir);
	ok(!cpid(text, 1, 1, TICK_NS), "nor_has_a_boot_id_that_is_cut");
	system_put(BOOT_ID, "xx99dae4-4fa4-4eef-95b6-6bc95325f61a\n");
	cpid_start(system_dir);
	ok(!cpid(text, 1, 1, TICK_NS), "or_that_is_none");
	cpid_start(NULL);
	ok(!cpid(text, 1, 1, TICK_NS), "or_that_is_not_known");
	system_end();
}

int main(void)
{
	tap_theme("cpid");
	hash();
	example();
	return tap_done();
}
