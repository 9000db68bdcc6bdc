using System.IO.Pipelines;
using OrleansMail.Smtp.Replies;
using OrleansMail.Smtp.Tls;

namespace OrleansMail.Smtp.Sessions;

/// <summary>
/// The two pipes of a session and its waits on them. Replies gather in the pipe's own memory and leave in one flush before the next
/// read; the timer runs only here; a broken connection is an outcome, never an exception.
/// </summary>
internal sealed class SessionChannel(IDuplexPipe transport, SessionTimer timer, int maxLine)
{
    // The pipe takes any amount unflushed; a batch of this size leaves early so that a peer that never reads cannot make it grow.
    private const int FlushAt = 16 * 1024;

    private PipeWriter _writer = transport.Output;
    private TlsTransport? _tls;
    private int _pending;
    private volatile bool _flushing;
    private volatile bool _givenUp;
    private bool _unsent;
    private bool _unseen;

    public SmtpLineReader Input { get; } = new(transport.Input, maxLine);

    /// <summary>Whether so many replies wait that they must leave now.</summary>
    public bool IsFull => _pending >= FlushAt;

    /// <summary>Why the connection was lost; null while it was not.</summary>
    public Exception? Loss { get; private set; }

    /// <summary>Why the TLS handshake failed; null when none did.</summary>
    public Exception? HandshakeFailure { get; private set; }

    /// <summary>The TLS parameters; null in plaintext.</summary>
    public SmtpTlsInfo? Tls => _tls?.Info;

    /// <summary>Writes a reply without flushing.</summary>
    public void Write(SmtpReply reply) => _pending += ReplyWriter.Write(_writer, reply);

    /// <summary>The reply written next (or just now) is one whose arrival is to be known.</summary>
    public void ExpectSeen() => _unsent = true;

    /// <summary>Whether the peer has sent something that was not yet received when that reply left; true once.</summary>
    public bool TakeSeen()
    {
        if (!_unseen || !Input.HasPassedMark)
            return false;
        _unseen = false;
        return true;
    }

    /// <summary>Sends the replies, then waits for more input.</summary>
    public async ValueTask<ReadOutcome> FillAsync()
    {
        if (_pending > 0 && !await FlushAsync())
            return ReadOutcome.Ended;
        timer.Arm();
        try
        {
            var outcome = await Input.ReadAsync();
            return outcome == ReadOutcome.LookUp && timer.IsDue() ? ReadOutcome.Expired : outcome;
        }
        catch (Exception e)
        {
            Loss = e;
            return ReadOutcome.Ended;
        }
        finally
        {
            timer.Rest();
        }
    }

    /// <summary>Sends the replies; a peer that does not take them within the running limit is given up.</summary>
    /// <returns>False when they can't be sent.</returns>
    public async ValueTask<bool> FlushAsync()
    {
        if (Loss is not null)
            return false;
        try
        {
            if (_unsent)
            {
                _unsent = false;
                _unseen = true;
                Input.Mark();
            }

            _pending = 0;
            return await FinishAsync();
        }
        catch (Exception e)
        {
            Loss = e;
            return false;
        }
    }

    /// <summary>Ends a wait, or the next one.</summary>
    public void LookUp()
    {
        Input.LookUp();
        if (_flushing)
            transport.Output.CancelPendingFlush();
    }

    /// <summary>As <see cref="LookUp"/>; from now on nothing waits for a peer that takes no replies.</summary>
    public void GiveUp()
    {
        _givenUp = true;
        LookUp();
    }

    /// <summary>Sends the replies and does the server's side of a handshake; afterwards both pipes carry TLS. What was not taken of the input belongs to it.</summary>
    /// <returns>Data when it succeeded; else nothing more can be said to the peer, and <see cref="HandshakeFailure"/> says why.</returns>
    public async ValueTask<ReadOutcome> StartTlsAsync(TlsHandshake handshake)
    {
        if (_pending > 0 && !await FlushAsync())
            return ReadOutcome.Ended;
        Input.Release();
        timer.Arm();
        _flushing = true;
        try
        {
            _tls = await handshake.RunAsync(transport, () => _givenUp || timer.IsDue());
            Input.Switch(_tls.Input);
            _writer = _tls.Output;
            return ReadOutcome.Data;
        }
        catch (Exception e)
        {
            HandshakeFailure = e;
            return timer.IsDue() ? ReadOutcome.Expired : ReadOutcome.Ended;
        }
        finally
        {
            _flushing = false;
            timer.Rest();
        }
    }

    /// <summary>Sends the last replies and, under TLS, a close_notify.</summary>
    /// <returns>False when they can't be sent.</returns>
    public ValueTask<bool> EndAsync()
    {
        _tls?.Output.End();
        return FlushAsync();
    }

    /// <summary>Gives both pipes back.</summary>
    public async ValueTask CompleteAsync()
    {
        await _writer.CompleteAsync();
        await Input.CompleteAsync();
        _tls?.Dispose();
    }

    private async ValueTask<bool> FinishAsync()
    {
        timer.Arm();
        _flushing = true;
        try
        {
            while ((await _writer.FlushAsync()).IsCanceled)
            {
                if (!_givenUp && !timer.IsDue())
                    continue;
                Loss = new TimeoutException("The peer takes no replies.");
                return false;
            }

            return true;
        }
        finally
        {
            _flushing = false;
            timer.Rest();
        }
    }
}
