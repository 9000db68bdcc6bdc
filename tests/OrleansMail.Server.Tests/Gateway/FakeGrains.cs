#pragma warning disable CA2012 // what a proxy answers is boxed, and awaited once by its caller

using System.Collections.Concurrent;
using System.Reflection;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Keys;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Server.Tests.Gateway;

/// <summary>Grains as the gateway sees them: what it calls can be answered and is counted; anything else throws.</summary>
internal sealed class FakeGrains
{
    private readonly ConcurrentDictionary<string, int> calls = new();

    public FakeGrains()
    {
        Factory = DispatchProxy.Create<IGrainFactory, CallProxy>();
        ((CallProxy)(object)Factory).Answer = (method, arguments) => Grain(method.GetGenericArguments()[0], (string)arguments[0]!);
    }

    public IGrainFactory Factory { get; }

    public Func<DomainName, ValueTask<TenantId?>> Owner { get; set; } = static domain => new(domain.Value.EndsWith(".test", StringComparison.Ordinal) ? TenantId.Parse("acme") : null);

    public Func<string, ValueTask<TenantKey?>> Key { get; set; } = static _ => default;

    public Func<DomainName, LocalPart, ValueTask<Resolution>> Resolve { get; set; } = static (domain, localPart) => new(Accepted(Mailbox(domain.Value, localPart.Value)));

    public Func<DomainName, MessageSubmission, ValueTask<RecordReceipt>> Record { get; set; } =
        static (_, submission) => new(new RecordReceipt(RecordOutcome.Recorded, new MessageId(submission.Id, 1, 0)));

    public ConcurrentQueue<(DomainName Domain, MessageSubmission Submission)> Recorded { get; } = new();

    public ConcurrentQueue<(DomainName Domain, IReadOnlyList<Ulid> Records)> Seen { get; } = new();

    public Exception? SeenFailure { get; set; }

    public int Calls(string method) => calls.GetValueOrDefault(method);

    public static Resolution Accepted(params ResolvedMailbox[] mailboxes) => new(ResolutionOutcome.Accepted, mailboxes);

    /// <summary>A mailbox; its domain's number is the length of the domain's name, and the same name has the same incarnation.</summary>
    public static ResolvedMailbox Mailbox(string domain, string localPart) =>
        new(DomainName.Parse(domain), new DomainKey(Named("acme"), Named(domain), domain.Length), localPart, Named($"{localPart}@{domain}"));

    private static Incarnation Named(string name) => new(new Ulid(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)).AsSpan(0, 16)));

    private object Grain(Type type, string key)
    {
        if (type == typeof(IDomainGrain))
            return Proxy<IDomainGrain>((method, _) => method.Name == nameof(IDomainGrain.GetOwnerAsync) ? Owner(DomainName.Parse(key)) : throw new NotSupportedException(method.Name));
        if (type == typeof(IApiKeyGrain))
            return Proxy<IApiKeyGrain>((method, _) => method.Name == nameof(IApiKeyGrain.FindAsync) ? Key(key) : throw new NotSupportedException(method.Name));
        Assert.Equal(typeof(IMailboxesGrain), type);
        var domain = GrainKeys.ParseMailboxesKey(key).Domain;
        return Proxy<IMailboxesGrain>((method, arguments) => method.Name switch
        {
            nameof(IMailboxesGrain.ResolveAsync) => Resolve(domain, (LocalPart)arguments[0]!),
            nameof(IMailboxesGrain.RecordAsync) => RecordAsync(domain, (MessageSubmission)arguments[0]!),
            nameof(IMailboxesGrain.MarkSeenAsync) => MarkSeenAsync(domain, (IReadOnlyList<Ulid>)arguments[0]!),
            _ => throw new NotSupportedException(method.Name),
        });
    }

    private ValueTask<RecordReceipt> RecordAsync(DomainName domain, MessageSubmission submission)
    {
        Recorded.Enqueue((domain, submission));
        return Record(domain, submission);
    }

    private ValueTask MarkSeenAsync(DomainName domain, IReadOnlyList<Ulid> records)
    {
        if (SeenFailure is { } failure)
            throw failure;
        Seen.Enqueue((domain, records));
        return ValueTask.CompletedTask;
    }

    private T Proxy<T>(Func<MethodInfo, object?[], object?> answer) where T : class
    {
        var proxy = DispatchProxy.Create<T, CallProxy>();
        ((CallProxy)(object)proxy).Answer = (method, arguments) =>
        {
            calls.AddOrUpdate(method.Name, 1, static (_, count) => count + 1);
            return answer(method, arguments);
        };
        return proxy;
    }
}

/// <summary>Passes every call to one function.</summary>
public class CallProxy : DispatchProxy
{
    internal Func<MethodInfo, object?[], object?> Answer { get; set; } = null!;

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Answer(targetMethod!, args ?? []);
}
