#include "process.h"


static int query(int what, int otherwise)
{
    int value;

    return ap_mpm_query(what, &value) == APR_SUCCESS ? value : otherwise;
}


wsgi_process wsgi_process_facts(void)
{
    wsgi_process facts;

    facts.is_only_process = ap_exists_config_define("DEBUG") || ap_exists_config_define("ONE_PROCESS");
    facts.maximum_processes =
        facts.is_only_process || query(AP_MPMQ_IS_FORKED, AP_MPMQ_NOT_SUPPORTED) == AP_MPMQ_NOT_SUPPORTED
            ? 1
            : query(AP_MPMQ_MAX_DAEMONS, 1);
    facts.threads_per_process =
        query(AP_MPMQ_IS_THREADED, AP_MPMQ_NOT_SUPPORTED) == AP_MPMQ_NOT_SUPPORTED ? 1 : query(AP_MPMQ_MAX_THREADS, 1);
    if (facts.threads_per_process < 1)
        facts.threads_per_process = 1;
    facts.is_multithread = facts.threads_per_process > 1;
    facts.is_multiprocess = facts.maximum_processes > 1;
    return facts;
}
