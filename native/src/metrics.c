#include "metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include "config.h"
#include "process.h"
#include "scoreboard.h"

/* Durations are counted in steps of powers of two microseconds. */
#define BUCKETS 65

typedef struct {
    double sum;  /* seconds */
    long count;
    long shortest;  /* microseconds */
    long longest;
    long buckets[BUCKETS];
} series;

/* What request_metrics() tells for each of these: its name, and whether daemon processes only have it. */
enum { SERVER_TIME, QUEUE_TIME, DAEMON_TIME, APPLICATION_TIME, REQUEST_TIME, GIL_WAIT_TIME, INPUT_READ_TIME, OUTPUT_WRITE_TIME,
       ALL_SERIES };

static const struct {
    const char *name;
    int is_of_daemon;
} descriptions[] = {
    [SERVER_TIME] = {"server_time", 0},
    [QUEUE_TIME] = {"queue_time", 1},
    [DAEMON_TIME] = {"daemon_time", 1},
    [APPLICATION_TIME] = {"application_time", 0},
    [REQUEST_TIME] = {"request_time", 0},
    [GIL_WAIT_TIME] = {"gil_wait_time", 0},
    [INPUT_READ_TIME] = {"input_read_time", 0},
    [OUTPUT_WRITE_TIME] = {"output_write_time", 0},
};

/* One thread, by its number. */
typedef struct {
    long requests;       /* since the process began */
    long completed;      /* since the last report, as the next three */
    double busy;
    double cpu;
    double longest;
    apr_time_t since;    /* of the request that it serves; 0: none */
} thread_slot;

/* Since the last report. */
typedef struct {
    apr_time_t since;
    struct rusage usage;
    series times[ALL_SERIES];
    long requests;
    long statuses[6];
    apr_off_t input_bytes;
    apr_off_t output_bytes;
    long input_reads;
    long output_writes;
    long gil_waits;
} period;

static int is_recorded;
static apr_time_t process_started;
static long process_requests;
static double process_busy;
static int active;
static thread_slot *slots;
static int slot_count;
static period current;


static double seconds(apr_time_t time)
{
    return (double)time / APR_USEC_PER_SEC;
}


static double seconds_of(struct timeval time)
{
    return time.tv_sec + time.tv_usec / 1e6;
}


int wsgi_metrics_are_recorded(void)
{
    return is_recorded;
}


void wsgi_metrics_init(void)
{
    process_started = apr_time_now();
}


/* NULL when there is no memory: the figures then lack that thread. */
static thread_slot *slot_of(const wsgi_thread *thread)
{
    if (thread->id > slot_count) {
        thread_slot *grown = realloc(slots, thread->id * sizeof(*slots));

        if (!grown)
            return NULL;
        memset(grown + slot_count, 0, (thread->id - slot_count) * sizeof(*slots));
        slots = grown;
        slot_count = thread->id;
    }
    return &slots[thread->id - 1];
}


void wsgi_metrics_begin(wsgi_request *request)
{
    thread_slot *slot = slot_of(request->owner);

    active++;
    if (slot)
        slot->since = request->begun;
    if (request->is_measured)
        getrusage(RUSAGE_THREAD, &request->usage_before);
}


static void note_time(series *of, double time)
{
    const long microseconds = time > 0 ? (long)(time * 1e6) : 0;
    int bucket = 0;

    while (bucket < BUCKETS - 1 && microseconds >> bucket)
        bucket++;
    of->shortest = of->count && of->shortest < microseconds ? of->shortest : microseconds;
    of->longest = of->longest > microseconds ? of->longest : microseconds;
    of->sum += time;
    of->count++;
    of->buckets[bucket]++;
}


static void record(const wsgi_request *request, int status, apr_time_t now)
{
    const wsgi_exchange *exchange = request->exchange;
    const apr_time_t reached = exchange->queue_start ? exchange->queue_start : request->begun;
    int class = status / 100;

    if (class < 1 || class > 5)
        class = 5;
    note_time(&current.times[SERVER_TIME], seconds(reached - exchange->request_start));
    if (exchange->queue_start) {
        note_time(&current.times[QUEUE_TIME], seconds(exchange->daemon_start - exchange->queue_start));
        note_time(&current.times[DAEMON_TIME], seconds(request->begun - exchange->daemon_start));
    }
    note_time(&current.times[APPLICATION_TIME], seconds(now - request->begun));
    note_time(&current.times[REQUEST_TIME], seconds(now - exchange->request_start));
    note_time(&current.times[GIL_WAIT_TIME], seconds(request->gil_wait_time));
    note_time(&current.times[INPUT_READ_TIME], seconds(request->input_time));
    note_time(&current.times[OUTPUT_WRITE_TIME], seconds(request->output_time));
    current.requests++;
    current.statuses[class]++;
    current.input_bytes += request->input_length;
    current.output_bytes += request->output_length;
    current.input_reads += request->input_reads;
    current.output_writes += request->output_writes;
    current.gil_waits += request->gil_wait_count;
}


