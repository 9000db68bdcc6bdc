using System.Net;
using System.Net.Sockets;
using OrleansMail.Smtp;

var foreign = new SmtpReply(550, new(5, 7, 1), "We do not relay");
var deliveries = new SmtpMessageDelivery(
    async (message, cancellationToken) =>
    {
        using var reader = new StreamReader(message.Content);
        Console.WriteLine(await reader.ReadToEndAsync(cancellationToken));
        return null;
    },
    (_, recipient) => recipient.Domain == "example.org" ? null : foreign);
await using var server = new SmtpServer(new SmtpServerOptions { HostName = "mx.example.org", MaxMessageBytes = 1_000_000 }, deliveries);
using var listener = new TcpListener(IPAddress.Loopback, args.Length > 0 ? int.Parse(args[0]) : 2525);
listener.Start();
while (true)
{
    var client = await listener.AcceptTcpClientAsync();
    _ = server.RunAsync(client.GetStream(), client.Client.RemoteEndPoint as IPEndPoint);
}
