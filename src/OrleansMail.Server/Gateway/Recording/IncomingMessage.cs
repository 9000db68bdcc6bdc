using OrleansMail.Contracts.Tenants;
using OrleansMail.Smtp;

namespace OrleansMail.Server.Gateway.Recording;

/// <summary>A message on its way in: who it is for.</summary>
/// <param name="Transaction">The transaction it came by.</param>
/// <param name="Tenant">The one tenant it is for.</param>
/// <param name="Recipients">Its recipients, in the order of RCPT.</param>
/// <param name="Deliveries">The domains it goes to, at least one; the first one's id is in the trace header and the reply.</param>
/// <param name="Unseen">What this session recorded and whose reply was not seen yet.</param>
internal sealed record IncomingMessage(SmtpTransaction Transaction, TenantId Tenant, IReadOnlyList<SmtpRecipient> Recipients, IReadOnlyList<DomainDelivery> Deliveries, UnseenRecords Unseen);
