#include "interrupt.h"

#include <pthread.h>

#include "interpreter.h"
#include "request.h"

typedef struct {
    wsgi_thread *thread;
    apr_time_t before;
} interruption;


/* The request that is meant, NULL if it has ended since. Call with the GIL held. */
static wsgi_request *meant(const interruption *of)
{
    wsgi_request *request = of->thread->request;

    return request && request->begun < of->before ? request : NULL;
}


/* An exception can be raised only from within the interpreter of the thread that gets it. */
static void *run(void *data)
{
    interruption *of = data;
    wsgi_interpreter *interpreter = wsgi_interpreter_find("", 1);
    wsgi_request *request;

    if (interpreter) {
        wsgi_interpreter_enter(interpreter);
        request = meant(of);
        interpreter = request ? request->interpreter : NULL;
        wsgi_interpreter_leave();
    }
    if (interpreter) {
        wsgi_interpreter_enter(interpreter);
        request = meant(of);
        if (request && request->interpreter == interpreter) {
            request->is_interrupted = 1;
            PyThreadState_SetAsyncExc(request->thread->python_id, request->interpreter->request_timeout);
        }
        wsgi_interpreter_leave();
    }
    free(of);
    return NULL;
}


void wsgi_interrupt(wsgi_thread *thread, apr_time_t before)
{
    interruption *of = malloc(sizeof(*of));
    pthread_t runner;

    if (!of)
        return;
    *of = (interruption){thread, before};
    if (pthread_create(&runner, NULL, run, of) == 0)
        pthread_detach(runner);
    else
        free(of);
}
