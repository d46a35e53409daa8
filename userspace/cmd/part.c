// SPDX-License-Identifier: MIT
#include "part.h"

#include "bag.h"
#include "recording.h"

void part_put(struct out *to, const struct unit *unit, uint64_t offset, uint64_t table,
	      const struct out *context)
{
	bag_put_number(to, offset - unit->offset);
	bag_put_number(to, table + 1); /* RECORDING_NO_TABLE is 0 */
	bag_put_text(to, context->buf, context->len);
}

bool parts_take(struct parts *parts, const struct unit *unit, const void *bytes, size_t len)
{
	const char *at = len ? bytes : "";
	struct bag bag = { at, at + len, false };
	struct part *part = parts->part;

	*part = (struct part){ .offset = unit->offset, .table = unit->table };
	while (bag.at < bag.end && !bag.bad && part < &parts->part[PARTS - 1]) {
		part->end = unit->offset + bag_number(&bag);
		bag.bad |= part->end <= part->offset || part->end > unit->end;
		part++;
		part->offset = part[-1].end;
		part->table = bag_number(&bag) - 1;
		part->context = bag_text(&bag, &part->len);
		bag.bad |= !part->context;
	}
	if (bag.bad) /* all of it, then */
		part = parts->part;
	part->end = unit->end;
	parts->count = (size_t)(part - parts->part) + 1;
	return !bag.bad;
}
