using System.Globalization;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Partitions;

/// <summary>Where a partition's files are: <c>wal/p{number}/</c>, and <c>wal/g{generation}/p{number}/</c> once the number of partitions was changed.</summary>
internal static class PartitionFolder
{
    /// <summary>What the folders of all partitions are in.</summary>
    public const string Root = "wal/";

    private const string CarriedExtension = ".carry";
    private const string RepeatsExtension = ".repeats";

    /// <summary>The folder of a partition of the first generation, with a slash at the end.</summary>
    public static string Of(int number) => Of(1, number);

    /// <summary>The folder of a partition, with a slash at the end.</summary>
    public static string Of(int generation, int number) => generation <= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{Root}p{number:000}/")
        : string.Create(CultureInfo.InvariantCulture, $"{Root}g{generation}/p{number:000}/");

    /// <summary>The generation of the partition that a path is in; null when it is in none.</summary>
    public static int? GenerationOf(string path) => path.Split('/') switch
    {
        ["wal", ['p', ..], _] => 1,
        ["wal", ['g', .. var generation], ['p', ..], _] when int.TryParse(generation, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    /// <summary>A new name for records that are carried over from logs.</summary>
    /// <param name="last">The last log record of the logs they are from.</param>
    /// <param name="epoch">The owner's.</param>
    public static string CreateCarriedName(long last, uint epoch)
    {
        var nonce = BitConverter.ToUInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8));
        return string.Create(CultureInfo.InvariantCulture, $"{last:0000000000}-{epoch:x8}-{nonce:x16}{CarriedExtension}");
    }

    /// <summary>A carried file's salt.</summary>
    /// <exception cref="StoreUnavailableException">It is none.</exception>
    public static ulong NonceOf(string carried) =>
        TryParseCarried(carried, out var nonce) ? nonce : throw new StoreUnavailableException($"'{carried}' is no file of carried records.");

    /// <summary>Whether a path names a log or records carried over from one: a payload in it has its checksum in front.</summary>
    public static bool IsLog(string path) => LogName.TryParsePath(path, out _) || TryParseCarried(path[(path.LastIndexOf('/') + 1)..], out _);

    /// <summary>Whether a file name is one of carried records.</summary>
    public static bool IsCarried(string name) => TryParseCarried(name, out _);

    /// <summary>Whether a file name is one of repeats.</summary>
    public static bool IsRepeats(string name) => name.EndsWith(RepeatsExtension, StringComparison.Ordinal);

    /// <summary>A new name for the records that still answer repeats.</summary>
    public static string CreateRepeatsName() => Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8)) + RepeatsExtension;

    private static bool TryParseCarried(string name, out ulong nonce)
    {
        nonce = 0;
        if (!name.EndsWith(CarriedExtension, StringComparison.Ordinal))
            return false;
        var parts = name[..^CarriedExtension.Length].Split('-');
        return parts.Length == 3 && ulong.TryParse(parts[2], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out nonce);
    }
}
