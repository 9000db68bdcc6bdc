using OrleansMail.Contracts;
using OrleansMail.Storage.Domains;
using OrleansMail.Storage.Packs;

namespace OrleansMail.Storage.Verification;

/// <summary>Makes a domain's head, its rows and its damaged packs anew, out of what is sound in its packs.</summary>
internal sealed class DomainRepairer(VerificationContext context, DomainFolder folder, LoggedDomain? logged, int generation, DamagedFiles damaged)
{
    /// <summary>Repairs the domain. Everything that the new head refers to exists before it; what it replaces is kept.</summary>
    public async Task RepairAsync(CancellationToken cancellationToken)
    {
        var files = await DomainFiles.ListAsync(context.Store, folder, cancellationToken);
        var stored = await context.Store.ReadValueAsync(folder.Head, cancellationToken);
        var old = HeadSalvage.TryRead(stored, folder);
        var chosen = await ChooseAsync(files, old, cancellationToken);
        if ((old?.Domain ?? chosen.FirstOrDefault()?.Pack.Trailer!.DomainKey ?? logged?.Key) is not { } domain)
        {
            damaged.Note(folder.Head, "not repaired: no pack can be read");
            return;
        }

        var epoch = Math.Max(old?.Epoch ?? 0, chosen.Select(static c => PackChoice.EpochOf(c.Pack.Name)).DefaultIfEmpty(0u).Max());
        var packs = await WriteAsync(chosen, new PackRewriter(context, domain, epoch), cancellationToken);
        var basis = (old ?? DomainHead.Empty(domain, generation)) with { Epoch = epoch, Applied = old?.Applied ?? AppliedBy(chosen) };
        var (head, tally) = await TallyAsync(basis, packs, cancellationToken);
        if (tally is null)
        {
            damaged.Note(folder.Head, "the packs do not follow each other: all are written anew");
            packs = await WriteTogetherAsync(chosen, new PackRewriter(context, domain, epoch), cancellationToken);
            (head, tally) = await TallyAsync(basis, packs, cancellationToken);
        }

        if (tally is null)
            damaged.Note(folder.Head, "not repaired: the sequences of its packs do not rise");
        else
            await WriteHeadAsync(stored, old, head, await RowsAsync(old, files, tally, cancellationToken), cancellationToken);
    }

    private async ValueTask<List<ChosenPack>> ChooseAsync(DomainFiles files, DomainHead? old, CancellationToken cancellationToken)
    {
        var packs = new List<SalvagedPack>();
        var byPath = files.Packs.ToDictionary(static p => p.Path, StringComparer.Ordinal);
        var wanted = old is null ? files.Packs : [.. old.Packs.Select(p => byPath.GetValueOrDefault(p.PathIn(old.Domain)) ?? Missing(p.PathIn(old.Domain), p.Entries)).OfType<StoredItem>()];
        foreach (var item in wanted)
        {
            var pack = await SalvagedPack.ReadAsync(context, item, cancellationToken);
            if (!pack.IsSound)
                await damaged.KeepAsync(item.Path, cancellationToken);
            if (pack.Trailer is null)
                damaged.Note(item.Path, "nothing of it can be read");
            else
                packs.Add(pack);
            if (pack.Lost > 0)
                damaged.Note(item.Path, $"{pack.Lost} entries can't be read and are lost");
            foreach (var loss in pack.Losses)
                damaged.Note(item.Path, loss);
        }

        if (old is null)
            return PackChoice.Choose(packs, damaged);
        var refs = old.Packs.ToDictionary(static p => p.Name, StringComparer.Ordinal);
        return [.. packs.Select(p => new ChosenPack(p, Within(refs[p.Name].Dead, p.Trailer!.Entries), refs[p.Name].DeadSince))];
    }

    private StoredItem? Missing(string path, uint entries)
    {
        damaged.Note(path, $"missing: its {entries} entries are lost");
        return null;
    }

    private static EntrySet Within(EntrySet dead, uint entries) => EntrySet.Of(dead.Ranges.Select(r => (r.From, Math.Min(r.To, entries))));

    private async ValueTask<List<PackRef>> WriteAsync(List<ChosenPack> chosen, PackRewriter rewriter, CancellationToken cancellationToken)
    {
        var packs = new List<PackRef>();
        foreach (var one in chosen)
        {
            if (one.IsKept)
            {
                packs.Add(one.Pack.Describe(0, one.Dead) with { DeadSince = one.DeadSince });
                continue;
            }

            var trailer = one.Pack.Trailer!;
            packs.AddRange(await rewriter.WriteAsync(one.Rest(), (trailer.FirstRecord, trailer.LastRecord), one.DeadSince, cancellationToken));
            damaged.Note(one.Pack.Path, "what is sound and in no other pack is written anew");
        }

        return packs;
    }

