using System.Buffers;
using OrleansMail.Smtp.Replies;

namespace OrleansMail.Smtp.Data;

/// <summary>
/// A message that comes in chunks (RFC 3030 §2): what stays open between one BDAT and the next. It keeps nothing of the content but its
/// first octets, at most <see cref="FirstLine.Window"/>, until they tell whether the message begins with a header.
/// </summary>
/// <param name="transaction">Its transaction.</param>
/// <param name="sinks">Where the content goes.</param>
/// <param name="limit">Octets of content at most.</param>
internal sealed class ChunkedMessage(SmtpTransaction transaction, SinkGroup sinks, long limit)
{
    private static readonly ReadOnlySequence<byte> EmptyLine = new("\r\n"u8.ToArray());

    private BareNewlineScanner _newlines;
    private byte[]? _held;
    private int _heldLength;
    private bool _begun;
    private long _declared;

    /// <summary>Where the content goes.</summary>
    public SinkGroup Sinks => sinks;

    /// <summary>Takes the declaration of a chunk; one that would pass the limit makes the message fail, whatever of it will come.</summary>
    public async ValueTask DeclareAsync(long octets)
    {
        if (octets > limit - _declared)
            await sinks.FailAsync(StandardReplies.TooLarge);
        else
            _declared += octets;
    }

    /// <summary>Gives the next octets to the sinks; once the message has failed they are discarded.</summary>
    public async ValueTask WriteAsync(ReadOnlySequence<byte> content, CancellationToken cancellationToken)
    {
        if (sinks.Failure is not null)
            return;
        _newlines.Append(content);
        if (!_begun)
        {
            content = Hold(content);
            var kind = FirstLine.Judge(_held.AsSpan(0, _heldLength));
            if (kind == FirstLineKind.Undecided)
                return;
            await BeginAsync(kind, cancellationToken);
        }

        if (!content.IsEmpty)
            await sinks.WriteAsync(content, cancellationToken);
    }

    /// <summary>The last chunk was read: the sinks have the whole content and can be completed, unless the message has failed.</summary>
    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        if (!_begun)
            await BeginAsync(_heldLength == 0 ? FirstLineKind.Proper : FirstLineKind.Text, cancellationToken); // a line that nothing ends is no header
        transaction.HasBareNewlines = _newlines.HasFound;
    }

    // Returns what does not fit into the window.
    private ReadOnlySequence<byte> Hold(ReadOnlySequence<byte> content)
    {
        _held ??= new byte[FirstLine.Window];
        var taken = (int)Math.Min(content.Length, _held.Length - _heldLength);
        content.Slice(0, taken).CopyTo(_held.AsSpan(_heldLength));
        _heldLength += taken;
        return content.Slice(taken);
    }

    private async ValueTask BeginAsync(FirstLineKind kind, CancellationToken cancellationToken)
    {
        _begun = true;
        transaction.LacksHeader = kind == FirstLineKind.Text;
        if (transaction.LacksHeader)
            await sinks.WriteAsync(EmptyLine, cancellationToken);
        if (_heldLength > 0)
            await sinks.WriteAsync(new(_held!, 0, _heldLength), cancellationToken);
        _held = null;
    }
}
