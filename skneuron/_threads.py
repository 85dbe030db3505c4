"""How many threads BLAS may use during a fit."""

from threading import Lock

from skneuron._validation import threadpool_controller


class _OneThread:
    """A context in which BLAS keeps to one thread, for all threads that are in it.

    Each of several restoring what it found, the first to leave would lift the limit for
    the others and the last one leave it in place for ever.
    """

    def __init__(self):
        self._lock, self._inside, self._limit = Lock(), 0, None

    def __enter__(self):
        with self._lock:
            if not self._inside:
                self._limit = threadpool_controller().limit(limits=1, user_api="blas")
            self._inside += 1

    def __exit__(self, *_):
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._limit.restore_original_limits()


_ONE_THREAD = _OneThread()


def one_thread():
    """Return a context in which BLAS keeps to one thread.

    On small matrices the threads' rendezvous costs more than it saves (measured: 140 ms
    instead of 16 for the exclusive or, beside one busy process), and with n_jobs they
    outnumber the cores. One thread also makes fits equal to the last bit.
    """
    return _ONE_THREAD