void wsgi_metrics_end(wsgi_request *request, int status)
{
    thread_slot *slot = slot_of(request->owner);
    const apr_time_t now = apr_time_now();
    const double time = seconds(now - request->begun);

    active--;
    process_requests++;
    process_busy += time;
    if (request->is_measured) {
        getrusage(RUSAGE_THREAD, &request->usage_after);
        if (is_recorded)
            record(request, status, now);
    }
    if (!slot)
        return;
    slot->requests++;
    slot->completed++;
    slot->busy += time;
    if (request->is_measured)
        slot->cpu += seconds_of(request->usage_after.ru_utime) + seconds_of(request->usage_after.ru_stime) -
                     seconds_of(request->usage_before.ru_utime) - seconds_of(request->usage_before.ru_stime);
    slot->longest = slot->longest > time ? slot->longest : time;
    slot->since = 0;
}


static long resident_memory(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long pages = 0;

    if (file) {
        if (fscanf(file, "%*d %ld", &pages) != 1)
            pages = 0;
        fclose(file);
    }
    return pages * sysconf(_SC_PAGESIZE);
}


/* Takes the reference to `value`. */
static int put(PyObject *dict, const char *name, PyObject *value)
{
    const int failed = !value || PyDict_SetItemString(dict, name, value) < 0;

    Py_XDECREF(value);
    return failed ? -1 : 0;
}


static PyObject *start_recording(PyObject *module, PyObject *unused)
{
    (void)module;
    (void)unused;
    if (!is_recorded) {
        memset(&current, 0, sizeof(current));
        current.since = apr_time_now();
        getrusage(RUSAGE_SELF, &current.usage);
    }
    is_recorded = 1;
    Py_RETURN_NONE;
}


static PyObject *new_thread_list(void)
{
    PyObject *threads = PyList_New(0);
    int i;

    for (i = 0; threads && i < slot_count; i++) {
        PyObject *entry;

        if (!slots[i].requests)
            continue;
        entry = Py_BuildValue("{s:i,s:l}", "thread_id", i + 1, "request_count", slots[i].requests);
        if (!entry || PyList_Append(threads, entry) < 0)
            Py_CLEAR(threads);
        Py_XDECREF(entry);
    }
    return threads;
}


static PyObject *process_metrics(PyObject *module, PyObject *unused)
{
    const apr_time_t now = apr_time_now();
    struct rusage usage;

    (void)module;
    (void)unused;
    if (!is_recorded)
        Py_RETURN_NONE;
    getrusage(RUSAGE_SELF, &usage);
    return Py_BuildValue(
        "{s:i,s:d,s:l,s:L,s:l,s:d,s:d,s:d,s:d,s:d,s:L,s:i,s:i,s:N}", "pid", (int)getpid(), "request_busy_time", process_busy,
        "request_count", process_requests, "memory_max_rss", (long long)usage.ru_maxrss * 1024, "memory_rss",
        resident_memory(), "cpu_user_time", seconds_of(usage.ru_utime), "cpu_system_time", seconds_of(usage.ru_stime),
        "cpu_time", seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime), "restart_time", seconds(process_started),
        "current_time", seconds(now), "running_time", (long long)apr_time_sec(now - process_started), "request_threads",
        wsgi_process_facts().threads_per_process, "active_requests", active, "threads", new_thread_list());
}


static int put_series(PyObject *dict, const series *of, const char *name, int is_absent)
{
    PyObject *buckets = PyList_New(BUCKETS);
    char key[64];
    int i;

    for (i = 0; buckets && i < BUCKETS; i++)
        PyList_SET_ITEM(buckets, i, PyLong_FromLong(of->buckets[i]));
    apr_snprintf(key, sizeof(key), "%s_buckets", name);
    if (put(dict, key, buckets) < 0)
        return -1;
    is_absent |= !of->count;
    if (put(dict, name, is_absent ? Py_BuildValue("") : PyFloat_FromDouble(of->sum / of->count)) < 0)
        return -1;
    apr_snprintf(key, sizeof(key), "%s_min_us", name);
    if (put(dict, key, is_absent ? Py_BuildValue("") : PyLong_FromLong(of->shortest)) < 0)
        return -1;
    apr_snprintf(key, sizeof(key), "%s_max_us", name);
    return put(dict, key, is_absent ? Py_BuildValue("") : PyLong_FromLong(of->longest));
}


