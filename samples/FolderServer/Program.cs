using OrleansMail.Smtp.Hosting;

var folder = Directory.CreateDirectory("mail").FullName;
var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.AddSmtpServer(smtp => smtp.HostName = "mx.example.org", async (message, cancellationToken) =>
{
    var path = Path.Combine(folder, message.Id);
    await using (var file = File.Create(path + ".part"))
        await message.Content.CopyToAsync(file, cancellationToken);
    File.Move(path + ".part", path + ".eml"); // whole, or not there
    return null; // 250 2.0.0 Ok: queued as <id>
});
builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(builder.Configuration.GetValue("port", 2525), listen => listen.UseSmtp()));
await builder.Build().RunAsync();
