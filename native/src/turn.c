#include "turn.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* How often the first of those who wait looks what becomes of the turn. A request that comes upon one that sleeps loses no
 * more than this. */
#define LOOK_EVERY_NS 500000

/* After so much processor time the turn is over even if its request computes on: Python's own switch interval. */
#define MOST_COMPUTED_NS 5000000

#define NS_PER_SECOND 1000000000

static pthread_mutex_t front = PTHREAD_MUTEX_INITIALIZER;  /* held by the first of those who wait */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;   /* of everything below */
static pthread_cond_t given_back;
static enum { FREE, TAKEN, LATE } turn;
static wsgi_turn *holder;    /* who has the turn, once he has the GIL too; NULL before */
static unsigned long begun;  /* how many turns have come so far */
static int is_reserved;      /* for the first of those who wait: others have overtaken it for long enough */


void wsgi_turns_init(void)
{
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&given_back, &attributes);
    pthread_condattr_destroy(&attributes);
}


/* A thread that could run, if only there were a processor for it, does not sleep. One that nothing is known of does. */
static int is_asleep(unsigned long thread)
{
    char path[64];
    char text[128];
    const char *behind_name;
    ssize_t length = 0;
    int descriptor;

    snprintf(path, sizeof(path), "/proc/self/task/%lu/stat", thread);
    descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor >= 0) {
        length = read(descriptor, text, sizeof(text) - 1);
        close(descriptor);
    }
    text[length > 0 ? length : 0] = '\0';
    behind_name = strrchr(text, ')');
    return !behind_name || behind_name[1] != ' ' || behind_name[2] != 'R';
}


/* Returns 0 if the turn was not given back before it is time to look. */
static int wait_for_turn(void)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LOOK_EVERY_NS;
    if (until.tv_nsec >= NS_PER_SECOND) {
        until.tv_nsec -= NS_PER_SECOND;
        until.tv_sec++;
    }
    return pthread_cond_timedwait(&given_back, &lock, &until) != ETIMEDOUT;
}


/* What a thread has computed so far, 0 if that is not known. */
static long long computed(clockid_t clock)
{
    struct timespec time;

    return clock_gettime(clock, &time) == 0 ? (long long)time.tv_sec * NS_PER_SECOND + time.tv_nsec : 0;
}


static void wait_in_front(void)
{
    unsigned long seen = 0;
    long long before = 0;

    while (turn == TAKEN) {
        if (wait_for_turn() || turn != TAKEN || !holder)
            continue;
        if (begun != seen) {
            is_reserved = seen != 0;
            seen = begun;
            before = computed(holder->clock);
        }
        if ((!holder->wants_gil && is_asleep(holder->thread)) || computed(holder->clock) - before > MOST_COMPUTED_NS)
            turn = LATE;
    }
    is_reserved = 0;
}


/* Called with the lock held, where nobody has the turn in time. */
static void take(wsgi_turn *own)
{
    own->is_own = turn == FREE;
    if (turn == FREE) {
        turn = TAKEN;
        holder = NULL;
    }
}


void wsgi_turn_take(wsgi_turn *own)
{
    pthread_mutex_lock(&lock);
    if (turn == LATE || (turn == FREE && !is_reserved)) {
        take(own);
        pthread_mutex_unlock(&lock);
        return;
    }
    pthread_mutex_unlock(&lock);
    pthread_mutex_lock(&front);
    pthread_mutex_lock(&lock);
    wait_in_front();
    take(own);
    pthread_mutex_unlock(&lock);
    pthread_mutex_unlock(&front);
}


void wsgi_turn_begin(wsgi_turn *own)
{
    if (!own->is_own)
        return;
    pthread_getcpuclockid(pthread_self(), &own->clock);
    pthread_mutex_lock(&lock);
    holder = own;
    begun++;
    pthread_mutex_unlock(&lock);
}


void wsgi_turn_give_back(wsgi_turn *own)
{
    if (!own->is_own)
        return;
    own->is_own = 0;
    pthread_mutex_lock(&lock);
    turn = FREE;
    pthread_cond_signal(&given_back);
    pthread_mutex_unlock(&lock);
}
