// SPDX-License-Identifier: GPL-2.0
/* Chosen environment variables. */
#include "log.h"

#include <linux/mm_types.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "draft.h"
#include "env.h"

#define ENV_LOOK 65536 /* bytes of an environment that are looked at */
#define ENV_NAMES 1024 /* bytes of names */

/**
 * struct env_names - the parameter, as the probe reads it
 * @len: bytes of @text
 * @text: the names, each ended by '='
 */
struct env_names {
	u32 len;
	char text[ENV_NAMES + 1];
};

/* By turns: a parameter of the kernel's command line comes before there is memory to allocate. */
static struct env_names env_turns[2];
static struct env_names __rcu *env_names;

static struct env_names *env_current(void)
{
	return rcu_dereference_protected(env_names, true); /* under the parameters' lock */
}

/* "PATH,LD_PRELOAD"; nothing: none. */
static int env_set(const char *text, const struct kernel_param *kp)
{
	struct env_names *new = &env_turns[env_current() == env_turns];
	size_t len = strcspn(text, "\n");
	size_t i;

	if (len > ENV_NAMES || memchr(text, '=', len) || (text[len] && text[len + 1])) {
		pr_err("env=%.64s: must be names with commas between, %u bytes at most\n", text,
		       ENV_NAMES);
		return -EINVAL;
	}
	synchronize_rcu(); /* probes that still read what was here */
	for (i = 0; i < len; i++)
		new->text[i] = text[i] == ',' ? '=' : text[i];
	new->text[len] = '=';
	new->len = len + 1;
	rcu_assign_pointer(env_names, len ? new : NULL);
	return 0;
}

static int env_get(char *buffer, const struct kernel_param *kp)
{
	const struct env_names *names = env_current();
	u32 i;

	for (i = 0; names && i + 1 < names->len; i++)
		buffer[i] = names->text[i] == '=' ? ',' : names->text[i];
	buffer[i] = '\n';
	return i + 1;
}

static const struct kernel_param_ops env_ops = { .set = env_set, .get = env_get };

module_param_cb(env, &env_ops, NULL, 0644);
MODULE_PARM_DESC(env, "environment variables recorded at exec, with commas (default none)");

/* Is @var, of @len bytes, NAME=... of one of them? */
static bool env_is_wanted(const struct env_names *names, const char *var, u32 len)
{
	const char *equals = memchr(var, '=', len);
	const char *name = names->text, *end = names->text + names->len;
	u32 n = equals ? equals + 1 - var : 0;

	while (n && name < end) {
		const char *next = memchr(name, '=', end - name) + 1;

		if (next - name == n && !memcmp(name, var, n))
			return true;
		name = next;
	}
	return false;
}

/* Of the environment that is the newest string leaves what is wanted. */
static void env_keep(const struct env_names *names, struct draft *draft, struct procmon_str *str)
{
	char *start = (char *)draft->buf + str->off, *end = start + str->len, *to = start, *var;

	for (var = start; var < end;) {
		char *nul = memchr(var, '\0', end - var);
		u32 n = nul ? nul + 1 - var : end - var;

		if (env_is_wanted(names, var, n)) {
			memmove(to, var, n);
			to += n;
		}
		var += n;
	}
	draft_shorten(draft, str, to - start);
}

void env_put(struct draft *draft, struct procmon_str *str, u32 room)
{
	const struct env_names *names = rcu_dereference(env_names);
	const struct mm_struct *mm = current->mm;

	if (!names)
		return draft_absent(str);
	draft_user(draft, str, mm->env_start, mm->env_end - mm->env_start,
		   min_t(u32, room, ENV_LOOK));
	if (str->len)
		env_keep(names, draft, str);
}
