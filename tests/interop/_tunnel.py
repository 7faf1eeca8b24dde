"""TLS for programs that have none: a port of this machine, handed on to another one."""

import asyncio
import contextlib
import threading


async def _pump(reader, writer):
    with contextlib.suppress(OSError):
        while received := await reader.read(1 << 16):
            writer.write(received)
            await writer.drain()
    writer.close()


class _Tunnel:
    def __init__(self, to, accepting, connecting):
        self.to, self.accepting, self.connecting = to, accepting, connecting
        self.open = threading.Event()
        self.thread = threading.Thread(target=asyncio.run, args=(self.serve(),), daemon=True)

    async def serve(self):
        server = await asyncio.start_server(self.hand_on, "127.0.0.1", 0, ssl=self.accepting)
        self.port = server.sockets[0].getsockname()[1]
        self.loop, self.over = asyncio.get_running_loop(), asyncio.Event()
        self.open.set()
        async with server:
            await self.over.wait()

    async def hand_on(self, reader, writer):
        try:
            onward = await asyncio.open_connection("127.0.0.1", self.to, ssl=self.connecting)
        except OSError:
            writer.close()
            return
        # The tunnel may end before the connection has.
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(_pump(reader, onward[1]), _pump(onward[0], writer))


@contextlib.contextmanager
def tunnel(to, accepting=None, connecting=None):
    """Its port. The contexts say on which side there is TLS."""
    between = _Tunnel(to, accepting, connecting)
    between.thread.start()
    between.open.wait()
    try:
        yield between.port
    finally:
        between.loop.call_soon_threadsafe(between.over.set)
        between.thread.join()
