"""A receiver on Twisted's classic server protocol, with the delivery that the transcripts ask for.

usage: twisted_peer.py SPOOL; prints the port it listens on (loopback), ends when its input does.
Each copy is a file of SPOOL, named by its number, written before the reply.
"""
import itertools
import os
import sys

from twisted.internet import defer, protocol, reactor, stdio
from twisted.mail import smtp
from zope.interface import implementer

numbers = itertools.count(1)


@implementer(smtp.IMessage)
class Copy:
    def __init__(self):
        self.lines = []

    def lineReceived(self, line):
        self.lines.append(line)

    def eomReceived(self):
        path = os.path.join(sys.argv[1], str(next(numbers)))
        with open(path + ".part", "wb") as file:
            file.write(b"".join(line + b"\r\n" for line in self.lines))
        os.rename(path + ".part", path)
        return defer.succeed(None)

    def connectionLost(self):
        self.lines = []


@implementer(smtp.IMessageDelivery)
class Delivery:
    def receivedHeader(self, helo, origin, recipients):
        return b""

    def validateFrom(self, helo, origin):
        return origin

    def validateTo(self, user):
        local, domain = user.dest.local.lower(), user.dest.domain.lower()
        # A bare postmaster gets the server's own name.
        if domain == b"example.test" and (local.startswith(b"ok") or local == b"postmaster") or (local, domain) == (b"postmaster", b"mx.example.test"):
            return Copy
        raise smtp.SMTPBadRcpt(user)


class Factory(protocol.ServerFactory):
    def buildProtocol(self, address):
        session = smtp.ESMTP()
        session.factory = self
        session.host = "mx.example.test"
        session.delivery = Delivery()
        return session


class Input(protocol.Protocol):
    def connectionLost(self, reason):
        reactor.stop()


port = reactor.listenTCP(0, Factory(), interface="127.0.0.1")
stdio.StandardIO(Input())
os.write(1, b"%d\n" % port.getHost().port)
reactor.run()
