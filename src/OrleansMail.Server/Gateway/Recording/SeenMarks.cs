using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Server.Gateway.Recording;

/// <summary>
/// Records whose reply was seen to arrive (RFC 1047), of all sessions of this silo, until their domain is told: the next submission to
/// the domain takes them along, whichever session it is of, so that a mark is never behind the message it matters for and costs no call
/// of its own under load. What found no ride within a moment is sent.
/// </summary>
internal sealed partial class SeenMarks : IDisposable
{
    private const int MaxRiding = 256; // of one submission
    private const int MaxWaiting = 65_536; // while a domain can't be told; one that is lost counts as "not seen"
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);
    private readonly MailboxesGrains grains;
    private readonly ILogger<SeenMarks> logger;
    private readonly Lock gate = new();
    private readonly ITimer timer;
    private Dictionary<(TenantId, DomainName), List<Ulid>> waiting = [];
    private Task sending = Task.CompletedTask;
    private int count;
    private bool armed;

    public SeenMarks(MailboxesGrains grains, TimeProvider time, ILogger<SeenMarks> logger)
    {
        this.grains = grains;
        this.logger = logger;
        timer = time.CreateTimer(static marks => _ = ((SeenMarks)marks!).FlushAsync(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The client has seen the reply for this record.</summary>
    public void Add(UnseenRecord record) => Put((record.Tenant, record.Domain), [record.Record], Moment);

    /// <summary>Marks that go with a submission to this domain; they come back by <see cref="Return"/> unless it was recorded.</summary>
    public IReadOnlyList<Ulid> Take(TenantId tenant, DomainName domain)
    {
        lock (gate)
        {
            if (!waiting.TryGetValue((tenant, domain), out var marks))
                return [];
            if (marks.Count <= MaxRiding)
            {
                waiting.Remove((tenant, domain));
                count -= marks.Count;
                return marks;
            }

            var riding = marks.GetRange(0, MaxRiding);
            marks.RemoveRange(0, MaxRiding);
            count -= MaxRiding;
            return riding;
        }
    }

    /// <summary>The submission that took these marks along was not recorded, so they may not have arrived; telling one twice is harmless.</summary>
    public void Return(TenantId tenant, DomainName domain, IReadOnlyList<Ulid> marks)
    {
        if (marks.Count > 0)
            Put((tenant, domain), marks, Moment);
    }

    /// <summary>Sends all marks that wait; completes when each domain was told or could not be.</summary>
    public Task FlushAsync()
    {
        lock (gate)
        {
            var marks = waiting;
            waiting = [];
            count = 0;
            armed = false;
            return sending = Task.WhenAll([sending, .. marks.Select(m => SendAsync(m.Key, m.Value))]);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => timer.Dispose();

    private async Task SendAsync((TenantId Tenant, DomainName Domain) to, List<Ulid> marks)
    {
        try
        {
            await grains.Get(to.Tenant, to.Domain).MarkSeenAsync(marks);
        }
        catch (Exception exception)
        {
            Log.NotSent(logger, marks.Count, to.Domain, exception);
            Put(to, marks, AfterFailure);
        }
    }

    private void Put((TenantId, DomainName) domain, IReadOnlyList<Ulid> marks, TimeSpan wait)
    {
        lock (gate)
        {
            if (count + marks.Count > MaxWaiting)
                return;
            if (!waiting.TryGetValue(domain, out var list))
                waiting[domain] = list = new List<Ulid>(marks.Count);
            list.AddRange(marks);
            count += marks.Count;
            if (armed)
                return;
            armed = true;
            timer.Change(wait, Timeout.InfiniteTimeSpan);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "{Count} seen marks for {Domain} were not delivered and are tried again.", EventName = "MarksNotSent")]
        public static partial void NotSent(ILogger logger, int count, DomainName domain, Exception exception);
    }
}
