// SPDX-License-Identifier: MIT
#include "press.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#ifdef PROCMON_ZSTD

#include <zstd.h>

#define PRESS_LEVEL 3
#define PRESS_WINDOW_LOG 19 /* a block is not larger: less memory */
#define PRESS_HASH_LOG 15 /* a third of a megabyte less, for 0.2 % more on disk */
#define PRESS_CHAIN_LOG 14

struct press {
	ZSTD_CCtx *in;
	ZSTD_DCtx *out;
	const void *like;
	size_t like_len;
};

struct press *press_make(void)
{
	return calloc(1, sizeof(struct press));
}

void press_free(struct press *press)
{
	if (!press)
		return;
	ZSTD_freeCCtx(press->in);
	ZSTD_freeDCtx(press->out);
	free(press);
}

size_t press_bound(size_t len)
{
	return ZSTD_compressBound(len);
}

static size_t press_zstd(struct press *press, void *to, const void *from, size_t len)
{
	size_t n;

	if (!press->in) {
		press->in = ZSTD_createCCtx();
		if (!press->in)
			return 0;
		ZSTD_CCtx_setParameter(press->in, ZSTD_c_compressionLevel, PRESS_LEVEL);
		ZSTD_CCtx_setParameter(press->in, ZSTD_c_windowLog, PRESS_WINDOW_LOG);
		ZSTD_CCtx_setParameter(press->in, ZSTD_c_hashLog, PRESS_HASH_LOG);
		ZSTD_CCtx_setParameter(press->in, ZSTD_c_chainLog, PRESS_CHAIN_LOG);
	}
	ZSTD_CCtx_refPrefix(press->in, press->like, press->like_len);
	n = ZSTD_compress2(press->in, to, ZSTD_compressBound(len), from, len);
	return ZSTD_isError(n) ? 0 : n;
}

size_t press_pack(struct press *press, void *to, const void *from, size_t len, int *how)
{
	size_t n = press_zstd(press, to, from, len);

	press_like(press, NULL, 0);
	*how = n && n < len ? PRESS_ZSTD : PRESS_NONE;
	if (*how == PRESS_ZSTD)
		return n;
	memcpy(to, from, len);
	return len;
}

static int press_unzstd(struct press *press, void *to, size_t full_len, const void *from,
			size_t len)
{
	if (!press->out)
		press->out = ZSTD_createDCtx();
	if (!press->out)
		return -ENOMEM;
	ZSTD_DCtx_refPrefix(press->out, press->like, press->like_len);
	return ZSTD_decompressDCtx(press->out, to, full_len, from, len) == full_len ? 0 : -EBADMSG;
}

void press_like(struct press *press, const void *bytes, size_t len)
{
	press->like = bytes;
	press->like_len = len;
}

#else

struct press {
	char nothing;
};

struct press *press_make(void)
{
	return calloc(1, sizeof(struct press));
}

void press_free(struct press *press)
{
	free(press);
}

size_t press_bound(size_t len)
{
	return len;
}

size_t press_pack(struct press *press, void *to, const void *from, size_t len, int *how)
{
	(void)press;
	*how = PRESS_NONE;
	memcpy(to, from, len);
	return len;
}

static int press_unzstd(struct press *press, void *to, size_t full_len, const void *from,
			size_t len)
{
	(void)press;
	(void)to;
	(void)full_len;
	(void)from;
	(void)len;
	return -EOPNOTSUPP;
}

void press_like(struct press *press, const void *bytes, size_t len)
{
	(void)press;
	(void)bytes;
	(void)len;
}

#endif

int press_unpack(struct press *press, void *to, size_t full_len, const void *from, size_t len,
		 int how)
{
	int err = how == PRESS_ZSTD ? press_unzstd(press, to, full_len, from, len) : 0;

	press_like(press, NULL, 0);
	if (how == PRESS_ZSTD)
		return err;
	if (how != PRESS_NONE || full_len != len)
		return -EBADMSG;
	memcpy(to, from, len);
	return 0;
}
