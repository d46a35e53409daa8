// SPDX-License-Identifier: MIT
/*
 * What the path of a cgroup tells: container and pod by the names that the runtimes give them, unit
 * and slice by those of systemd.  Of containers in containers the innermost counts.
 */
#include "procmon.h"

#include <string.h>

#define PLACE_ID 64 /* hexadecimal digits of a container's ID */
#define PLACE_UUID 36 /* characters of a pod's UID */
#define PLACE_STATIC 32 /* of a static pod's: a hash */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct part {
	const char *text;
	size_t len;
};

static bool part_is(const struct part *part, const char *text)
{
	return part->len == strlen(text) && !memcmp(part->text, text, part->len);
}

/* Takes @prefix off. */
static bool part_after(struct part *part, const char *prefix)
{
	size_t len = strlen(prefix);

	if (part->len <= len || memcmp(part->text, prefix, len))
		return false;
	part->text += len;
	part->len -= len;
	return true;
}

static bool part_before(struct part *part, const char *suffix)
{
	size_t len = strlen(suffix);

	if (part->len <= len || memcmp(part->text + part->len - len, suffix, len))
		return false;
	part->len -= len;
	return true;
}

static bool part_is_made_of(const struct part *part, const char *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < part->len && part->text[i] && strchr(bytes, part->text[i]);)
		i++;
	return i == len && part->len == len;
}

static bool part_is_id(const struct part *part)
{
	return part_is_made_of(part, "0123456789abcdef", PLACE_ID);
}

static void part_copy(char *to, size_t size, const struct part *part)
{
	size_t len = part->len < size ? part->len : size - 1;

	memcpy(to, part->text, len);
	to[len] = '\0';
}

static int place_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = memchr(digits, c, sizeof(digits) - 1);

	return at ? (int)(at - digits) : -1;
}

/* In the name of a unit "\x2d" is "-": systemd-escape(1). */
static void place_copy_unescaped(char *to, size_t size, struct part part)
{
	size_t n = 0;

	while (part.len && n + 1 < size) {
		const char *at = part.text;
		size_t used = 1;

		to[n] = *at;
		if (part.len >= 4 && at[0] == '\\' && at[1] == 'x' && place_digit(at[2]) >= 0 &&
		    place_digit(at[3]) >= 0) {
			to[n] = (char)(place_digit(at[2]) * 16 + place_digit(at[3]));
			used = 4;
		}
		n++;
		part.text += used;
		part.len -= used;
	}
	to[n] = '\0';
}

static bool place_set(struct procmon_place *place, const char *runtime, const struct part *id)
{
	place->runtime = runtime;
	part_copy(place->container_id, sizeof(place->container_id), id);
	return true;
}

/* "docker-ID.scope", without the suffix where the runtime itself makes the cgroup. */
static bool place_is_scope(struct procmon_place *place, struct part part)
{
	static const struct {
		const char *prefix, *runtime;
	} scopes[] = {
		{ "docker-", "docker" },      { "libpod-payload-", "podman" },
		{ "libpod-", "podman" },      { "cri-containerd-", "containerd" },
		{ "nerdctl-", "containerd" }, { "crio-", "crio" },
	};
	size_t i;

	part_before(&part, ".scope");
	for (i = 0; i < COUNT(scopes); i++)
		if (part_after(&part, scopes[i].prefix))
			return part_is_id(&part) && place_set(place, scopes[i].runtime, &part);
	return false;
}

/* "docker/ID", "kubepods/besteffort/podUID/ID": by the directory above; @top: that is a first one. */
static bool place_is_below(struct procmon_place *place, const struct part *part,
			   const struct part *up, bool top)
{
	static const struct {
		const char *up, *runtime;
		bool named; /* what lies there has any name, and nothing else is there */
	} parents[] = {
		{ "docker", "docker", false },
		{ "moby", "docker", false },
		{ "k8s.io", "containerd", false },
		{ "default", "containerd", true },
		{ "lxc", "lxc", true },
	};
	struct part uid = *up;
	size_t i;

	for (i = 0; i < COUNT(parents); i++)
		if (part_is(up, parents[i].up) && (parents[i].named ? top : part_is_id(part)))
			return place_set(place, parents[i].runtime, part);
	return part_is_id(part) && part_after(&uid, "pod") && place_set(place, NULL, part);
}

/* Containers whose names are their IDs. */
static bool place_is_named(struct procmon_place *place, struct part part)
{
	const char *runtime = NULL;

	if (part_after(&part, "lxc.payload."))
		return place_set(place, "lxc", &part);
	if (part_after(&part, "systemd-nspawn@"))
		runtime = part_before(&part, ".service") ? "systemd-nspawn" : NULL;
	else if (part_after(&part, "machine-") && part_before(&part, ".scope"))
		runtime = "systemd-nspawn";
	else if (part_after(&part, "runc-") && part_before(&part, ".scope"))
		runtime = "runc";
	else if (part_after(&part, "crun-") && part_before(&part, ".scope"))
		runtime = "crun";
	if (!runtime || part_after(&part, "qemu\\x2d")) /* a virtual machine */
		return false;
	place->runtime = runtime;
	place_copy_unescaped(place->container_id, sizeof(place->container_id), part);
	return true;
}

