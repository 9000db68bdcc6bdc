namespace OrleansMail.Server.Api.Problems;

/// <summary>Every error the API answers with; <c>docs/api.md</c> lists the same.</summary>
internal static class ProblemCodes
{
    public static readonly ProblemCode RequestInvalid = new("request_invalid", 400, "The request can't be understood", "Compare it with /openapi/v1.json.");
    public static readonly ProblemCode JsonInvalid = new("json_invalid", 400, "The body is not valid JSON of the expected shape", "Send one JSON object as described in /openapi/v1.json.");
    public static readonly ProblemCode FieldUnknown = new("field_unknown", 400, "The body has a field that is not known", "Leave the field out or correct its name.");
    public static readonly ProblemCode IdInvalid = new("id_invalid", 400, "A name in the path is not of the permitted form", "Correct the part of the path that 'field' names.");
    public static readonly ProblemCode ParameterInvalid = new("parameter_invalid", 400, "A query parameter is malformed", "Correct the parameter that 'field' names.");
    public static readonly ProblemCode CursorInvalid = new("cursor_invalid", 400, "The cursor was not given out for this list", "Start without a cursor, then pass on what the list returns.");
    public static readonly ProblemCode IfMatchInvalid = new("if_match_invalid", 400, "The If-Match header is malformed", "Send the ETag of an earlier answer with its quotes, or *.");
    public static readonly ProblemCode Unauthorized = new("unauthorized", 401, "No valid key", "Send the header 'Authorization: Bearer KEY'.");
    public static readonly ProblemCode Forbidden = new("forbidden", 403, "The key may not do this", "Use a key with the scope this needs.");
    public static readonly ProblemCode RouteNotFound = new("route_not_found", 404, "There is nothing at this path", "See /openapi/v1.json for the paths there are.");
    public static readonly ProblemCode TenantNotFound = new("tenant_not_found", 404, "There is no such tenant", "Check its id, or create it with PUT.");
    public static readonly ProblemCode KeyNotFound = new("key_not_found", 404, "The tenant has no such key", "Check its id; it was deleted or never was.");
    public static readonly ProblemCode DomainNotFound = new("domain_not_found", 404, "The tenant has no such domain", "Check its name, or create it with PUT.");
    public static readonly ProblemCode MailboxNotFound = new("mailbox_not_found", 404, "The domain has no such mailbox", "Check its name, or create it with PUT.");
    public static readonly ProblemCode AliasNotFound = new("alias_not_found", 404, "The domain has no such alias", "Check its name, or create it with PUT.");
    public static readonly ProblemCode MessageNotFound = new("message_not_found", 404, "The tenant has no such message", "It was deleted with its mailbox, has expired, or never was.");
    public static readonly ProblemCode MethodNotAllowed = new("method_not_allowed", 405, "The path does not know this method", "Use one of the methods in the Allow header.");
    public static readonly ProblemCode TooManyKeys = new("too_many_keys", 409, "The tenant has as many keys as it may", "Delete some of its 1,000 keys first.");
    public static readonly ProblemCode LegalHold = new("legal_hold", 409, "A legal hold forbids the deletion", "The operator has to lift the hold of the tenant or the domain first.");
    public static readonly ProblemCode VersionMismatch = new("version_mismatch", 412, "It was changed since the version in If-Match", "Read it again and apply the change to what it is now.");
    public static readonly ProblemCode BodyTooLarge = new("body_too_large", 413, "The body is too large", "A JSON body may have 65,536 octets.");
    public static readonly ProblemCode MediaTypeUnsupported = new("media_type_unsupported", 415, "The body is not JSON", "Send it with 'Content-Type: application/json'.");
    public static readonly ProblemCode RangeNotSatisfiable = new("range_not_satisfiable", 416, "The range lies behind the end", "Content-Range tells the size.");
    public static readonly ProblemCode ValueInvalid = new("value_invalid", 422, "A value is not permitted", "Correct the field that 'field' names.");
    public static readonly ProblemCode Internal = new("internal_error", 500, "The server failed", "Retry later; tell the operator the traceId if it stays so.");
    public static readonly ProblemCode PayloadDamaged = new("payload_damaged", 500, "The stored message fails its check and is not served", "Tell the operator the traceId: the store needs a look.");
    public static readonly ProblemCode NotReady = new("not_ready", 503, "The server takes no new work now", "Retry, or use another replica.", RetryAfter: 1);
    public static readonly ProblemCode StoreUnavailable = new("store_unavailable", 503, "The store can't be reached", "Nothing was changed as far as is known; the request may be repeated.", RetryAfter: 5);
    public static readonly ProblemCode StoreFull = new("store_full", 503, "The store has no room", "Nothing was changed; the operator has to make room.", RetryAfter: 60);
    public static readonly ProblemCode Unavailable = new("temporarily_unavailable", 503, "The part of the cluster that knows did not answer in time", "The request may be repeated.", RetryAfter: 1);

    /// <summary>The problem for an answer of which only the status is known.</summary>
    public static ProblemCode OfStatus(int status) => status switch
    {
        401 => Unauthorized,
        403 => Forbidden,
        404 => RouteNotFound,
        405 => MethodNotAllowed,
        413 => BodyTooLarge,
        415 => MediaTypeUnsupported,
        416 => RangeNotSatisfiable,
        503 => Unavailable,
        >= 500 => Internal,
        _ => RequestInvalid with { Status = status },
    };
}
