namespace OrleansMail.Testing.Stores;

/// <summary>The content of a value, object or log, and the append that has not completed yet. Its store's lock guards it.</summary>
internal sealed class MemoryEntry(byte[] content, bool isLog, string etag, DateTimeOffset modified)
{
    private byte[] content = content;
    private int length = content.Length;
    private int durable = content.Length;

    public string ETag { get; } = etag;

    public DateTimeOffset LastModified { get; set; } = modified;

    public bool Sealed { get; private set; }

    public bool Poisoned { get; set; }

    /// <summary>Nobody has appended since the power was cut, and the log's end is not known: the first append says where it is.</summary>
    public bool Loose { get; set; }

    public bool IsOpenLog => isLog && !Sealed;

    public long Length => length;

    public ReadOnlyMemory<byte> Content => content.AsMemory(0, length);

    /// <summary>As a folder's log after a restart: it ends wherever there are only zeros from there on.</summary>
    public void EndAt(long position)
    {
        if (position < length && content.AsSpan((int)position, length - (int)position).ContainsAnyExcept((byte)0))
            return;
        Loose = false;
        if (position > content.Length)
            Array.Resize(ref content, (int)position);
        if (position > length)
            content.AsSpan(length, (int)position - length).Clear();
        length = durable = (int)position;
    }

    public void Begin(byte[] octets)
    {
        if (length + octets.Length > content.Length)
            Array.Resize(ref content, Math.Max(content.Length * 2, length + octets.Length));
        octets.CopyTo(content, length);
        length += octets.Length;
    }

    public void Finish() => durable = length;

    /// <summary>A cancelled append never reached the store.</summary>
    public void Undo() => length = durable;

    public void Seal(long at)
    {
        Sealed = true;
        length = durable = (int)Math.Min(at, length);
    }

    public void Replace(byte[] octets)
    {
        content = octets;
        length = durable = octets.Length;
    }

    public MemoryEntry AfterPowerCut(TornWrite unfinished, bool loose)
    {
        var torn = content.AsSpan(durable, length - durable);
        byte[] left = unfinished switch
        {
            TornWrite.Prefix => torn[..(torn.Length / 2)].ToArray(),
            TornWrite.Garbage => Garbage(torn.Length),
            TornWrite.Suffix => [.. new byte[torn.Length / 2], .. torn[(torn.Length / 2)..]],
            TornWrite.Whole => torn.ToArray(),
            _ => [],
        };
        return new MemoryEntry([.. content.AsSpan(0, durable), .. left], isLog, ETag, LastModified) { Sealed = Sealed, Loose = loose && isLog };
    }

    private static byte[] Garbage(int length)
    {
        var octets = new byte[length];
        new Random(length).NextBytes(octets);
        return octets;
    }
}
