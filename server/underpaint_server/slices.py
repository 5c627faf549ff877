"""Short time slices: Linux gives a thread of ours that wakes a processor sooner.

With fewer processors than threads at work, the event loop waits behind our own image and file
threads for as long as the scheduler lets each of them run, 3 to 4 milliseconds by default. Since
Linux 6.12 a thread may say by itself which slice it wants (`sched_setattr(2)`, EEVDF); its share of
the processors stays the same. Older kernels and other systems know no such wish.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys

SLICE_NANOSECONDS = 500_000

_CALL_NUMBERS = {"x86_64": 314, "aarch64": 274, "riscv64": 274}  # sched_setattr
# struct sched_attr: size, policy, flags, nice, priority, runtime, deadline, period.
_ATTRIBUTES = "=IIQiIQQQ"
_THIS_THREAD = 0


def ask_for_short_slices() -> bool:
    """Ask for this thread, and for those that it starts from here on; tell whether it was heard.

    Policy and niceness stay what the operator made them; under another policy than the ordinary
    one nothing is asked.
    """
    if sys.platform != "linux" or sys.maxsize < 2**32:
        return False
    number = _CALL_NUMBERS.get(platform.machine())
    policy = os.sched_getscheduler(_THIS_THREAD)
    if number is None or policy != os.SCHED_OTHER:
        return False
    nice = os.getpriority(os.PRIO_PROCESS, _THIS_THREAD)
    size = struct.calcsize(_ATTRIBUTES)
    attributes = struct.pack(_ATTRIBUTES, size, policy, 0, nice, 0, SLICE_NANOSECONDS, 0, 0)
    call = ctypes.CDLL(None).syscall
    answer: int = call(number, _THIS_THREAD, ctypes.c_char_p(attributes), 0)
    return answer == 0
