/* SPDX-License-Identifier: MIT */
/* look.h - included before the library's sources: whenever it looks at a ring, the ring may change */
#ifndef FUZZ_LOOK_H
#define FUZZ_LOOK_H

void fuzz_look(void);
#define __atomic_load_n(at, order) (fuzz_look(), __atomic_load_n(at, order))

#endif
