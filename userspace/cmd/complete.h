/* SPDX-License-Identifier: MIT */
/* complete.h - what the shells' completions know of commands and options, from their tables */
#ifndef CMD_COMPLETE_H
#define CMD_COMPLETE_H

/* The part of userspace/completion/ that is made: assignments and cases of the shell. */
void complete_bash(void);
void complete_zsh(void);

#endif
