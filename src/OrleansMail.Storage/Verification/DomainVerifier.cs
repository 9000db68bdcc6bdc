using OrleansMail.Storage.Domains;

namespace OrleansMail.Storage.Verification;

/// <summary>Checks all that a domain has in packs, against its head and against the logs.</summary>
internal sealed class DomainVerifier(VerificationContext context, DomainFolder folder, LoggedDomain? logged, int generation)
{
    /// <summary>Checks the domain; again when its head has changed meanwhile.</summary>
    public async Task VerifyAsync(VerificationReport total, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var report = new VerificationReport();
            var files = await DomainFiles.ListAsync(context.Store, folder, cancellationToken);
            var stored = await context.ReadValueAsync(report, folder.Head, cancellationToken);
            await VerifyAsync(stored, files, report, cancellationToken);
            if (report.IsSound || attempt == VerificationContext.MaxAttempts || !await HasChangedAsync(stored, cancellationToken))
            {
                await DamagedFiles.CountAsync(context, folder.Prefix, report, cancellationToken);
                total.Add(report);
                return;
            }
        }
    }

    private async ValueTask<bool> HasChangedAsync(StoredValue? before, CancellationToken cancellationToken) =>
        (await context.Store.ReadValueAsync(folder.Head, cancellationToken))?.ETag != before?.ETag;

    private async Task VerifyAsync(StoredValue? stored, DomainFiles files, VerificationReport report, CancellationToken cancellationToken)
    {
        var tally = new DomainTally();
        if (stored is null)
        {
            await VerifyWithoutHeadAsync(files, report, cancellationToken);
            await new ObjectVerifier(context, report, folder).VerifyAsync(tally, logged, 0, cancellationToken);
            return;
        }

        report.Counts.Domains++;
        if (TryDecode(stored, report) is not { } head)
            return; // what it refers to is not known, so nothing can be called an orphan
        foreach (var pack in head.Packs)
            await new PackVerifier(context, report, head, pack, tally).VerifyAsync(cancellationToken);
        await new RowVerifier(context, report, head, tally).VerifyAsync(logged, head.AppliedOf(generation), cancellationToken);
        FindOrphans(head, files, report);
        if (tally.Unread.Count == 0)
            await new ObjectVerifier(context, report, folder).VerifyAsync(tally, logged, head.AppliedOf(generation), cancellationToken);
    }

    private DomainHead? TryDecode(StoredValue stored, VerificationReport report)
    {
        try
        {
            var head = HeadCodec.Decode(stored.Value.Span, folder.Head);
            if ((head.Domain.Tenant, head.Domain.Domain) == (folder.Tenant, folder.Domain) && (logged is null || logged.Key == head.Domain))
                return head;
            report.Add(MismatchKinds.Head, folder.Head, "It is another domain's.");
        }
        catch (HeadDamagedException exception)
        {
            report.Add(MismatchKinds.Head, folder.Head, exception.Message);
        }

        return null;
    }

    // The first packs of a domain exist before its head does. The logs have what is in them until it is written.
    private async ValueTask VerifyWithoutHeadAsync(DomainFiles files, VerificationReport report, CancellationToken cancellationToken)
    {
        foreach (var pack in files.Packs)
        {
            var directory = await PackFile.TryReadDirectoryAsync(context.Store, pack, cancellationToken);
            if (directory is not null && directory.All(m => logged is not null && logged.Mailboxes.TryGetValue(m.Mailbox, out var messages) && messages.Exists(l => l.Sequence == m.FirstSequence)))
            {
                report.AddOrphan("pack", pack, context.Time.GetUtcNow());
                continue;
            }

            report.Add(MismatchKinds.HeadMissing, folder.Head, $"There are {files.Packs.Count} packs, but no head that names them.");
            return;
        }

        foreach (var page in files.Pages)
            report.AddOrphan("page", page, context.Time.GetUtcNow());
    }

    private void FindOrphans(DomainHead head, DomainFiles files, VerificationReport report)
    {
        var packs = head.Packs.Select(p => p.PathIn(head.Domain)).ToHashSet(StringComparer.Ordinal);
        var pages = head.Pages.Select(p => DomainPaths.Page(head.Domain, p.Name)).ToHashSet(StringComparer.Ordinal);
        foreach (var pack in files.Packs.Where(p => !packs.Contains(p.Path)))
            report.AddOrphan("pack", pack, context.Time.GetUtcNow());
        foreach (var page in files.Pages.Where(p => !pages.Contains(p.Path)))
            report.AddOrphan("page", page, context.Time.GetUtcNow());
    }
}
