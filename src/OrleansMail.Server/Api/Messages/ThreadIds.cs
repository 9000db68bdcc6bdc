using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Server.Api.Messages;

/// <summary>
/// Names conversations without an index of them: a digest of the id of the first message, which <c>References</c> begins with
/// (RFC 5322 §3.6.4). The tenant is part of it, so that ids can't be compared across tenants.
/// </summary>
internal static class ThreadIds
{
    private const int Octets = 16;

    /// <summary>The conversation of a message; one of its own when it names no message at all.</summary>
    public static string Of(TenantId tenant, MessageId message, KeptHeaders headers)
    {
        var root = headers.FirstId(HeaderName.References)
            ?? headers.FirstId(HeaderName.InReplyTo)
            ?? headers.FirstId(HeaderName.MessageId)
            ?? message.ToString();
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant}\n{root}")).AsSpan(0, Octets));
    }
}