/* "kubepods-besteffort-podUID.slice:cri-containerd:ID": systemd's form in a cgroup that is not its. */
static bool place_is_triple(struct procmon_place *place, const struct part *part)
{
	static const struct {
		const char *middle, *runtime;
	} middles[] = {
		{ ".slice:cri-containerd:", "containerd" },
		{ ".slice:docker:", "docker" },
		{ ".slice:crio:", "crio" },
		{ ".slice:libpod:", "podman" },
	};
	size_t i, len;

	for (i = 0; i < COUNT(middles); i++) {
		struct part id = *part;

		len = strlen(middles[i].middle);
		if (id.len < PLACE_ID + len)
			continue;
		id.text += id.len - PLACE_ID;
		id.len = PLACE_ID;
		if (part_is_id(&id) && !memcmp(id.text - len, middles[i].middle, len))
			return place_set(place, middles[i].runtime, &id);
	}
	return false;
}

/* A pod's UID: "pod<UID>", "kubepods-pod<UID>.slice" with "_" for "-"; podman's pods have IDs. */
static void place_take_pod(struct procmon_place *place, struct part part, const struct part *up)
{
	struct part uid = part;
	char *c;

	if (part_after(&uid, "machine-libpod_pod_") || part_after(&uid, "user-libpod_pod_") ||
	    part_is(up, "libpod_parent")) {
		part_before(&uid, ".slice");
		if (part_is_id(&uid))
			part_copy(place->pod_uid, sizeof(place->pod_uid), &uid);
		return;
	}
	while (!part_after(&uid, "pod")) {
		const char *dash = memchr(uid.text, '-', uid.len);

		if (!dash)
			return;
		uid.len -= (size_t)(dash + 1 - uid.text);
		uid.text = dash + 1;
	}
	uid.len = strcspn(uid.text, "./:");
	if (!part_is_made_of(&uid, "0123456789abcdef-_", PLACE_UUID) &&
	    !part_is_made_of(&uid, "0123456789abcdef", PLACE_STATIC))
		return;
	part_copy(place->pod_uid, sizeof(place->pod_uid), &uid);
	for (c = place->pod_uid; (c = strchr(c, '_'));)
		*c = '-';
}

static bool part_is_unit(const struct part *part)
{
	static const char *const suffixes[] = { ".service", ".scope", ".socket", ".mount",
						".swap" };
	struct part name = *part;
	size_t i;

	for (i = 0; i < COUNT(suffixes); i++)
		if (part_before(&name, suffixes[i]))
			return true;
	return false;
}

/* user-UID.slice: whose session, whose own manager, whose containers. */
static void place_take_owner(struct procmon_place *place, struct part part)
{
	uint32_t uid = 0;

	if (!part_after(&part, "user-") || !part_before(&part, ".slice") || part.len > 9)
		return;
	for (; part.len && *part.text >= '0' && *part.text <= '9'; part.text++, part.len--)
		uid = uid * 10 + (uint32_t)(*part.text - '0');
	if (!part.len)
		place->owner = uid;
}

/* Units of the machine's systemd and of a user's; not those within a container. */
static void place_take_unit(struct procmon_place *place, struct part part)
{
	bool of_user = !strncmp(place->unit, "user@", strlen("user@"));
	struct part slice = part;

	part_after(&part, "_"); /* systemd's escape for names that the kernel reserves */
	if (part_before(&slice, ".slice")) {
		if (!*place->unit)
			part_copy(place->slice, sizeof(place->slice), &part);
		place_take_owner(place, part);
	} else if (part_is_unit(&part)) {
		if (!*place->unit)
			part_copy(place->unit, sizeof(place->unit), &part);
		else if (of_user && !*place->user_unit)
			part_copy(place->user_unit, sizeof(place->user_unit), &part);
	}
}

/* Is it a container's cgroup?  Then @place tells of it. */
static bool place_take_container(struct procmon_place *place, const struct part *part,
				 const struct part *up, bool top)
{
	return place_is_scope(place, *part) || place_is_named(place, *part) ||
	       place_is_triple(place, part) || (up->len && place_is_below(place, part, up, top));
}

void procmon_place(const char *path, struct procmon_place *place)
{
	struct part up = { path, 0 }, part;
	unsigned int depth = 0;

	*place = (struct procmon_place){ .owner = PROCMON_UNKNOWN32 };
	for (; *path; path += part.len, up = part, depth++) {
		path += strspn(path, "/");
		part = (struct part){ path, strcspn(path, "/") };
		if (!part.len)
			return;
		if (!*place->container_id)
			place_take_unit(place, part);
		place_take_pod(place, part, &up);
		if (place_take_container(place, &part, &up, depth == 1))
			continue;
		/* what starts and watches the container is not in it */
		if (part_is(&part, "supervisor") && place->runtime &&
		    !strcmp(place->runtime, "systemd-nspawn")) {
			place->runtime = NULL;
			*place->container_id = '\0';
		}
	}
}
