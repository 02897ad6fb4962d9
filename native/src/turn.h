/* Whose turn it is to begin a request. Threads that want the GIL for that wait here, one behind the other, and not all of
 * them at the GIL, where each is woken every few milliseconds only to find it taken.
 *
 * The one that has the turn keeps it until its request is over: requests that only compute follow each other without a
 * gap. One that waits for something, or computes for long, is late, and until it is over nobody waits here: the GIL alone
 * decides then. */

#ifndef WSGI_TURN_H
#define WSGI_TURN_H

#include <time.h>

/* A thread's. */
typedef struct {
    int is_own;              /* it has the turn */
    volatile int wants_gil;  /* where it sleeps, that is why: it is not late by that */
    unsigned long thread;    /* its number, as the system has it */
    clockid_t clock;         /* of the processor time that it takes */
} wsgi_turn;

/* Once per process, before the others. */
void wsgi_turns_init(void);

/* All without the GIL but wsgi_turn_begin(): a thread may have the turn; it says when it has got the GIL, and when its
 * request is over. */
void wsgi_turn_take(wsgi_turn *own);
void wsgi_turn_begin(wsgi_turn *own);
void wsgi_turn_give_back(wsgi_turn *own);

#endif
