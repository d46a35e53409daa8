/* SPDX-License-Identifier: MIT */
/* screen.h - the whole terminal as lines, and its keys; built without ncurses there is no screen */
#ifndef CMD_SCREEN_H
#define CMD_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum screen_style { SCREEN_PLAIN, SCREEN_STRONG, SCREEN_HEADING, SCREEN_ALARM };

/* Keys that are no character: beyond Unicode. */
enum screen_key {
	SCREEN_NONE = 0x110000, /* no key waits */
	SCREEN_RESIZED,
	SCREEN_UP,
	SCREEN_DOWN,
	SCREEN_PAGE_UP,
	SCREEN_PAGE_DOWN,
	SCREEN_HOME,
	SCREEN_END,
	SCREEN_ERASE,
	SCREEN_OTHER,
	SCREEN_GONE, /* so is the terminal */
};

/*
 * Return: false: input or output is no terminal (*@why is NULL), or one that cannot move its cursor,
 * or there is no ncurses.
 */
bool screen_open(bool color, const char **why);
/* The terminal is as it was. */
void screen_close(void);
void screen_size(unsigned int *lines, unsigned int *columns);
/* Begins a picture; lines that are not put are empty. */
void screen_begin(void);
/* Text that is fit for a terminal and for its width. */
void screen_line(unsigned int line, const char *text, size_t len, enum screen_style style);
/* Shows the picture; with a cursor at the end of the last line that was put, or with none. */
void screen_end(bool cursor);
/* The next key that waits: a character or an enum screen_key. */
uint32_t screen_key(void);

#endif