typedef PyObject *slot_reader(const thread_slot *slot);

static PyObject *read_completed(const thread_slot *slot)
{
    return PyLong_FromLong(slot->completed);
}


static PyObject *read_busy(const thread_slot *slot)
{
    return PyFloat_FromDouble(slot->busy);
}


static PyObject *read_cpu(const thread_slot *slot)
{
    return PyFloat_FromDouble(slot->cpu);
}


static PyObject *read_elapsed(const thread_slot *slot)
{
    return PyFloat_FromDouble(slot->since ? seconds(apr_time_now() - slot->since) : 0);
}


static PyObject *read_longest(const thread_slot *slot)
{
    return PyFloat_FromDouble(slot->longest);
}


static int put_slots(PyObject *dict, const char *name, slot_reader *read)
{
    PyObject *list = PyList_New(0);
    int i;

    for (i = 0; list && i < slot_count; i++) {
        PyObject *value = read(&slots[i]);

        if (!value || PyList_Append(list, value) < 0)
            Py_CLEAR(list);
        Py_XDECREF(value);
    }
    return put(dict, name, list);
}


static void begin_period(void)
{
    int i;

    memset(&current, 0, sizeof(current));
    current.since = apr_time_now();
    getrusage(RUSAGE_SELF, &current.usage);
    for (i = 0; i < slot_count; i++) {
        slots[i].completed = 0;
        slots[i].busy = slots[i].cpu = slots[i].longest = 0;
    }
}


static double busy_of_all(void)
{
    double busy = 0;
    int i;

    for (i = 0; i < slot_count; i++)
        busy += slots[i].busy;
    return busy;
}


static int count_slots(void)
{
    int count = 0;
    int i;

    for (i = 0; i < slot_count; i++)
        count += slots[i].requests != 0;
    return count;
}


static PyObject *new_period_facts(const struct rusage *usage, apr_time_t now)
{
    const double length = now > current.since ? seconds(now - current.since) : 1e-6;
    const double user = (seconds_of(usage->ru_utime) - seconds_of(current.usage.ru_utime)) / length;
    const double system = (seconds_of(usage->ru_stime) - seconds_of(current.usage.ru_stime)) / length;
    const int threads = wsgi_process_facts().threads_per_process;

    return Py_BuildValue(
        "{s:i,s:d,s:d,s:d,s:d,s:d,s:d,s:d,s:d,s:d,s:L,s:l,s:i,s:i,s:i,s:d,s:l,s:d,s:l,s:l,s:l,s:l,s:l,s:L,s:l,s:L,s:l,s:l}",
        "pid", (int)getpid(), "start_time", seconds(current.since), "stop_time", seconds(now), "sample_period", length,
        "cpu_user_time", user, "cpu_system_time", system, "cpu_time", user + system, "cpu_user_utilization", user,
        "cpu_system_utilization", system, "cpu_utilization", user + system, "memory_max_rss",
        (long long)usage->ru_maxrss * 1024, "memory_rss", resident_memory(), "request_threads_maximum", threads,
        "request_threads_started", count_slots(), "request_threads_active", active, "capacity_utilization",
        busy_of_all() / length / threads, "request_count", current.requests, "request_throughput", current.requests / length,
        "status_1xx", current.statuses[1], "status_2xx", current.statuses[2], "status_3xx", current.statuses[3],
        "status_4xx", current.statuses[4], "status_5xx", current.statuses[5], "input_bytes", (long long)current.input_bytes,
        "input_reads", current.input_reads, "output_bytes", (long long)current.output_bytes, "output_writes",
        current.output_writes, "gil_wait_count", current.gil_waits);
}


static PyObject *request_metrics(PyObject *module, PyObject *unused)
{
    const apr_time_t now = apr_time_now();
    struct rusage usage;
    PyObject *facts;
    int failed;
    int i;

    (void)module;
    (void)unused;
    if (!is_recorded)
        Py_RETURN_NONE;
    getrusage(RUSAGE_SELF, &usage);
    facts = new_period_facts(&usage, now);
    failed = !facts;
    for (i = 0; i < ALL_SERIES && !failed; i++)
        failed = put_series(facts, &current.times[i], descriptions[i].name,
                            descriptions[i].is_of_daemon && !wsgi_process_is_daemon()) < 0;
    failed = failed || put_slots(facts, "request_threads_completed", read_completed) < 0 ||
             put_slots(facts, "request_threads_buckets", read_completed) < 0 ||
             put_slots(facts, "request_threads_busy_time", read_busy) < 0 ||
             put_slots(facts, "request_threads_cpu_time", read_cpu) < 0 ||
             put_slots(facts, "request_threads_current_elapsed", read_elapsed) < 0 ||
             put_slots(facts, "request_threads_max_duration", read_longest) < 0;
    if (failed)
        Py_CLEAR(facts);
    else
        begin_period();
    return facts;
}


