/* Whose turn it is to begin a request. Threads that want the GIL for that wait here, one behind the other, and not all of
 * them at the GIL, where each is woken every few milliseconds only to find it taken.
 *
 * The one that has the turn keeps it until its request is over. Those that wait by then need not be woken to be served:
 * the runner, a thread of the process, does what they came for, one after the other, without a gap and with what Python
 * needs still at hand in its processor's caches. That is for Apache's own processes; in daemon processes, whose threads
 * do nothing else, a thread that has served goes on with the next request (workers.c). One that waits for something,
 * or computes for long, is late, and until it is over nobody waits here: the GIL alone decides then. */

#ifndef WSGI_TURN_H
#define WSGI_TURN_H

#include <time.h>

/* What a thread comes for: run() enters an interpreter, and leaves it. */
typedef struct wsgi_work {
    void (*run)(struct wsgi_work *work);
} wsgi_work;

/* A thread's. */
typedef struct wsgi_turn {
    int is_let_in;           /* it may enter interpreters without asking here */
    int is_own;              /* it has the turn */
    volatile int wants_gil;  /* where it sleeps, that is why: it is not late by that */
    unsigned long thread;    /* its number, as the system has it */
    clockid_t clock;         /* of the processor time that it takes */
    /* While it waits: */
    wsgi_work *work;         /* what the runner may do in its place, or NULL */
    int answer;              /* a futex: what it does next, see turn.c */
    struct wsgi_turn *next;
} wsgi_turn;

/* What somebody who comes finds: nobody has the turn, or somebody has it, or the one that has it is late and nobody waits. */
typedef enum { WSGI_TURN_FREE, WSGI_TURN_TAKEN, WSGI_TURN_LATE } wsgi_turn_state;

/* The calling thread's, which has the number given. */
void wsgi_turn_init(wsgi_turn *own, unsigned long thread);

/* Does the work when it is its turn, in the calling thread or in the runner. Returns when it is done. */
void wsgi_turn_do(wsgi_turn *own, wsgi_work *work);

/* For what is to be done in the calling thread itself. All without the GIL but wsgi_turn_begin(): a thread may have the
 * turn; it says when it has got the GIL, and when it is over. */
void wsgi_turn_take(wsgi_turn *own);
void wsgi_turn_begin(wsgi_turn *own);
void wsgi_turn_give_back(wsgi_turn *own);

/* How it is now; the second one looks first whether the one that has it is late, as those do who wait. */
wsgi_turn_state wsgi_turn_now(void);
wsgi_turn_state wsgi_turn_look(void);

#endif
