using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Request = Azure.Core.Request;

namespace OrleansMail.Storage.Tests.Stores;

/// <summary>Carries requests to a service, and loses the answer of those that it is told to lose.</summary>
internal sealed class LosingTransport : HttpPipelineTransport, IDisposable
{
    private readonly HttpClientTransport transport = new();

    /// <summary>Which answers are lost.</summary>
    public Func<Request, bool> Loses { get; set; } = _ => false;

    /// <summary>How many requests were sent whose answers were lost.</summary>
    public int Lost { get; private set; }

    public override Request CreateRequest() => transport.CreateRequest();

    public override void Process(HttpMessage message) => throw new NotSupportedException();

    public override async ValueTask ProcessAsync(HttpMessage message)
    {
        await transport.ProcessAsync(message);
        if (!Loses(message.Request))
            return;
        Lost++;
        throw new RequestFailedException("The answer was lost.");
    }

    public void Dispose() => transport.Dispose();
}
