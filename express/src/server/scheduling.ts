/**
 * The shell command that lets a process, and all that it starts from then on, run in Linux's class for batch work. A thread
 * that wakes up does not interrupt another one there: the threads of a Python application hand the GIL to each other, and one that is
 * interrupted while it holds it only makes the other sleep again (https://man7.org/linux/man-pages/man7/sched.7.html,
 * SCHED_BATCH). Priorities stay as they are. Where there is no `chrt`, or it may not, or it hangs, everything runs as it would
 * have: it takes a millisecond, and gets a second.
 */
export const runAsBatch = (pid: number): string => `timeout -s KILL 1 chrt --batch --pid 0 ${pid}`;
