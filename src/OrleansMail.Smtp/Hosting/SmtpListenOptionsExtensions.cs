using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace OrleansMail.Smtp.Hosting;

/// <summary>Makes a Kestrel endpoint speak SMTP.</summary>
public static class SmtpListenOptionsExtensions
{
    /// <summary>Gives the endpoint's connections to the host's <see cref="SmtpServer"/>.</summary>
    /// <param name="listen">The endpoint. It speaks no HTTP then; TLS is the engine's, not <c>UseHttps</c>.</param>
    /// <param name="configure">What this listener offers. Default: STARTTLS when the server has certificates.</param>
    /// <exception cref="InvalidOperationException">There is no server, or it has no certificates for a listener with implicit TLS.</exception>
    public static ListenOptions UseSmtp(this ListenOptions listen, Action<SmtpListenerOptions>? configure = null)
    {
        var options = new SmtpListenerOptions();
        configure?.Invoke(options);
        var server = listen.ApplicationServices.GetService<SmtpServer>()
            ?? throw new InvalidOperationException($"{nameof(UseSmtp)} needs {nameof(SmtpServiceCollectionExtensions.AddSmtpServer)}.");
        if (options.Tls == SmtpListenerTls.Implicit && server.Options.Tls.SelectCertificate is null)
            throw new InvalidOperationException($"A listener with implicit TLS needs {nameof(SmtpServerOptions)}.{nameof(SmtpServerOptions.Tls)}.{nameof(Tls.SmtpTlsOptions.SelectCertificate)}.");
        listen.Run(connection => server.RunAsync(connection, options));
        return listen;
    }
}
