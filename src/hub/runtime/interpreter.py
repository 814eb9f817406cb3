"""How the interpreter of a worker is set: loops make many short-lived objects, beside threads that wait."""

import gc
import sys

SWITCH_S = 0.0005
"""How long a thread of a worker keeps the interpreter while another waits for it.

Delivery waits often and shortly; at Python's 5 ms it did a tenth of its orders while the core was busy.
"""

YOUNG = 1_000_000
"""Objects made before the collector looks for cycles among them.

A batch makes some hundred thousand, and nearly all go with it, without any collector. At Python's 700 it
looked hundreds of times a batch and doubled the time of a record; at 100,000 it still cost a quarter.
"""


def set_interpreter() -> None:
    """Set this process to run a worker, once all its modules are loaded."""
    sys.setswitchinterval(SWITCH_S)
    gc.set_threshold(YOUNG, 20, 50)
    gc.freeze()  # modules and settings stay for good: no later look needs to pass over them
