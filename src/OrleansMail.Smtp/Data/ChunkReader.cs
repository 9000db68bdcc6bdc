namespace OrleansMail.Smtp.Data;

/// <summary>Carries the octets of one chunk (RFC 3030 §2) from the session's input to its message, as they come: no chunk is ever held, whatever size it declares.</summary>
internal static class ChunkReader
{
    /// <summary>Reads to the end of the chunk.</summary>
    /// <param name="session">The session.</param>
    /// <param name="octets">The chunk's size.</param>
    /// <param name="message">Takes the octets; null discards them, so that the commands behind them are found.</param>
    /// <param name="cancellationToken">Cancelled when the server ends its sessions.</param>
    /// <returns>False when the session ended before; the message is aborted with its transaction.</returns>
    public static async ValueTask<bool> ReadAsync(SmtpSession session, long octets, ChunkedMessage? message, CancellationToken cancellationToken)
    {
        while (octets > 0)
        {
            var piece = session.Input.Buffer;
            if (piece.IsEmpty)
            {
                if (!await session.FillDataAsync())
                    return false;
                continue;
            }

            if (piece.Length > octets)
                piece = piece.Slice(0, octets);
            if (message is not null)
                await message.WriteAsync(piece, cancellationToken);
            octets -= piece.Length;
            session.Input.Consume(piece.End);
        }

        return true;
    }
}
