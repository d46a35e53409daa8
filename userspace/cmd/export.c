// SPDX-License-Identifier: MIT
/* procmon export: recordings, or what happens from now on, for programs that draw. */
#include "export.h"

#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "life.h"
#include "text.h"

void export_put_name(struct out *out, const struct life *life)
{
	const char *base = life->exe ? strrchr(life->exe, '/') : NULL;
	const char *name = base && base[1] ? base + 1 : life->exe;

	if (name)
		text_put(out, name, strlen(name));
	else
		out_str(out, life->what ? life->what : "?");
}

int export_main(struct procmon *pm, const struct options *options)
{
	struct show show;
	struct past past;
	int err = past_read(pm, options, &show, &past);

	if (options->folded)
		folded_put(&show.out, &past);
	else
		trace_put(&show.out, &past);
	out_flush(&show.out);
	life_free();
	free(show.out.buf);
	return err ? EXIT_FAILURE : show_status(&show);
}
