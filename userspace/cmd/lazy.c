// SPDX-License-Identifier: MIT
#include "lazy.h"

#include <dlfcn.h>
#include <string.h>

const char *lazy_load(struct lazy *lazy)
{
	void *library, *call;
	size_t i;

	if (lazy->loaded)
		return NULL;
	library = dlopen(lazy->soname, RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return dlerror();
	for (i = 0; i < lazy->count; i++) {
		call = dlsym(library, lazy->names[i]);
		if (!call)
			return dlerror();
		memcpy((char *)lazy->calls + i * sizeof(call), &call, sizeof(call));
	}
	lazy->loaded = true;
	return NULL;
}
