"""A durable receiver on aiosmtpd: one file per message, file and directory synced before the 250.

usage: aiosmtpd_sink.py FOLDER; prints the address it listens on.
"""
import asyncio
import itertools
import os
import sys

from aiosmtpd.smtp import SMTP


class DurableHandler:
    def __init__(self, folder):
        self._directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        self._numbers = itertools.count()

    async def handle_DATA(self, server, session, envelope):
        await asyncio.get_running_loop().run_in_executor(None, self.store, envelope.content)
        return "250 2.0.0 Ok"

    def store(self, content):
        name = str(next(self._numbers))
        file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=self._directory)
        try:
            os.write(file, content)
            os.fsync(file)
        finally:
            os.close(file)
        os.fsync(self._directory)


async def main(folder):
    handler = DurableHandler(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, hostname="peer.test", loop=loop), "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    print(f"  SMTP    {host}:{port}", flush=True)
    await server.serve_forever()


asyncio.run(main(sys.argv[1]))
