// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "screen.h"

#ifdef PROCMON_NCURSES
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#define SCREEN_ESCAPE_MS 25 /* from ESC to the rest of what a key sends */

static SCREEN *screen;
static bool screen_color;

static const struct {
	wint_t code;
	enum screen_key key;
} screen_keys[] = {
	{ KEY_RESIZE, SCREEN_RESIZED }, { KEY_UP, SCREEN_UP },		 { KEY_DOWN, SCREEN_DOWN },
	{ KEY_PPAGE, SCREEN_PAGE_UP },	{ KEY_NPAGE, SCREEN_PAGE_DOWN }, { KEY_HOME, SCREEN_HOME },
	{ KEY_END, SCREEN_END },	{ KEY_BACKSPACE, SCREEN_ERASE }, { KEY_ENTER, '\r' },
};

bool screen_open(bool color, const char **why)
{
	*why = NULL;
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return false;
	*why = "this terminal cannot have a screen (TERM)";
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return false;
	if (!tigetstr("cup") || tigetstr("cup") == (char *)-1) {
		screen_close();
		return false;
	}
	set_escdelay(SCREEN_ESCAPE_MS);
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	screen_color = color && has_colors() && start_color() == OK && use_default_colors() == OK &&
		       init_pair(1, COLOR_RED, -1) == OK;
	return true;
}

void screen_close(void)
{
	endwin();
	delscreen(screen);
	screen = NULL;
}

void screen_size(unsigned int *lines, unsigned int *columns)
{
	*lines = (unsigned int)getmaxy(stdscr);
	*columns = (unsigned int)getmaxx(stdscr);
}

void screen_begin(void)
{
	erase();
}

static attr_t screen_attributes(enum screen_style style)
{
	switch (style) {
	case SCREEN_STRONG:
		return A_BOLD;
	case SCREEN_HEADING:
		return A_REVERSE;
	case SCREEN_ALARM:
		return screen_color ? A_BOLD | (attr_t)COLOR_PAIR(1) : A_BOLD;
	default:
		return A_NORMAL;
	}
}

void screen_line(unsigned int line, const char *text, size_t len, enum screen_style style)
{
	attrset(screen_attributes(style));
	mvaddnstr((int)line, 0, text, (int)len);
	attrset(A_NORMAL);
}

void screen_end(bool cursor)
{
	curs_set(cursor);
	refresh();
}

static bool screen_is_gone(void)
{
	struct pollfd terminal = { .fd = STDIN_FILENO, .events = POLLIN };

	return poll(&terminal, 1, 0) > 0 && terminal.revents & (POLLHUP | POLLERR | POLLNVAL);
}

uint32_t screen_key(void)
{
	wint_t code;
	size_t i;
	int r = get_wch(&code);

	if (r == ERR)
		return screen_is_gone() ? SCREEN_GONE : SCREEN_NONE;
	if (r == OK)
		return code == 127 || code == 8 ? SCREEN_ERASE : code;
	for (i = 0; i < sizeof(screen_keys) / sizeof(screen_keys[0]); i++)
		if (screen_keys[i].code == code)
			return screen_keys[i].key;
	return SCREEN_OTHER;
}

#else

bool screen_open(bool color, const char **why)
{
	(void)color;
	*why = "built without ncurses, it has no screen";
	return false;
}

void screen_close(void)
{
}

void screen_size(unsigned int *lines, unsigned int *columns)
{
	*lines = *columns = 0;
}

void screen_begin(void)
{
}

void screen_line(unsigned int line, const char *text, size_t len, enum screen_style style)
{
	(void)line;
	(void)text;
	(void)len;
	(void)style;
}

void screen_end(bool cursor)
{
	(void)cursor;
}

uint32_t screen_key(void)
{
	return SCREEN_GONE;
}

#endif
