// SPDX-License-Identifier: MIT
#include "bag.h"

#include "block.h"
#include "press.h"

static struct press *bag_press; /* there is one until the program ends */

void bag_put_number(struct out *to, uint64_t number)
{
	for (; number >= 0x80; number >>= 7)
		out_char(to, (char)(number | 0x80));
	out_char(to, (char)number);
}

void bag_put_text(struct out *to, const char *text, size_t len)
{
	bag_put_number(to, len + 1);
	out_put(to, text, len);
	out_char(to, '\0');
}

void bag_put_none(struct out *to)
{
	bag_put_number(to, 0);
}

static bool bag_begin(const struct out *like)
{
	if (!bag_press)
		bag_press = press_make();
	if (bag_press && like)
		press_like(bag_press, like->buf, like->len);
	return bag_press;
}

void bag_close(struct out *to, const struct out *from, const struct out *like)
{
	size_t room = press_bound(from->len) + 1;
	int how = PRESS_NONE;
	char *at;

	bag_put_number(to, from->len);
	at = out_room(to, room) + 1;
	if (bag_begin(like))
		to->len += press_pack(bag_press, at, from->len ? from->buf : "", from->len, &how);
	at[-1] = (char)how;
	to->len++;
}

bool bag_open(struct bag *bag, struct out *room, const void *bytes, size_t len,
	      const struct out *like)
{
	struct bag packed = { bytes, (const char *)bytes + len, false };
	uint64_t full_len = bag_number(&packed);

	*bag = (struct bag){ .bad = true };
	room->len = 0;
	if (packed.bad || packed.at == packed.end || full_len > BLOCK_MAX || !bag_begin(like) ||
	    press_unpack(bag_press, out_room(room, full_len + 1), full_len, packed.at + 1,
			 (size_t)(packed.end - packed.at) - 1, *packed.at))
		return false;
	room->len = full_len;
	*bag = (struct bag){ room->buf, room->buf + full_len, false };
	return true;
}

uint64_t bag_number(struct bag *bag)
{
	uint64_t number = 0;
	unsigned int shift;

	for (shift = 0; shift < 64 && bag->at < bag->end; shift += 7) {
		unsigned char byte = (unsigned char)*bag->at++;

		number |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return number;
	}
	bag->bad = true;
	bag->at = bag->end;
	return 0;
}

const char *bag_text(struct bag *bag, size_t *len)
{
	uint64_t n = bag_number(bag);
	const char *text = bag->at;

	if (len)
		*len = n ? n - 1 : 0;
	if (!n)
		return NULL;
	if (n > (uint64_t)(bag->end - bag->at) || text[n - 1]) {
		bag->bad = true;
		bag->at = bag->end;
		return NULL;
	}
	bag->at += n;
	return text;
}
