// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "module.h"

#include <elf.h>
#include <stdint.h>
#include <string.h>

#define MODULE_DEPTH 3 /* directories below updates/ and the like */
#define MODULE_SIGNED "~Module signature appended~\n"

/* The end of a signed module, before MODULE_SIGNED (the kernel's struct module_signature). */
struct module_trailer {
	uint8_t algo, hash, id_type, signer_len, key_id_len, pad[3];
	uint8_t sig_len[4]; /* big endian */
};

/* A stretch of DER, the encoding of signatures. */
struct module_der {
	const uint8_t *at, *end;
};

/* Takes the next element off @from.  Return: its tag, -1 when there is none. */
static int module_der_next(struct module_der *from, struct module_der *value)
{
	size_t len, n;
	int tag;

	if (from->end - from->at < 2)
		return -1;
	tag = *from->at++;
	len = *from->at++;
	if (len & 0x80) {
		n = len & 0x7f;
		len = 0;
		if (!n || n > 4 || (size_t)(from->end - from->at) < n)
			return -1;
		while (n--)
			len = len << 8 | *from->at++;
	}
	if ((size_t)(from->end - from->at) < len)
		return -1;
	*value = (struct module_der){ from->at, from->at + len };
	from->at += len;
	return tag;
}

/* Goes into the next element, which must have this tag. */
static bool module_der_enter(struct module_der *der, int tag)
{
	struct module_der value;

	if (module_der_next(der, &value) != tag)
		return false;
	*der = value;
	return true;
}

static bool module_der_skip(struct module_der *der, int tag)
{
	struct module_der value;

	return module_der_next(der, &value) == tag;
}

/* The common name in an X.509 name. */
static const char *module_common_name(struct host *host, struct module_der name)
{
	struct module_der set, oid, value;

	while (module_der_next(&name, &set) == 0x31) {
		if (module_der_enter(&set, 0x30) && module_der_next(&set, &oid) == 0x06 &&
		    oid.end - oid.at == 3 && !memcmp(oid.at, "\x55\x04\x03", 3) &&
		    module_der_next(&set, &value) > 0)
			return host_text(host, "%.*s", (int)(value.end - value.at),
					 (const char *)value.at);
	}
	return NULL;
}

/* PKCS #7: ContentInfo, in it SignedData, in it the SignerInfo, in it issuer and serial number. */
static void module_read_signer(struct host *host, struct module *module, struct module_der der)
{
	struct module_der value, name;
	int tag;

	if (!module_der_enter(&der, 0x30) || !module_der_skip(&der, 0x06) ||
	    !module_der_enter(&der, 0xa0) || !module_der_enter(&der, 0x30))
		return;
	while ((tag = module_der_next(&der, &value)) > 0 && tag != 0x30)
		; /* version, digests */
	while ((tag = module_der_next(&der, &value)) > 0 && tag != 0x31)
		; /* certificates */
	if (tag != 0x31 || !module_der_enter(&value, 0x30) || !module_der_skip(&value, 0x02) ||
	    !module_der_enter(&value, 0x30) || module_der_next(&value, &name) != 0x30)
		return;
	module->signer = module_common_name(host, name);
	if (module_der_next(&value, &name) == 0x02) {
		module->serial = name.at;
		module->serial_len = (size_t)(name.end - name.at);
	}
}

static void module_read_signature(struct host *host, struct module *module, const char *bytes,
				  size_t len)
{
	const size_t magic = sizeof(MODULE_SIGNED) - 1;
	struct module_trailer trailer;
	const uint8_t *end;
	size_t sig_len;

	if (len < magic + sizeof(trailer) || memcmp(bytes + len - magic, MODULE_SIGNED, magic))
		return;
	module->is_signed = true;
	end = (const uint8_t *)bytes + len - magic - sizeof(trailer);
	memcpy(&trailer, end, sizeof(trailer));
	sig_len = (size_t)trailer.sig_len[0] << 24 | (size_t)trailer.sig_len[1] << 16 |
		  (size_t)trailer.sig_len[2] << 8 | trailer.sig_len[3];
	if (sig_len <= (size_t)(end - (const uint8_t *)bytes))
		module_read_signer(host, module, (struct module_der){ end - sig_len, end });
}

