/* Whose turn it is to begin a request. Threads that want the GIL for that wait here, one behind the other, and not all of
 * them at the GIL, where each is woken every few milliseconds only to find it taken.
 *
 * The one that has the turn keeps it until its request is over: requests that only compute follow each other without a
 * gap. One that waits for something, or computes for long, is late, and until it is over nobody waits here: the GIL alone
 * decides then. */

#ifndef WSGI_TURN_H
#define WSGI_TURN_H

/* Once per process, before the others. */
void wsgi_turns_init(void);

/* Without the GIL. Returns whether the caller has the turn now; it then says when it has got the GIL, by the number that
 * the system gives threads, and when its request is over. */
int wsgi_turn_take(void);
void wsgi_turn_begin(unsigned long thread);
void wsgi_turn_give_back(void);

#endif
