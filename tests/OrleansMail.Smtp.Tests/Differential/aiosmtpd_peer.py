"""A receiver on aiosmtpd, with the handler that the transcripts ask for.

usage: aiosmtpd_peer.py SPOOL; prints the port it listens on (loopback), ends when its input does.
Each copy is a file of SPOOL, named by its number, written before the reply.
"""
import asyncio
import itertools
import logging
import os
import sys

from aiosmtpd.smtp import SMTP


class Handler:
    numbers = itertools.count(1)

    async def handle_RCPT(self, server, session, envelope, address, options):
        local, _, domain = address.lower().rpartition("@")
        local, domain = (local, domain) if local else (domain, "")
        if domain in ("example.test", "") and (local.strip('"').startswith("ok") or local == "postmaster"):
            envelope.rcpt_tos.append(address)
            return "250 2.1.5 Ok"
        return "550 5.1.1 No such mailbox here"

    async def handle_DATA(self, server, session, envelope):
        for _ in envelope.rcpt_tos:
            path = os.path.join(sys.argv[1], str(next(self.numbers)))
            with open(path + ".part", "wb") as file:
                file.write(envelope.content)
            os.rename(path + ".part", path)
        return "250 2.0.0 Ok"


async def main():
    loop = asyncio.get_running_loop()

    def session():
        return SMTP(Handler(), hostname="mx.example.test", enable_SMTPUTF8=True, data_size_limit=157286400, loop=loop)

    server = await loop.create_server(session, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.buffer.read)
    os._exit(0)  # sessions in progress are not waited for


logging.disable(logging.WARNING)  # it tells of each command it does not know
asyncio.run(main())
