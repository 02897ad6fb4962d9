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

/* After so many looks the turn is over even if its request computes: Python's own switch interval. */
#define MOST_LOOKS 10

#define NS_PER_SECOND 1000000000

static pthread_mutex_t front = PTHREAD_MUTEX_INITIALIZER;  /* held by the first of those who wait */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;   /* of everything below */
static pthread_cond_t given_back;
static enum { FREE, TAKEN, LATE } turn;
static unsigned long holder; /* the thread that has the turn, once it has the GIL too; 0 before */
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


static void wait_in_front(void)
{
    unsigned long seen = begun;
    int looks = 0;

    while (turn == TAKEN) {
        if (wait_for_turn() || turn != TAKEN)
            continue;
        if (begun != seen) {
            is_reserved = 1;
            seen = begun;
            looks = 0;
        }
        else if (holder && (++looks == MOST_LOOKS || is_asleep(holder))) {
            turn = LATE;
        }
    }
    is_reserved = 0;
}


/* Called with the lock held, where nobody has the turn. */
static int take(void)
{
    if (turn == LATE)
        return 0;
    turn = TAKEN;
    holder = 0;
    return 1;
}


int wsgi_turn_take(void)
{
    int is_own;

    pthread_mutex_lock(&lock);
    if (turn == LATE || (turn == FREE && !is_reserved)) {
        is_own = take();
        pthread_mutex_unlock(&lock);
        return is_own;
    }
    pthread_mutex_unlock(&lock);
    pthread_mutex_lock(&front);
    pthread_mutex_lock(&lock);
    wait_in_front();
    is_own = take();
    pthread_mutex_unlock(&lock);
    pthread_mutex_unlock(&front);
    return is_own;
}


void wsgi_turn_begin(unsigned long thread)
{
    pthread_mutex_lock(&lock);
    holder = thread;
    begun++;
    pthread_mutex_unlock(&lock);
}


void wsgi_turn_give_back(void)
{
    pthread_mutex_lock(&lock);
    turn = FREE;
    pthread_cond_signal(&given_back);
    pthread_mutex_unlock(&lock);
}