/* Apache's scoreboard: what its processes and their threads do. */

static PyObject *latin1(const char *text)
{
    return PyUnicode_DecodeLatin1(text, strlen(text), NULL);
}


static PyObject *new_worker(int process, int thread)
{
    static const char signs[SERVER_NUM_STATUS] = {
        [SERVER_DEAD] = '.',           [SERVER_READY] = '_',      [SERVER_STARTING] = 'S',   [SERVER_BUSY_READ] = 'R',
        [SERVER_BUSY_WRITE] = 'W',     [SERVER_BUSY_KEEPALIVE] = 'K', [SERVER_BUSY_LOG] = 'L', [SERVER_BUSY_DNS] = 'D',
        [SERVER_CLOSING] = 'C',        [SERVER_GRACEFUL] = 'G',   [SERVER_IDLE_KILL] = 'I',
    };
    const worker_score *worker = ap_get_scoreboard_worker_from_indexes(process, thread);
    const char sign = worker->status < SERVER_NUM_STATUS ? signs[worker->status] : '?';

    return Py_BuildValue("{s:i,s:i,s:C,s:k,s:K,s:d,s:d,s:d,s:N,s:N,s:N}", "thread_num", thread, "generation",
                         (int)worker->generation, "status", sign, "access_count", worker->access_count, "bytes_served",
                         (unsigned long long)worker->bytes_served, "start_time", seconds(worker->start_time), "stop_time",
                         seconds(worker->stop_time), "last_used", seconds(worker->last_used), "client",
                         latin1(worker->client), "request", latin1(worker->request), "vhost", latin1(worker->vhost));
}


static PyObject *new_process(int process, int threads)
{
    const process_score *score = ap_get_scoreboard_process(process);
    PyObject *workers = PyList_New(0);
    int i;

    for (i = 0; workers && i < threads; i++) {
        PyObject *worker = new_worker(process, i);

        if (!worker || PyList_Append(workers, worker) < 0)
            Py_CLEAR(workers);
        Py_XDECREF(worker);
    }
    return workers ? Py_BuildValue("{s:i,s:i,s:i,s:N,s:N}", "process_num", process, "pid", (int)score->pid, "generation",
                                   (int)score->generation, "quiescing", PyBool_FromLong(score->quiescing), "workers", workers)
                   : NULL;
}


static PyObject *server_metrics(PyObject *module, PyObject *unused)
{
    const apr_time_t now = apr_time_now();
    const global_score *global;
    PyObject *processes;
    int i;

    (void)module;
    (void)unused;
    if (!wsgi_process_facts().has_server_metrics || !ap_exists_scoreboard_image())
        Py_RETURN_NONE;
    global = ap_get_scoreboard_global();
    processes = PyList_New(0);
    for (i = 0; processes && i < global->server_limit; i++) {
        PyObject *process = new_process(i, global->thread_limit);

        if (!process || PyList_Append(processes, process) < 0)
            Py_CLEAR(processes);
        Py_XDECREF(process);
    }
    if (!processes)
        return NULL;
    return Py_BuildValue("{s:i,s:i,s:i,s:d,s:d,s:L,s:N}", "server_limit", global->server_limit, "thread_limit",
                         global->thread_limit, "running_generation", (int)global->running_generation, "restart_time",
                         seconds(global->restart_time), "current_time", seconds(now), "running_time",
                         (long long)apr_time_sec(now - global->restart_time), "processes", processes);
}


int wsgi_metrics_add_functions(PyObject *module)
{
    static PyMethodDef functions[] = {
        {"start_recording_metrics", start_recording, METH_NOARGS, NULL},
        {"request_metrics", request_metrics, METH_NOARGS, NULL},
        {"process_metrics", process_metrics, METH_NOARGS, NULL},
        {"server_metrics", server_metrics, METH_NOARGS, NULL},
        {NULL, NULL, 0, NULL},
    };

    return PyModule_AddFunctions(module, functions);
}
