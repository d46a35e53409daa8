// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "access.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ACCESS_MODE 0440
#define ACCESS_TRIGGER "sudo udevadm control --reload && sudo udevadm trigger --name-match=procmon"
#define ACCESS_CAPS (1ull << 1 | 1ull << 2) /* CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH */

/**
 * struct access - who we are
 * @groups: of this process, as /proc tells them: " 4 24 27 "
 * @privileged: modes of files do not concern us
 * @user: our name, NULL when it is not known
 * @group: number of the group procmon, NULL when there is none
 * @members: its members, ",alice,bob,"
 */
struct access {
	uint32_t uid;
	const char *groups;
	bool privileged;
	const char *user;
	const char *group;
	const char *members;
};

/* The value of "Key:" in /proc/self/status: its numbers, with a blank before and behind each. */
static const char *access_status(struct host *host, const char *status, const char *key)
{
	const char *at = status ? strstr(status, host_text(host, "\n%s:", key)) : NULL;
	char *text, *blank;

	if (!at)
		return " ";
	at += strlen(key) + 2;
	text = host_text(host, " %.*s ", (int)strcspn(at, "\n"), at);
	while ((blank = strpbrk(text, "\t")))
		*blank = ' ';
	return text;
}

/* Field @n of a line of /etc/passwd or /etc/group. */
static const char *access_field(struct host *host, const char *line, unsigned int n)
{
	while (n--) {
		line += strcspn(line, ":\n");
		line += *line == ':';
	}
	return host_text(host, "%.*s", (int)strcspn(line, ":\n"), line);
}

static const char *access_user(struct host *host, uint32_t uid)
{
	const char *line = host_read(host, NULL, "/etc/passwd");
	const char *wanted = host_text(host, "%u", uid);

	for (; line && *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (!strcmp(access_field(host, line, 2), wanted))
			return access_field(host, line, 0);
	return NULL;
}

static void access_find_group(struct host *host, struct access *access)
{
	const char *line = host_read(host, NULL, "/etc/group");

	for (; line && *line; line += strcspn(line, "\n"), line += *line == '\n') {
		if (strcmp(access_field(host, line, 0), "procmon"))
			continue;
		access->group = access_field(host, line, 2);
		access->members = host_text(host, ",%s,", access_field(host, line, 3));
	}
}

static struct access access_of_us(struct host *host)
{
	const char *status = host_read(host, NULL, "/proc/self/status");
	struct access access = { .members = "" };

	/* real, effective, saved, file system */
	access.uid = (uint32_t)strtoul(access_status(host, status, "Uid"), NULL, 10);
	access.groups = host_text(host, "%s%s", access_status(host, status, "Gid"),
				  access_status(host, status, "Groups"));
	access.privileged = strtoull(access_status(host, status, "CapEff"), NULL, 16) & ACCESS_CAPS;
	access.user = access_user(host, access.uid);
	access_find_group(host, &access);
	return access;
}

static bool access_has_group(struct host *host, const struct access *access, const char *group)
{
	return strstr(access->groups, host_text(host, " %s ", group));
}

static bool access_is_granted(struct host *host, const struct access *access,
			      const struct stat *device)
{
	if (access->privileged)
		return true;
	if (device->st_uid == access->uid)
		return device->st_mode & S_IRUSR;
	if (access_has_group(host, access, host_text(host, "%u", device->st_gid)))
		return device->st_mode & S_IRGRP;
	return device->st_mode & S_IROTH;
}

static bool access_has_rule(struct host *host)
{
	return host_exists(host, "/usr/lib/udev/rules.d/60-procmon.rules") ||
	       host_exists(host, "/lib/udev/rules.d/60-procmon.rules") ||
	       host_exists(host, "/etc/udev/rules.d/60-procmon.rules");
}

static void access_tell_no_group(struct host *host, struct findings *findings,
				 enum finding_level level)
{
	bool conf = host_exists(host, "/usr/lib/sysusers.d/procmon.conf");

	finding(findings, level, "group_missing",
		conf ? "sudo systemd-sysusers procmon.conf && " ACCESS_TRIGGER :
		       "sudo groupadd -rf procmon && " ACCESS_TRIGGER,
		"there is no group procmon, whose members may read the device");
}

/* Return: the device belongs to the group, and is for it to read. */
static bool access_look_at_device(struct host *host, struct findings *findings,
				  enum finding_level level, const struct access *access,
				  const struct stat *device)
{
	bool rule = access_has_rule(host);

	if (!access->group) {
		access_tell_no_group(host, findings, level);
		return false;
	}
	if (device->st_gid == strtoul(access->group, NULL, 10) &&
	    (device->st_mode & 0777) == ACCESS_MODE)
		return true;
	finding(findings, level, "device_mode",
		rule ? ACCESS_TRIGGER :
		       "sudo chgrp procmon /dev/procmon && sudo chmod 0440 /dev/procmon",
		"the device has group %u and mode %04o, not group %s (procmon) and mode %04o: %s",
		device->st_gid, device->st_mode & 0777, access->group, ACCESS_MODE,
		rule ? "udev's rule was not applied" :
		       "there is no udev rule 60-procmon.rules to set them");
	return false;
}

static void access_tell_no_member(struct host *host, struct findings *findings,
				  const struct access *access)
{
	const char *user = access->user && host_is_plain(access->user) ? access->user : "$USER";

	if (strstr(access->members, host_text(host, ",%s,", user)))
		finding(findings, FINDING_PROBLEM, "session_older", "newgrp procmon",
			"%s has become a member of the group procmon after this session began: log "
			"in again, or go on in a new shell:",
			user);
	else
		finding(findings, FINDING_PROBLEM, "not_in_group",
			host_text(host, "sudo usermod -aG procmon %s", user),
			"%s is not in the group procmon, whose members may read the device; log in "
			"again after",
			user);
}

bool access_look(struct host *host, struct findings *findings, const struct stat *device)
{
	struct access access = access_of_us(host);
	bool granted = access_is_granted(host, &access, device);

	if (access_look_at_device(host, findings, granted ? FINDING_NOTE : FINDING_PROBLEM, &access,
				  device) &&
	    !granted)
		access_tell_no_member(host, findings, &access);
	return granted;
}
