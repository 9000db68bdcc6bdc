using System.Security.Authentication;
using System.Text;
using Microsoft.Extensions.Options;
using OrleansMail.Smtp.Addresses;
using OrleansMail.Smtp.Tls;
using static System.FormattableString;

namespace OrleansMail.Smtp.Hosting;

/// <summary>Says all that is wrong with the options of a hosted server, each with its name.</summary>
internal sealed class SmtpServerOptionsValidator : IValidateOptions<SmtpServerOptions>
{
    // RFC 5321 §4.5.3.1: what a server must take at least.
    private const int LeastMessage = 64 * 1024;
    private const int LeastRecipients = 100;
    private const int LeastLine = 512;

    private const int MostGreeting = 400;
    private const int MostTold = 999_999; // RFC 9422 §4: limits have six digits
    private const int MostLine = 1024 * 1024; // a session may hold one

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, SmtpServerOptions options)
    {
        var failures = Check(options).Select(static failure => $"{nameof(SmtpServerOptions)}.{failure}").ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Check(SmtpServerOptions options)
    {
        // Configuration and constructors by reflection do not know "required".
        if (options.HostName is not { } host || !DomainSyntax.IsHelloName(Encoding.UTF8.GetBytes(host)))
            yield return $"{nameof(options.HostName)} must be a domain name or an address literal, as in mx.example.org: it is what clients are greeted with.";
        if (options.Greeting is not { Length: <= MostGreeting } greeting || greeting.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            yield return $"{nameof(options.Greeting)} must be at most {MostGreeting} printable ASCII characters.";
        foreach (var failure in CheckNumbers(options).Concat(CheckTls(options.Tls)).Concat(CheckTimeouts(options.Timeouts)).Concat(CheckVerbs(options.Commands.Keys)))
            yield return failure;
    }

    private static IEnumerable<string> CheckNumbers(SmtpServerOptions options)
    {
        (string Name, long Value, long Least, long Most)[] all =
        [
            (nameof(options.MaxMessageBytes), options.MaxMessageBytes, LeastMessage, long.MaxValue),
            (nameof(options.MaxRecipients), options.MaxRecipients, LeastRecipients, MostTold),
            (nameof(options.MaxErrors), options.MaxErrors, 0, int.MaxValue),
            (nameof(options.MaxUnknownRecipients), options.MaxUnknownRecipients, 0, int.MaxValue),
            (nameof(options.MaxTransactionsPerSession), options.MaxTransactionsPerSession, 0, MostTold),
            (nameof(options.MaxRecipientDomains), options.MaxRecipientDomains, 0, MostTold),
            (nameof(options.MaxCommandsWithoutTransaction), options.MaxCommandsWithoutTransaction, 0, int.MaxValue),
            (nameof(options.MaxConnections), options.MaxConnections, 0, int.MaxValue),
            (nameof(options.MaxConnectionsPerAddress), options.MaxConnectionsPerAddress, 0, int.MaxValue),
            (nameof(options.ConnectionsPerMinutePerAddress), options.ConnectionsPerMinutePerAddress, 0, int.MaxValue),
            (nameof(options.MaxTransactions), options.MaxTransactions, 0, int.MaxValue),
            (nameof(options.MinDataRate), options.MinDataRate, 0, int.MaxValue),
            (nameof(options.MaxCommandLineBytes), options.MaxCommandLineBytes, LeastLine, MostLine),
        ];
        return
            from one in all
            where one.Value < one.Least || one.Value > one.Most
            select Invariant($"{one.Name} must be {Range(one.Least, one.Most)}; it is {one.Value}.");
    }

    private static string Range(long least, long most) => most < int.MaxValue ? Invariant($"from {least} to {most}") : Invariant($"at least {least}");

    private static IEnumerable<string> CheckTls(SmtpTlsOptions tls)
    {
        if (tls.Minimum is not (SslProtocols.Tls12 or SslProtocols.Tls13))
            yield return $"{nameof(SmtpServerOptions.Tls)}.{nameof(tls.Minimum)} must be {nameof(SslProtocols.Tls12)} or {nameof(SslProtocols.Tls13)}; it is {tls.Minimum}.";
    }

    private static IEnumerable<string> CheckTimeouts(SmtpTimeouts? timeouts)
    {
        if (timeouts is null)
            return [$"{nameof(SmtpServerOptions.Timeouts)} must not be null."];
        (string Name, TimeSpan Value)[] all =
        [
            (nameof(timeouts.Greeting), timeouts.Greeting),
            (nameof(timeouts.Command), timeouts.Command),
            (nameof(timeouts.DataBlock), timeouts.DataBlock),
            (nameof(timeouts.Transaction), timeouts.Transaction),
            (nameof(timeouts.TlsHandshake), timeouts.TlsHandshake),
            (nameof(timeouts.DataRateWindow), timeouts.DataRateWindow),
            (nameof(timeouts.SessionAge), timeouts.SessionAge),
        ];
        return all
            .Where(static one => one.Value < TimeSpan.FromSeconds(1) && one.Value != Timeout.InfiniteTimeSpan)
            .Select(static one => $"{nameof(SmtpServerOptions.Timeouts)}.{one.Name} must be at least a second, or Timeout.InfiniteTimeSpan; it is {one.Value}.");
    }

    private static IEnumerable<string> CheckVerbs(IEnumerable<string> verbs) =>
        from verb in verbs
        where verb.Length is 0 or > 32 || verb.AsSpan().ContainsAnyExceptInRange('!', '~')
        select $"{nameof(SmtpServerOptions.Commands)} has the verb \"{verb}\": one is 1 to 32 printable ASCII characters.";
}
