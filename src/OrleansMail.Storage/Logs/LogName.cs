using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace OrleansMail.Storage.Logs;

/// <summary>A log's file name, <c>{ordinal:000000}-{epoch:x8}-{nonce}.log</c>.</summary>
/// <param name="Ordinal">Its place among the partition's logs, from 1.</param>
/// <param name="Epoch">Of the owner that chose the name.</param>
/// <param name="Nonce">Drawn at random: it makes the name unique and salts the checksums of the log's records.</param>
internal readonly record struct LogName(int Ordinal, uint Epoch, ulong Nonce)
{
    private const string Extension = ".log";

    /// <summary>A name that no other owner draws.</summary>
    public static LogName Create(int ordinal, uint epoch)
    {
        Span<byte> nonce = stackalloc byte[8];
        RandomNumberGenerator.Fill(nonce);
        return new LogName(ordinal, epoch, BinaryPrimitives.ReadUInt64LittleEndian(nonce));
    }

    /// <summary>Reads a file name; false when it is none of a log.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out LogName name)
    {
        name = default;
        if (text is null || !text.EndsWith(Extension, StringComparison.Ordinal))
            return false;
        var parts = text[..^Extension.Length].Split('-');
        if (parts.Length != 3
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal)
            || !uint.TryParse(parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var epoch)
            || !ulong.TryParse(parts[2], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var nonce))
            return false;
        name = new LogName(ordinal, epoch, nonce);
        return name.ToString() == text;
    }

    /// <summary>Takes the name off the end of a log's path.</summary>
    public static bool TryParsePath(string path, out LogName name) => TryParse(path[(path.LastIndexOf('/') + 1)..], out name);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Ordinal:000000}-{Epoch:x8}-{Nonce:x16}{Extension}");
}
