// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "trust.h"

#include <string.h>

#define TRUST_EFIVARS "/sys/firmware/efi/efivars/"
#define TRUST_SHIM "-605dab50-e046-4300-abb6-3dd810dd8b23"

/* Where DKMS and akmods keep the certificate that they sign with, in DER. */
static const char *const trust_certs[] = {
	"/var/lib/dkms/mok.pub",
	"/var/lib/shim-signed/mok/MOK.der",
	"/etc/pki/akmods/certs/public_key.der",
};

/* What the firmware lets the kernel see: keys of shim, keys of the firmware itself. */
static const char *const trust_stores[] = {
	TRUST_EFIVARS "MokListRT" TRUST_SHIM,
	"/sys/firmware/efi/mok-variables/MokListRT",
	TRUST_EFIVARS "db-d719b2cb-3d3a-4596-a3bc-dad00e67656f",
};

static const char trust_waiting[] = TRUST_EFIVARS "MokNew" TRUST_SHIM;

/* "none [integrity] confidentiality": the word in brackets, NULL for none. */
static const char *trust_lockdown(struct host *host)
{
	const char *text = host_read(host, NULL, "/sys/kernel/security/lockdown");
	const char *open = text ? strchr(text, '[') : NULL;
	const char *word;

	if (!open)
		return NULL;
	word = host_text(host, "%.*s", (int)strcspn(open + 1, "]"), open + 1);
	return strcmp(word, "none") ? word : NULL;
}

/* The variable: four bytes of attributes, one of value. */
static bool trust_secure_boot(struct host *host)
{
	size_t len = 0;
	const char *bytes = host_read(
		host, &len, TRUST_EFIVARS "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c");

	return bytes && len == 5 && bytes[4] == 1;
}

static const char *trust_sig_enforce(struct host *host, const char *config)
{
	const char *text = host_read(host, NULL, "/sys/module/module/parameters/sig_enforce");
	const char *words = host_read(host, NULL, "/proc/cmdline");
	const char *forced = host_value(host, config, "CONFIG_MODULE_SIG_FORCE");

	if (forced && *forced == 'y')
		return "CONFIG_MODULE_SIG_FORCE";
	if (!text || *text != 'Y')
		return NULL;
	return words && strstr(words, "module.sig_enforce") ?
		       "module.sig_enforce on its command line" :
		       "module.sig_enforce";
}

void trust_look(struct host *host, const char *config, struct trust *trust)
{
	const char *lockdown = trust_lockdown(host);

	trust->efi = host_exists(host, "/sys/firmware/efi");
	trust->why = trust_sig_enforce(host, config);
	if (lockdown)
		trust->why = host_text(host, "lockdown=%s%s", lockdown,
				       trust_secure_boot(host) ? ", as Secure Boot is on" : "");
}

static bool trust_holds(struct host *host, const char *store, const char *cert, size_t cert_len)
{
	size_t len = 0;
	const char *bytes = host_read(host, &len, "%s", store);

	return bytes && memmem(bytes, len, cert, cert_len);
}

/* The keys the kernel knows; only root is shown them. */
static const char *trust_kernel_keys(struct host *host)
{
	const char *keys = host_read(host, NULL, "/proc/keys");

	return keys && strstr(keys, " asymmetri ") ? keys : NULL;
}

/* A key is told by its owner, "CN: " or "O: CN: ". */
static bool trust_kernel_knows(struct host *host, const char *keys, const char *signer)
{
	return strstr(keys, host_text(host, " asymmetri %s: ", signer)) ||
	       strstr(keys, host_text(host, ": %s: ", signer));
}

/* The certificate of the module's signer; of a module that does not tell, the first there is. */
static const char *trust_cert(struct host *host, const struct module *module, size_t *len,
			      const char **path)
{
	const char *bytes;
	size_t i;

	for (i = 0; i < sizeof(trust_certs) / sizeof(trust_certs[0]); i++) {
		bytes = host_read(host, len, "%s", trust_certs[i]);
		if (bytes && !*path)
			*path = trust_certs[i];
		if (!bytes ||
		    (module->serial && !memmem(bytes, *len, module->serial, module->serial_len)))
			continue;
		*path = trust_certs[i];
		return bytes;
	}
	return NULL;
}

static bool trust_firmware_holds(struct host *host, const char *cert, size_t len)
{
	size_t i;

	for (i = 0; i < sizeof(trust_stores) / sizeof(trust_stores[0]); i++)
		if (trust_holds(host, trust_stores[i], cert, len))
			return true;
	return false;
}

enum trust_key trust_look_for_key(struct host *host, const struct module *module, const char **path)
{
	const char *keys = trust_kernel_keys(host), *cert;
	size_t len = 0;

	*path = NULL;
	cert = trust_cert(host, module, &len, path);
	if (keys && module->signer && trust_kernel_knows(host, keys, module->signer))
		return TRUST_KEY_GOOD;
	if (!cert)
		return keys && module->signer ? TRUST_KEY_NONE : TRUST_KEY_UNTOLD;
	if (trust_firmware_holds(host, cert, len))
		return keys && module->signer ? TRUST_KEY_IGNORED : TRUST_KEY_GOOD;
	return trust_holds(host, trust_waiting, cert, len) ? TRUST_KEY_WAITING : TRUST_KEY_FOREIGN;
}
