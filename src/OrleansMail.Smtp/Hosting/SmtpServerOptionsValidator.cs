using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;
using OrleansMail.Smtp.Addresses;

namespace OrleansMail.Smtp.Hosting;

/// <summary>Says all that is wrong with the options of a hosted server, each with its name.</summary>
internal sealed class SmtpServerOptionsValidator : IValidateOptions<SmtpServerOptions>
{
    // RFC 5321 §4.5.3.1: what a server must take at least.
    private const int LeastMessage = 64 * 1024;
    private const int LeastRecipients = 100;
    private const int LeastLine = 512;

    private const int MostGreeting = 400;

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
        if (Least(nameof(options.MaxMessageBytes), options.MaxMessageBytes, LeastMessage) is { } message)
            yield return message;
        if (Least(nameof(options.MaxRecipients), options.MaxRecipients, LeastRecipients) is { } recipients)
            yield return recipients;
        if (Least(nameof(options.MaxErrors), options.MaxErrors, 0) is { } errors)
            yield return errors;
        if (Least(nameof(options.MaxUnknownRecipients), options.MaxUnknownRecipients, 0) is { } unknown)
            yield return unknown;
        if (Least(nameof(options.MaxCommandLineBytes), options.MaxCommandLineBytes, LeastLine) is { } line)
            yield return line;
        foreach (var failure in CheckTimeouts(options.Timeouts).Concat(CheckVerbs(options.Commands.Keys)))
            yield return failure;
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
        ];
        return all
            .Where(static one => one.Value < TimeSpan.FromSeconds(1) && one.Value != Timeout.InfiniteTimeSpan)
            .Select(static one => $"{nameof(SmtpServerOptions.Timeouts)}.{one.Name} must be at least a second, or Timeout.InfiniteTimeSpan; it is {one.Value}.");
    }

    private static IEnumerable<string> CheckVerbs(IEnumerable<string> verbs) =>
        from verb in verbs
        where verb.Length is 0 or > 32 || verb.AsSpan().ContainsAnyExceptInRange('!', '~')
        select $"{nameof(SmtpServerOptions.Commands)} has the verb \"{verb}\": one is 1 to 32 printable ASCII characters.";

    private static string? Least(string name, long value, long least) =>
        value >= least ? null : string.Create(CultureInfo.InvariantCulture, $"{name} must be at least {least}; it is {value}.");
}
