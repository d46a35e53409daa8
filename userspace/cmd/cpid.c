// SPDX-License-Identifier: MIT
/*
 * A UUID of version 8 from the first half of the SHA-256 of: boot ID, inode number of the pid namespace,
 * start in clock ticks, tgid in that namespace.  Source: "Common Process Identifier (CPID)", Linux, in
 * the OCSF project's common-process-id repository.
 */
#include "cpid.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "sha256.h"

static uint8_t cpid_boot[16];
static bool cpid_boot_known;

static bool cpid_parse(const char *text)
{
	unsigned int n, byte;

	for (n = 0; n < sizeof(cpid_boot); n++) {
		text += *text == '-';
		if (sscanf(text, "%2x", &byte) != 1) /* NOLINT(cert-err34-c): two digits */
			return false;
		cpid_boot[n] = (uint8_t)byte;
		text += 2;
	}
	return true;
}

void cpid_start(const char *root)
{
	char path[PATH_MAX], text[64] = "";
	FILE *file;

	cpid_boot_known = false;
	if (!root)
		return;
	snprintf(path, sizeof(path), "%s/proc/sys/kernel/random/boot_id", root);
	file = fopen(path, "re");
	if (file && fgets(text, sizeof(text), file))
		cpid_boot_known = strlen(text) >= CPID_LEN - 1 && cpid_parse(text);
	if (file)
		fclose(file);
}

bool cpid(char text[CPID_LEN], uint32_t pid_ns, uint32_t ns_pid, uint64_t start_ns)
{
	uint64_t numbers[3] = { pid_ns, start_ns / (NSEC_PER_SEC / (uint64_t)sysconf(_SC_CLK_TCK)),
				ns_pid };
	uint8_t message[sizeof(cpid_boot) + sizeof(numbers)], digest[SHA256_LEN];
	size_t i, n = 0;

	if (!cpid_boot_known || !pid_ns || !ns_pid || !start_ns)
		return false;
	memcpy(message, cpid_boot, sizeof(cpid_boot));
	memcpy(message + sizeof(cpid_boot), numbers, sizeof(numbers));
	sha256(message, sizeof(message), digest);
	digest[6] = 0x80 | (digest[6] & 0x0f); /* version 8 */
	digest[8] = 0x80 | (digest[8] & 0x3f); /* variant of RFC 9562 */
	for (i = 0; i < 16; i++)
		n += (size_t)snprintf(text + n, CPID_LEN - n, "%s%02x",
				      i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", digest[i]);
	return true;
}
