// SPDX-License-Identifier: MIT
/* procmon plot: a picture of recordings, or of what happens from now on. */
#include "picture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "life.h"
#include "past.h"
#include "plot.h"

static int picture_fail(const char *path, const char *why)
{
	fprintf(stderr, "procmon: %s: %s\n", path, why);
	return -1;
}

static bool picture_is_file(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode);
}

/* Nothing, or a picture? */
static bool picture_may_replace(int fd)
{
	static const char *const begins[] = { "<svg", "<?xml" };
	char text[8] = "";
	ssize_t len = pread(fd, text, sizeof(text) - 1, 0);
	size_t i;

	for (i = 0; len > 0 && i < sizeof(begins) / sizeof(begins[0]); i++)
		if (!strncmp(text, begins[i], strlen(begins[i])))
			return true;
	return !len;
}

int picture_open(struct out *out, const char *path)
{
	*out = (struct out){ .fd = STDOUT_FILENO };
	if (!strcmp(path, "-"))
		return 0;
	out->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (out->fd < 0)
		return picture_fail(path, strerror(errno));
	if (!picture_is_file(out->fd) || picture_may_replace(out->fd))
		return 0;
	close(out->fd);
	return picture_fail(path, "holds something else than a picture: not replaced");
}

int picture_begin(struct out *out, const char *path)
{
	if (out->fd != STDOUT_FILENO && picture_is_file(out->fd) && ftruncate(out->fd, 0))
		return picture_fail(path, strerror(errno));
	return 0;
}

int picture_end(struct out *out, const char *path)
{
	int err;

	out_flush(out);
	err = out->err;
	free(out->buf);
	out->buf = NULL;
	if (out->fd != STDOUT_FILENO && close(out->fd) && !err)
		err = errno;
	return err && err != EPIPE ? picture_fail(path, strerror(err)) : 0;
}

int plot_main(struct procmon *pm, const struct options *options)
{
	struct out out;
	struct show show;
	struct past past;
	int err, status;

	if (picture_open(&out, options->picture))
		return EXIT_FAILURE;
	err = past_read(pm, options, &show, &past);
	if (!picture_begin(&out, options->picture))
		plot_put(&out, &past, (int)options->rows, options->utc);
	if (picture_end(&out, options->picture))
		err = -1;
	status = err ? EXIT_FAILURE : show_status(&show);
	life_free();
	free(show.out.buf);
	return status;
}
