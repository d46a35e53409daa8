// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "screen.h"

#ifdef PROCMON_NCURSES
#define NCURSES_WIDECHAR 1
#define NCURSES_NOMACROS 1
#include <curses.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "lazy.h"
#include "loads.h"

#define SCREEN_ESCAPE_MS 25 /* from ESC to the rest of what a key sends */

#define CURSES_CALLS(X)                                                                            \
	X(, COLOR_PAIR)                                                                            \
	X(, cbreak)                                                                                \
	X(, curs_set)                                                                              \
	X(, delscreen)                                                                             \
	X(, endwin)                                                                                \
	X(, getmaxx)                                                                               \
	X(, getmaxy)                                                                               \
	X(, has_colors)                                                                            \
	X(, init_pair)                                                                             \
	X(, keypad)                                                                                \
	X(, newterm)                                                                               \
	X(, newwin)                                                                                \
	X(, nodelay)                                                                               \
	X(, noecho)                                                                                \
	X(, nonl)                                                                                  \
	X(, set_escdelay)                                                                          \
	X(, start_color)                                                                           \
	X(, tigetstr)                                                                              \
	X(, use_default_colors)                                                                    \
	X(, waddnstr)                                                                              \
	X(, wattrset)                                                                              \
	X(, werase)                                                                                \
	X(, wget_wch)                                                                              \
	X(, wmove)                                                                                 \
	X(, wrefresh)

static struct {
	CURSES_CALLS(LAZY_FIELD)
} curses;

static SCREEN *screen;
static WINDOW *screen_window; /* all of it */
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
	static const char *const names[] = { CURSES_CALLS(LAZY_NAME) };
	static struct lazy lazy = LAZY(NCURSES_SONAME, names, &curses);
	const char *cup;

	*why = NULL;
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return false;
	*why = lazy_load(&lazy);
	if (*why)
		return false;
	*why = "this terminal cannot have a screen (TERM)";
	screen = curses.newterm(NULL, stdout, stdin);
	if (!screen)
		return false;
	cup = curses.tigetstr("cup");
	screen_window = curses.newwin(0, 0, 0, 0);
	if (!screen_window || !cup || (intptr_t)cup == -1) {
		screen_close();
		return false;
	}
	curses.set_escdelay(SCREEN_ESCAPE_MS);
	curses.cbreak();
	curses.noecho();
	curses.nonl();
	curses.keypad(screen_window, TRUE);
	curses.nodelay(screen_window, TRUE);
	screen_color = color && curses.has_colors() && curses.start_color() == OK &&
		       curses.use_default_colors() == OK &&
		       curses.init_pair(1, COLOR_RED, -1) == OK;
	return true;
}

void screen_close(void)
{
	curses.endwin();
	curses.delscreen(screen);
	screen = NULL;
}

void screen_size(unsigned int *lines, unsigned int *columns)
{
	*lines = (unsigned int)curses.getmaxy(screen_window);
	*columns = (unsigned int)curses.getmaxx(screen_window);
}

void screen_begin(void)
{
	curses.werase(screen_window);
}

static attr_t screen_attributes(enum screen_style style)
{
	switch (style) {
	case SCREEN_STRONG:
		return A_BOLD;
	case SCREEN_HEADING:
		return A_REVERSE;
	case SCREEN_ALARM:
		return screen_color ? A_BOLD | (attr_t)curses.COLOR_PAIR(1) : A_BOLD;
	default:
		return A_NORMAL;
	}
}

void screen_line(unsigned int line, const char *text, size_t len, enum screen_style style)
{
	curses.wattrset(screen_window, (int)screen_attributes(style));
	curses.wmove(screen_window, (int)line, 0);
	curses.waddnstr(screen_window, text, (int)len);
	curses.wattrset(screen_window, A_NORMAL);
}

void screen_end(bool cursor)
{
	curses.curs_set(cursor);
	curses.wrefresh(screen_window);
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
	int r = curses.wget_wch(screen_window, &code);

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
