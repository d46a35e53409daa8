// SPDX-License-Identifier: MIT
#include "follow.h"

void follow_open(struct follow *follow, const struct follow_kind *kind, struct stage *stage)
{
	*follow = (struct follow){ .kind = kind, .stage = stage };
	kind->open(follow);
}

void follow_close(struct follow *follow)
{
	follow->kind->close(follow);
}

bool follow_next(struct follow *follow)
{
	u64 lost = follow->lost, expected = follow->seq;
	bool any = follow->any;
	const char *wrong;

	if (!follow->kind->next(follow))
		return false;
	wrong = event_wrong(follow->event, follow->event_pos, follow->stage->ring.nrec);
	if (!wrong && follow->lost - lost != (any ? 0 : follow->event->seq - expected))
		wrong = "lost is not the gap in seq";
	if (!wrong && !any && (s64)(follow->event->seq - expected) < 0)
		wrong = "seq went back";
	if (wrong)
		stage_wrong(follow->stage, wrong, follow->event->seq);
	return !wrong;
}
