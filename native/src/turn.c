#include "turn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "thread.h"

/* How often one of those who wait looks what becomes of the turn. A request that comes upon one that sleeps loses no
 * more than this. */
#define LOOK_EVERY_NS 500000

/* After so much processor time the turn is over even if its request computes on: Python's own switch interval. */
#define MOST_COMPUTED_NS 5000000

#define NS_PER_SECOND 1000000000LL

/* What one that waits does next: it waits on, and looks meanwhile if nobody else does; or it has been answered. */
enum { WAITS, LOOKS, ITS_TURN, DONE_FOR_IT };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;  /* of everything below but `runner`, and of the line */
static wsgi_turn_state turn;
static wsgi_turn *holder;    /* who has the turn, once he has the GIL too; NULL before */
static unsigned long begun;  /* how many turns have come so far */
static unsigned long seen;   /* which of them was looked at last, and what its thread had computed at the first look */
static long long at_first;
static long long at_last;    /* and at the last one */
static int was_late;         /* the turn before it */
static wsgi_turn *first;     /* of those who wait */
static wsgi_turn *last;
static wsgi_turn *looker;    /* the one of them that looks */
enum { NO_RUNNER, RUNNER_SLEEPS, RUNNER_CALLED };
static int runner;           /* a futex */


/* Futexes: who is woken needs no lock, which the one that wakes him may still have. He may also be awake before he is
 * woken, and gone: the system then wakes nobody, or somebody who looks and sleeps on. */

/* Returns 0 if nobody woke the thread in time. */
static int sleep_while(int *futex, int value, const struct timespec *limit)
{
    return syscall(SYS_futex, futex, FUTEX_WAIT_PRIVATE, value, limit, NULL, 0) == 0 || errno != ETIMEDOUT;
}


static void set(int *futex, int value)
{
    __atomic_store_n(futex, value, __ATOMIC_RELEASE);
    syscall(SYS_futex, futex, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}


static int get(const int *futex)
{
    return __atomic_load_n(futex, __ATOMIC_ACQUIRE);
}


/* In nanoseconds, 0 if that is not known. */
static long long now(clockid_t clock)
{
    struct timespec time;

    return clock_gettime(clock, &time) == 0 ? time.tv_sec * NS_PER_SECOND + time.tv_nsec : 0;
}


/* Those who wait. Everything here is called with the lock held. */

static void append(wsgi_turn *own)
{
    if (!looker)
        looker = own;
    own->answer = looker == own ? LOOKS : WAITS;
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
        looker = first ? last : NULL;
        if (looker)
            set(&looker->answer, LOOKS);
    }
    return taken;
}


static void let_all_in(void)
{
    turn = WSGI_TURN_LATE;
    looker = NULL;
    while (first) {
        wsgi_turn *waiting = first;

        first = waiting->next;
        set(&waiting->answer, ITS_TURN);
    }
}


/* What becomes of a turn that is over: it is that of the first one, or of the runner, who does all that waits. */
static void pass_on(void)
{
    holder = NULL;
    was_late = turn == WSGI_TURN_LATE;
    turn = first ? WSGI_TURN_TAKEN : WSGI_TURN_FREE;
    if (!first)
        return;
    if (first->work && get(&runner) != NO_RUNNER) {
        set(&runner, RUNNER_CALLED);
    }
    else {
        wsgi_turn *next = take_first();

        next->is_own = 1;
        set(&next->answer, ITS_TURN);
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


/* Called with the lock held. Most turns are over before they are looked at twice: the first look asks for more only if the
 * turn before was late too. */
static void look(void)
{
    const int is_first = begun != seen;
    long long computed;

    if (!holder || turn == WSGI_TURN_LATE)
        return;
    computed = now(holder->clock);
    if (is_first) {
        seen = begun;
        at_first = computed;
    }
    if (computed - at_first > MOST_COMPUTED_NS ||
        ((is_first ? was_late : computed == at_last) && !holder->wants_gil && is_asleep(holder->thread)))
        let_all_in();
    at_last = computed;
}


/* Returns the answer. */
static int wait_in_line(wsgi_turn *own)
{
    static const struct timespec look_every = {0, LOOK_EVERY_NS};
    int answer;

    while ((answer = get(&own->answer)) < ITS_TURN) {
        if (sleep_while(&own->answer, answer, answer == LOOKS ? &look_every : NULL))
            continue;
        pthread_mutex_lock(&lock);
        if (looker == own)
            look();
        pthread_mutex_unlock(&lock);
    }
    return answer;
}


/* The runner. It waits to be called without having a turn, and has it from then on until nobody has work for it. */

static void run_all(wsgi_turn *own)
{
    pthread_mutex_lock(&lock);
    while (first && first->work && turn != WSGI_TURN_LATE) {
        wsgi_turn *of = take_first();

        own->is_own = 1;
        pthread_mutex_unlock(&lock);
        of->work->run(of->work);
        set(&of->answer, DONE_FOR_IT);
        pthread_mutex_lock(&lock);
        holder = NULL;
    }
    own->is_own = 0;
    pass_on();
    pthread_mutex_unlock(&lock);
}


static void *run(void *unused)
{
    wsgi_turn *own = &wsgi_thread_current()->turn;

    (void)unused;
    own->is_let_in = 1;
    for (;;) {
        while (get(&runner) != RUNNER_CALLED)
            sleep_while(&runner, RUNNER_SLEEPS, NULL);
        __atomic_store_n(&runner, RUNNER_SLEEPS, __ATOMIC_RELEASE);
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
        __atomic_store_n(&runner, RUNNER_SLEEPS, __ATOMIC_RELEASE);
    pthread_attr_destroy(&attributes);
}


/* Turns. */

void wsgi_turn_init(wsgi_turn *own, unsigned long thread)
{
    own->thread = thread;
    pthread_getcpuclockid(pthread_self(), &own->clock);
}


/* Returns whether the work has been done. */
static int take(wsgi_turn *own, wsgi_work *work)
{
    pthread_mutex_lock(&lock);
    own->is_own = turn == WSGI_TURN_FREE;
    if (turn == WSGI_TURN_TAKEN) {
        if (work && get(&runner) == NO_RUNNER)
            start_runner();
        own->work = work;
        append(own);
        pthread_mutex_unlock(&lock);
        return wait_in_line(own) == DONE_FOR_IT;
    }
    if (turn == WSGI_TURN_FREE)
        turn = WSGI_TURN_TAKEN;
    pthread_mutex_unlock(&lock);
    return 0;
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


wsgi_turn_state wsgi_turn_now(void)
{
    wsgi_turn_state found;

    pthread_mutex_lock(&lock);
    found = turn;
    pthread_mutex_unlock(&lock);
    return found;
}


wsgi_turn_state wsgi_turn_look(void)
{
    wsgi_turn_state found;

    pthread_mutex_lock(&lock);
    look();
    found = turn;
    pthread_mutex_unlock(&lock);
    return found;
}