    private static async ValueTask<List<PackRef>> WriteTogetherAsync(List<ChosenPack> chosen, PackRewriter rewriter, CancellationToken cancellationToken)
    {
        if (chosen.Count == 0)
            return [];
        var covered = (chosen.Min(static c => c.Pack.Trailer!.FirstRecord), chosen.Max(static c => c.Pack.Trailer!.LastRecord));
        var records = chosen.SelectMany(static c => c.Rest()).OrderBy(static r => r.Record.Header.Sequence).ToList();
        return await rewriter.WriteAsync(records, covered, chosen.Max(static c => c.DeadSince), cancellationToken);
    }

    // In which log record the packs end. Numbers begin anew with each generation: then the logs tell which of their records are in packs.
    private long AppliedBy(List<ChosenPack> chosen)
    {
        if (generation == 1)
            return chosen.Select(static c => c.Pack.Trailer!.LastRecord).DefaultIfEmpty(0).Max();
        var last = chosen.SelectMany(static c => c.Pack.Records).SelectMany(static r => r.Entries.Select(e => (r.Summary.Mailboxes[e.Place].Incarnation, e.Sequence)))
            .GroupBy(static e => e.Incarnation).ToDictionary(static g => g.Key, static g => g.Max(static e => e.Sequence));
        return logged?.Mailboxes.SelectMany(m => m.Value.Where(l => l.Sequence <= last.GetValueOrDefault(m.Key))).Select(static l => l.Number).DefaultIfEmpty(0).Max() ?? 0;
    }

    private async ValueTask<(DomainHead Head, DomainTally? Tally)> TallyAsync(DomainHead basis, List<PackRef> packs, CancellationToken cancellationToken)
    {
        List<PackRef> numbered = [.. packs.Select(static (p, i) => p with { Number = (uint)i + 1 })];
        var head = basis with { Packs = numbered, NextPack = Math.Max(basis.NextPack, (uint)packs.Count + 1), Rows = [], Pages = [] };
        var (report, tally) = (new VerificationReport(), new DomainTally());
        foreach (var pack in numbered)
            await new PackVerifier(context, report, head, pack, tally).VerifyAsync(cancellationToken);
        return (head, report.Mismatches.Any(static m => m.Kind == MismatchKinds.Sequence) ? null : tally);
    }

    // What was ever given to a message is not given again: rows that can still be read say more than the packs do.
    private async ValueTask<Dictionary<Incarnation, MailboxRow?>> RowsAsync(DomainHead? old, DomainFiles files, DomainTally tally, CancellationToken cancellationToken)
    {
        var (before, isWhole) = await HeadSalvage.ReadRowsAsync(context.Store, old, files, damaged, cancellationToken);
        var rows = new Dictionary<Incarnation, MailboxRow?>();
        foreach (var (mailbox, own) in tally.Mailboxes)
        {
            if (own.Messages > 0 || !isWhole || before.ContainsKey(mailbox))
                rows[mailbox] = new MailboxRow(mailbox, own.LastSequence, own.Messages, own.Bytes, own.Latest, own.Runs);
        }

        foreach (var (mailbox, row) in before)
        {
            if (rows.TryGetValue(mailbox, out var made) && made is not null)
                rows[mailbox] = made with { LastSequence = Math.Max(made.LastSequence, row.LastSequence), LastMessageAt = Math.Max(made.LastMessageAt, row.LastMessageAt) };
            else if (old is not null)
                rows[mailbox] = row with { Messages = 0, Bytes = 0, Runs = [] };
        }

        return rows;
    }

    private async ValueTask WriteHeadAsync(
        StoredValue? stored, DomainHead? old, DomainHead head, Dictionary<Incarnation, MailboxRow?> rows, CancellationToken cancellationToken)
    {
        using var cache = new PackBlockCache(0);
        head = await new MailboxPages(context.Store, cache).ReplaceAsync(head, rows, cancellationToken);
        head = head with { Messages = rows.Values.Sum(static r => r!.Messages), Bytes = rows.Values.Sum(static r => r!.Bytes) };
        await damaged.KeepAsync(folder.Head, cancellationToken);
        if (await new HeadStore(context.Store, generation).WriteAsync(new StoredHead(head, stored?.ETag), head, cancellationToken) is null)
            damaged.Note(folder.Head, "not repaired: a server wrote it meanwhile");
        else
            damaged.Note(folder.Head, old is null
                ? "made anew from the packs: messages that were deleted and still in packs are there again"
                : "made anew from its packs; what is deleted stays so");
    }
}
