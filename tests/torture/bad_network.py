"""A TCP proxy that ruins connections at random places: drops them, stalls them, closes one half.

It runs in a process of its own, because some drivers hold the interpreter's lock while they wait for the server.
"""

from __future__ import annotations

import asyncio
import json
import random
import socket
import struct
import subprocess
import sys
from collections import Counter
from typing import Any

__all__ = ["KINDS", "BadNetwork"]

KINDS = ("reset", "close", "half close", "stall", "stall, then reset")


class BadNetwork:
    """A port of its own on 127.0.0.1 from which everything is passed on to a server, for a while.

    Each connection gets one fault; `mean_bytes` is how far the bytes of one direction come on average before it.

    Attributes:
        port: where it listens.
        connections: how many it had accepted at the last :meth:`heal`; `faults`: kind -> how many, the same.
    """

    def __init__(self, host: str, port: int, seed: int, mean_bytes: float = 8000.0, stall_s: float = 0.6) -> None:
        arguments = [sys.executable, __file__, host, str(port), str(seed), str(mean_bytes), str(stall_s)]
        self._process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port: int = self._hear()["port"]
        self.connections = 0
        self.faults: dict[str, int] = {}

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        said: dict[str, Any] = json.loads(self._process.stdout.readline())
        return said

    def heal(self) -> None:
        """Do no harm from now on, not even to the connections that are open."""
        assert self._process.stdin is not None
        self._process.stdin.write("heal\n")
        self._process.stdin.flush()
        said = self._hear()
        self.connections, self.faults = said["connections"], said["faults"]

    def close(self) -> None:
        """End the process, and with it what is open."""
        self._process.kill()
        self._process.communicate()


class _Fault:
    """What happens to one connection: after so many bytes in one direction."""

    def __init__(self, dice: random.Random, mean_bytes: float, longest_stall_s: float) -> None:
        self.kind = dice.choice(KINDS)
        self.towards_server = dice.random() < 0.5
        self.after_bytes = int(dice.expovariate(1 / mean_bytes))
        self.stall_s = dice.uniform(0.05, longest_stall_s)


class _Ruined(Exception):
    """Both directions of a connection are over."""


class _Proxy:
    """The work of the process."""

    def __init__(self, host: str, port: int, seed: int, mean_bytes: float, stall_s: float) -> None:
        self._target = (host, port)
        self._dice = random.Random(seed)
        self._mean_bytes, self._stall_s = mean_bytes, stall_s
        self._bad = True
        self._faults: Counter[str] = Counter()
        self._connections = 0
        self._tasks: set[Any] = set()  # nobody else holds them

    async def run(self) -> None:
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0, backlog=256)
        print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
        loop = asyncio.get_running_loop()
        while (await loop.run_in_executor(None, sys.stdin.readline)).strip() == "heal":
            self._bad = False
            print(json.dumps({"connections": self._connections, "faults": self._faults}), flush=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        self._tasks.add(asyncio.current_task())
        fault = _Fault(self._dice, self._mean_bytes, self._stall_s)
        try:
            on_reader, on_writer = await asyncio.open_connection(*self._target)
        except OSError:
            writer.close()
            return
        both = (writer, on_writer)
        directions = [
            asyncio.create_task(self._pass_on(reader, on_writer, fault if fault.towards_server else None, both)),
            asyncio.create_task(self._pass_on(on_reader, writer, None if fault.towards_server else fault, both)),
        ]
        try:
            await asyncio.gather(*directions)
        except (OSError, _Ruined):
            pass
        finally:
            for direction in directions:
                direction.cancel()
            for each in both:
                each.close()
            self._tasks.discard(asyncio.current_task())

    async def _pass_on(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        fault: _Fault | None,
        both: tuple[asyncio.StreamWriter, asyncio.StreamWriter],
    ) -> None:
        left = fault.after_bytes if fault is not None else 0
        while data := await reader.read(65536):
            if fault is not None and self._bad and len(data) > left:
                writer.write(data[:left])
                await writer.drain()
                data = data[left:]
                ruin, fault = fault, None
                self._faults[ruin.kind] += 1
                if await self._ruin(ruin, writer, both):
                    return
            elif fault is not None:
                left -= len(data)
            writer.write(data)
            await writer.drain()
        if not writer.is_closing():
            writer.write_eof()

    async def _ruin(
        self, fault: _Fault, writer: asyncio.StreamWriter, both: tuple[asyncio.StreamWriter, asyncio.StreamWriter]
    ) -> bool:
        """Do the harm; returns whether this direction has ended."""
        if fault.kind.startswith("stall"):
            await asyncio.sleep(fault.stall_s)
            if fault.kind == "stall":
                return False
        if fault.kind == "half close":
            writer.write_eof()
            return True
        if fault.kind != "close":
            for each in both:
                raw = each.get_extra_info("socket")
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                each.transport.abort()
        raise _Ruined


if __name__ == "__main__":
    host, port, seed, mean_bytes, stall_s = sys.argv[1:]
    asyncio.run(_Proxy(host, int(port), int(seed), float(mean_bytes), float(stall_s)).run())