/* The value of KEY= among NUL-separated strings. */
static const char *module_info(struct host *host, const char *info, size_t len, const char *key)
{
	const char *end = info + len;
	size_t key_len = strlen(key), n;

	for (; info < end; info += n + 1) {
		n = strnlen(info, (size_t)(end - info));
		if (n > key_len && !memcmp(info, key, key_len) && info[key_len] == '=')
			return host_text(host, "%.*s", (int)(n - key_len - 1), info + key_len + 1);
	}
	return NULL;
}

static bool module_elf_header(const char *bytes, size_t len, Elf64_Ehdr *elf)
{
	if (len < sizeof(*elf))
		return false;
	memcpy(elf, bytes, sizeof(*elf));
	return !memcmp(elf->e_ident, ELFMAG, SELFMAG) && elf->e_ident[EI_CLASS] == ELFCLASS64 &&
	       elf->e_shentsize == sizeof(Elf64_Shdr) && elf->e_shoff < len &&
	       (len - elf->e_shoff) / sizeof(Elf64_Shdr) >= elf->e_shnum &&
	       elf->e_shstrndx < elf->e_shnum;
}

static Elf64_Shdr module_elf_section(const char *bytes, size_t len, const Elf64_Ehdr *elf, size_t i)
{
	Elf64_Shdr section;

	memcpy(&section, bytes + elf->e_shoff + i * sizeof(section), sizeof(section));
	if (section.sh_offset > len || section.sh_size > len - section.sh_offset)
		section.sh_offset = section.sh_size = 0;
	return section;
}

/* Finds .modinfo. */
static const char *module_elf_info(const char *bytes, size_t len, size_t *info_len)
{
	Elf64_Shdr names, section;
	Elf64_Ehdr elf;
	size_t i;

	if (!module_elf_header(bytes, len, &elf))
		return NULL;
	names = module_elf_section(bytes, len, &elf, elf.e_shstrndx);
	for (i = 0; i < elf.e_shnum; i++) {
		section = module_elf_section(bytes, len, &elf, i);
		if (section.sh_name < names.sh_size &&
		    !strncmp(bytes + names.sh_offset + section.sh_name, ".modinfo",
			     names.sh_size - section.sh_name)) {
			*info_len = section.sh_size;
			return bytes + section.sh_offset;
		}
	}
	return NULL;
}

static void module_read(struct host *host, struct module *module)
{
	size_t len = 0, info_len;
	const char *bytes = host_read(host, &len, "%s", module->path);
	const char *info = bytes ? module_elf_info(bytes, len, &info_len) : NULL;
	const char *vermagic;

	module->opaque = !info;
	if (!info)
		return;
	module->version = module_info(host, info, info_len, "version");
	vermagic = module_info(host, info, info_len, "vermagic");
	if (vermagic)
		module->release = host_text(host, "%.*s", (int)strcspn(vermagic, " "), vermagic);
	module_read_signature(host, module, bytes, len);
}

/* procmon.ko, or .ko.xz, .ko.zst, .ko.gz, in @dir or below it. */
static const char *module_search(struct host *host, const char *dir, unsigned int depth)
{
	char **names = host_list(host, "%s", dir), **name;
	const char *found;

	for (name = names; *name; name++)
		if (!strncmp(*name, "procmon.ko", strlen("procmon.ko")) && host_is_plain(*name))
			return host_text(host, "%s/%s", dir, *name);
	for (name = names; depth && *name; name++) {
		if (!host_is_plain(*name))
			continue;
		found = module_search(host, host_text(host, "%s/%s", dir, *name), depth - 1);
		if (found)
			return found;
	}
	return NULL;
}

bool module_find(struct host *host, const char *release, struct module *module)
{
	/* in the order in which depmod prefers them; the last one is the kernel's own tree */
	static const char *const dirs[] = {
		"updates", "extra", "weak-updates", "misc", "kernel/drivers/procmon",
	};
	size_t i;

	*module = (struct module){ 0 };
	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]) && !module->path; i++)
		module->path =
			module_search(host, host_text(host, "/lib/modules/%s/%s", release, dirs[i]),
				      MODULE_DEPTH);
	if (module->path)
		module_read(host, module);
	return module->path;
}
