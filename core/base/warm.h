// What a process that waits does in advance, so that its first moments of work are not spent on
// page faults: after a fork(2) every page of it that it writes to is copied when that happens, and
// the programs' text is not mapped at all.
#ifndef DAVIT_BASE_WARM_H
#define DAVIT_BASE_WARM_H

// Maps the text of this program and of its libraries, and makes their data and the stack's next
// pages its own: madvise(2), MADV_POPULATE_READ and MADV_POPULATE_WRITE, Linux 5.14. What fails is
// only slower later. Libraries of dlopen(3) are left as they are: those of libcurl are more than
// all the rest, and no change needs them.
void warm_memory(void);

#endif
