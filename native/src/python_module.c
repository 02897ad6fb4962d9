#include "python_module.h"

#include "events.h"
#include "metrics.h"
#include "process.h"
#include "version.h"

typedef struct {
    PyObject_HEAD
    const char *name;
} restricted_object;


static int add(PyObject *module, const char *name, PyObject *value)
{
    const int failed = !value || PyObject_SetAttrString(module, name, value) < 0;

    Py_XDECREF(value);
    return failed ? -1 : 0;
}


static PyObject *new_latin1(const char *text)
{
    return PyUnicode_DecodeLatin1(text, strlen(text), NULL);
}


static int add_process_facts(PyObject *module)
{
    const wsgi_process facts = wsgi_process_facts();

    if (add(module, "maximum_processes", PyLong_FromLong(facts.maximum_processes)) < 0)
        return -1;
    return add(module, "threads_per_process", PyLong_FromLong(facts.threads_per_process));
}


/* A package, so that what an installed distribution of the same name holds can be imported from it. */
static PyObject *new_module(const char *name, int is_package)
{
    PyObject *machinery = PyImport_ImportModule("importlib.machinery");
    PyObject *spec = NULL;
    PyObject *module = NULL;

    if (machinery)
        spec = PyObject_CallMethod(machinery, "ModuleSpec", "sO", name, Py_None);
    if (spec && is_package && add(spec, "submodule_search_locations", PyList_New(0)) < 0)
        Py_CLEAR(spec);
    if (spec)
        module = PyModule_New(name);
    if (module && PyObject_SetAttrString(module, "__spec__", spec) < 0)
        Py_CLEAR(module);
    if (module && PyDict_SetItemString(PyImport_GetModuleDict(), name, module) < 0)
        Py_CLEAR(module);
    Py_XDECREF(spec);
    Py_XDECREF(machinery);
    return module;
}


static int add_apache_module(void)
{
    PyObject *module = new_module("apache", 0);
    const char *description = ap_get_server_description();
    int failed;

    if (!module)
        return -1;
    failed = add(module, "version",
                 Py_BuildValue("(iii)", AP_SERVER_MAJORVERSION_NUMBER, AP_SERVER_MINORVERSION_NUMBER,
                               AP_SERVER_PATCHLEVEL_NUMBER)) < 0 ||
             add(module, "description", PyUnicode_FromString(description)) < 0 ||
             add(module, "build_date", PyUnicode_FromString(ap_get_server_built())) < 0 ||
             add(module, "mpm_name", PyUnicode_FromString(ap_show_mpm())) < 0 || add_process_facts(module) < 0;
    Py_DECREF(module);
    return failed ? -1 : 0;
}


/* Absent is the usual case. A package that cannot be looked at is no reason not to serve. */
static int adopt_package_path(const wsgi_interpreter *interpreter, PyObject *module)
{
    PyObject *find = PyDict_GetItemString(interpreter->bootstrap, "package_path");
    PyObject *path = find ? PyObject_CallFunctionObjArgs(find, NULL) : NULL;
    PyObject *spec = NULL;
    int failed = 0;

    if (!path) {
        PyErr_Clear();
        return 0;
    }
    if (path != Py_None) {
        spec = PyObject_GetAttrString(module, "__spec__");
        failed = !spec || PyObject_SetAttrString(spec, "submodule_search_locations", path) < 0 ||
                 PyObject_SetAttrString(module, "__path__", path) < 0;
    }
    Py_XDECREF(spec);
    Py_DECREF(path);
    return failed ? -1 : 0;
}


PyObject *wsgi_python_module_new(const wsgi_interpreter *interpreter)
{
    /* The search for a package of the same name must not find the module itself. */
    PyObject *module = new_module("mod_wsgi", 1);

    if (!module)
        return NULL;
    Py_INCREF(interpreter->file_wrapper_type);
    if (add(module, "version", Py_BuildValue("(iii)", WSGI_VERSION_MAJOR, WSGI_VERSION_MINOR, WSGI_VERSION_PATCH)) < 0 ||
        add(module, "process_group", new_latin1(wsgi_process_facts().process_group)) < 0 ||
        add(module, "application_group", new_latin1(interpreter->name)) < 0 ||
        wsgi_events_add_functions(interpreter, module) < 0 || wsgi_metrics_add_functions(module) < 0 ||
        add_process_facts(module) < 0 || add(module, "FileWrapper", (PyObject *)interpreter->file_wrapper_type) < 0 ||
        adopt_package_path(interpreter, module) < 0 || add_apache_module() < 0)
        Py_CLEAR(module);
    return module;
}


static PyObject *restricted_use(PyObject *self, PyObject *name)
{
    (void)name;
    PyErr_Format(PyExc_OSError, "%s access restricted by mod_wsgi", ((restricted_object *)self)->name);
    return NULL;
}


static PyType_Slot restricted_slots[] = {
    {Py_tp_getattro, restricted_use},
    {Py_tp_dealloc, wsgi_free_instance},
    {0, NULL},
};

static PyType_Spec restricted_spec = {"mod_wsgi.Restricted", sizeof(restricted_object), 0, Py_TPFLAGS_DEFAULT,
                                      restricted_slots};


PyTypeObject *wsgi_restricted_type(void)
{
    return (PyTypeObject *)PyType_FromSpec(&restricted_spec);
}


PyObject *wsgi_restricted_new(PyTypeObject *type, const char *name)
{
    restricted_object *self = (restricted_object *)type->tp_alloc(type, 0);

    if (self)
        self->name = name;
    return (PyObject *)self;
}
