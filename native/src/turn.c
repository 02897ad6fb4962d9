#include "turn.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "thread.h"

/* How often one of those who wait looks what becomes of the turn. A request that comes upon one that sleeps loses no
 * more than this. */
#define LOOK_EVERY_NS 500000

/* After so much processor time the turn is over even if its request computes on: Python's own switch interval. */
#define MOST_COMPUTED_NS 5000000

#define NS_PER_SECOND 1000000000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;  /* of everything below, and of those who wait */
static enum { FREE, TAKEN, LATE } turn;
static wsgi_turn *holder;    /* who has the turn, once he has the GIL too; NULL before */
static unsigned long begun;  /* how many turns have come so far */
static wsgi_turn *first;     /* of those who wait */
static wsgi_turn *last;
static wsgi_turn *looker;    /* the one of them that looks, NULL until it has woken up */
static enum { NO_RUNNER, RUNNER_SLEEPS, RUNNER_CALLED } runner;
static pthread_cond_t called;


void wsgi_turns_init(void)
{
    pthread_cond_init(&called, NULL);
}


void wsgi_turn_init(wsgi_turn *own, unsigned long thread)
{
    pthread_condattr_t attributes;

    own->thread = thread;
    pthread_getcpuclockid(pthread_self(), &own->clock);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&own->answered, &attributes);
    pthread_condattr_destroy(&attributes);
}


void wsgi_turn_end(wsgi_turn *own)
{
    pthread_cond_destroy(&own->answered);
}


/* Those who wait. Everything here is called with the lock held. */

static void append(wsgi_turn *own)
{
    own->answer = WSGI_WAITS;
    own->next = NULL;
    if (first)
        last->next = own;
    else
        first = own;
    last = own;
}


/* The one that came last looks next, since it stays for the longest. */
static wsgi_turn *take_first(void)
{
    wsgi_turn *taken = first;

    first = taken->next;
    if (looker == taken) {
        looker = NULL;
        if (first)
            pthread_cond_signal(&last->answered);
    }
    return taken;
}


static void answer(wsgi_turn *waiting, int with)
{
    waiting->answer = with;
    pthread_cond_signal(&waiting->answered);
}


static void let_all_in(void)
{
    turn = LATE;
    while (first) {
        wsgi_turn *waiting = first;

        first = waiting->next;
        answer(waiting, WSGI_ITS_TURN);
    }
    looker = NULL;
}


/* What becomes of a turn that is over. The runner, once called, has it. */
static void pass_on(void)
{
    holder = NULL;
    turn = first ? TAKEN : FREE;
    if (first && first->work && runner != NO_RUNNER) {
        runner = RUNNER_CALLED;
        pthread_cond_signal(&called);
    }
    else if (first) {
        wsgi_turn *next = take_first();

        next->is_own = 1;
        answer(next, WSGI_ITS_TURN);
    }
}


/* What becomes of the one that has it. */

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


/* Returns 0 if there was no answer before it is time to look. */
static int wait_for_answer(wsgi_turn *own)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LOOK_EVERY_NS;
    if (until.tv_nsec >= NS_PER_SECOND) {
        until.tv_nsec -= NS_PER_SECOND;
        until.tv_sec++;
    }
    return pthread_cond_timedwait(&own->answered, &lock, &until) != ETIMEDOUT;
}


/* What a thread has computed so far, 0 if that is not known. */
static long long computed(clockid_t clock)
{
    struct timespec time;

    return clock_gettime(clock, &time) == 0 ? (long long)time.tv_sec * NS_PER_SECOND + time.tv_nsec : 0;
}


static void look(wsgi_turn *own)
{
    unsigned long seen = begun - 1;
    long long before = 0;

    while (own->answer == WSGI_WAITS) {
        if (wait_for_answer(own) || !holder)
            continue;
        if (begun != seen) {
            seen = begun;
            before = computed(holder->clock);
        }
        if ((!holder->wants_gil && is_asleep(holder->thread)) || computed(holder->clock) - before > MOST_COMPUTED_NS)
            let_all_in();
    }
}


static void wait_in_line(wsgi_turn *own)
{
    append(own);
    while (own->answer == WSGI_WAITS) {
        if (!looker) {
            looker = own;
            look(own);
        }
        else {
            pthread_cond_wait(&own->answered, &lock);
        }
    }
}


/* The runner. It waits to be called without having a turn, and has it from then on until nobody has work for it. */

static void run_all(wsgi_turn *own)
{
    while (first && first->work && turn != LATE) {
        wsgi_turn *of = take_first();

        own->is_own = 1;
        pthread_mutex_unlock(&lock);
        of->work->run(of->work);
        pthread_mutex_lock(&lock);
        holder = NULL;
        answer(of, WSGI_DONE_FOR_IT);
    }
    own->is_own = 0;
    pass_on();
}


static void *run(void *unused)
{
    wsgi_turn *own = &wsgi_thread_current()->turn;

    (void)unused;
    own->is_let_in = 1;
    pthread_mutex_lock(&lock);
    for (;;) {
        while (runner != RUNNER_CALLED)
            pthread_cond_wait(&called, &lock);
        runner = RUNNER_SLEEPS;
        run_all(own);
    }
    return NULL;
}


/* Its stack is as large as those of the threads that it runs for. Where it cannot be had each does its own work. */
static void start_runner(void)
{
    pthread_attr_t asking;
    pthread_attr_t attributes;
    pthread_t thread;
    size_t stack_size;

    if (pthread_getattr_np(pthread_self(), &asking) != 0)
        return;
    pthread_attr_getstacksize(&asking, &stack_size);
    pthread_attr_destroy(&asking);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, stack_size);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (pthread_create(&thread, &attributes, run, NULL) == 0)
        runner = RUNNER_SLEEPS;
    pthread_attr_destroy(&attributes);
}


/* Turns. */

/* Returns whether the work has been done. */
static int take(wsgi_turn *own, wsgi_work *work)
{
    int is_done = 0;

    pthread_mutex_lock(&lock);
    own->is_own = turn == FREE;
    if (turn == FREE) {
        turn = TAKEN;
    }
    else if (turn == TAKEN) {
        if (work && runner == NO_RUNNER)
            start_runner();
        own->work = work;
        wait_in_line(own);
        is_done = own->answer == WSGI_DONE_FOR_IT;
    }
    pthread_mutex_unlock(&lock);
    return is_done;
}


void wsgi_turn_do(wsgi_turn *own, wsgi_work *work)
{
    if (take(own, work))
        return;
    own->is_let_in = 1;
    work->run(work);
    own->is_let_in = 0;
    wsgi_turn_give_back(own);
}


void wsgi_turn_take(wsgi_turn *own)
{
    if (!own->is_let_in)
        take(own, NULL);
}


void wsgi_turn_begin(wsgi_turn *own)
{
    if (!own->is_own)
        return;
    pthread_mutex_lock(&lock);
    holder = own;
    begun++;
    pthread_mutex_unlock(&lock);
}


void wsgi_turn_give_back(wsgi_turn *own)
{
    if (!own->is_own || own->is_let_in)
        return;
    own->is_own = 0;
    pthread_mutex_lock(&lock);
    pass_on();
    pthread_mutex_unlock(&lock);
}
