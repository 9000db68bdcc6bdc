using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Logs;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Storage.Demultiplexing;

/// <summary>Reads logs that have ended, and files of carried records.</summary>
internal sealed class LogFiles(IObjectStore store, CheckpointFile checkpoint)
{
    /// <summary>Tells a visitor of all records of a log.</summary>
    /// <exception cref="StoreUnavailableException">It can't be read now.</exception>
    public async Task ScanAsync(SealedLog log, ILogVisitor visitor, CancellationToken cancellationToken)
    {
        var end = checkpoint.Current.Detours.FirstOrDefault(d => d.Log == log.Name.ToString())?.End ?? long.MaxValue;
        IAppendLog file;
        try
        {
            file = await store.OpenLogAsync(log.Source.Path, cancellationToken);
        }
        catch (FileNotFoundException)
        {
            return; // lost, and reported when the partition was opened
        }

        await using (file)
        {
            using var scanner = new LogScanner(file, log.Source.Nonce, visitor);
            await scanner.ScanAsync(0, end, LogOrder.Start, cancellationToken);
        }
    }

    /// <summary>Tells a visitor of all records of a file of carried ones.</summary>
    public Task ScanAsync(LogSource carried, ILogVisitor visitor, CancellationToken cancellationToken) =>
        CarriedRecords.ScanAsync(store, carried, visitor, cancellationToken);
}
