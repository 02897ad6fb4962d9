"""A stop of debugpy's at an exception that has been raised and caught already."""

import threading


def stop_at(debugpy, exception):
    """Stop the calling thread in the innermost frame of the exception's traceback, until the user goes on."""
    if hasattr(debugpy, "trigger_exception_handler"):
        debugpy.trigger_exception_handler(exception, False)
    else:
        _stop_at(debugpy, exception)


def _stop_at(debugpy, exception):
    """The same for debugpy before 1.8.22: those versions are all that Python 3.8 and 3.9 have."""
    from _pydevd_bundle.pydevd_constants import get_global_debugger

    debugger = get_global_debugger()
    innermost = None
    traceback = exception.__traceback__
    while traceback is not None:
        if debugger.get_file_type(traceback.tb_frame) != debugger.PYDEV_FILE:
            innermost = traceback.tb_frame
        traceback = traceback.tb_next
    if innermost is None:
        return
    thread = threading.current_thread()
    info = debugger.set_additional_thread_info(thread)
    # What is evaluated during the stop must not be traced in its turn.
    debugpy.trace_this_thread(False)
    info.is_tracing += 1
    try:
        details = (type(exception), exception, exception.__traceback__)
        debugger.do_stop_on_unhandled_exception(thread, innermost, {}, details)
    finally:
        info.is_tracing -= 1
        debugpy.trace_this_thread(True)
