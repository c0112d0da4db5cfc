"""The kernel that a review runs in: this very Python, apart from the user's own Jupyter settings."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

__all__ = ["ReviewKernelManager"]

LONGEST_SOCKET = 95
"""Bytes that the path of a local socket may have; systems allow 104 to 108, and ten are for the channel's number."""

_SINGLE_THREADED = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class ReviewKernelManager(AsyncKernelManager):
    """Starts one kernel for one notebook run, the same way on every machine.

    A kernel spec of the user's may point at another Python, a start-up file may change results, and TCP ports collide when
    runs go side by side. So the command is fixed to this interpreter, IPython's folder is empty and temporary, and the kernel
    listens on local sockets where the system has them.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._folder = tempfile.TemporaryDirectory(prefix="rca-", ignore_cleanup_errors=True)
        self._kernel_spec = KernelSpec(
            argv=[
                sys.executable,
                "-m",
                "ipykernel_launcher",
                "-f",
                "{connection_file}",
                "--HistoryManager.enabled=False",
            ],
            display_name="Python 3",
            language="python",
        )
        self.connection_file = str(Path(self._folder.name) / "kernel.json")
        socket = str(Path(self._folder.name) / "kernel")
        if os.name == "posix" and len(os.fsencode(socket)) <= LONGEST_SOCKET:
            self.transport = "ipc"
            self.ip = socket

    async def _async_pre_start_kernel(self, **options: Any) -> Any:
        environment = dict(options.pop("env", None) or os.environ)
        environment |= dict.fromkeys(_SINGLE_THREADED, "1") | {"IPYTHONDIR": self._folder.name, "PYTHONHASHSEED": "0"}
        return await super()._async_pre_start_kernel(env=environment, **options)

    pre_start_kernel = _async_pre_start_kernel

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        await super()._async_cleanup_resources(restart)
        if not restart:
            self._folder.cleanup()

    cleanup_resources = _async_cleanup_resources
