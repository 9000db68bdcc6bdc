using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using OrleansMail.Server.Hosting;
using OrleansMail.Server.Hosting.Certificates;
using OrleansMail.Server.Hosting.Settings;
using OrleansMail.Testing.Processes;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Server.Tests.Hosting.Certificates;

public sealed class CertificateFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private DateTime written = DateTime.UtcNow;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_changed_pair_is_taken_and_told_once()
    {
        var certificates = Open();
        Assert.Empty(certificates.Refresh());
        Write("mx", "new.example.test");

        var change = Assert.Single(certificates.Refresh());
        Assert.Null(change.Failure);
        Assert.Equal(["new.example.test"], certificates.Default.Names);
        Assert.Empty(certificates.Refresh());
    }

    [Fact]
    public void A_half_written_file_leaves_the_former_certificate_in_use_until_it_is_whole()
    {
        var certificates = Open();
        var (certificate, key) = TestCertificate.Pem("new.example.test");
        WriteText("mx.crt", certificate[..(certificate.Length / 2)]);
        Assert.NotNull(Assert.Single(certificates.Refresh()).Failure);
        Assert.Empty(certificates.Refresh()); // told once
        Assert.Equal(["mx.example.test"], certificates.Default.Names);

        WriteText("mx.crt", certificate); // whole, but the key is still the former one
        Assert.NotNull(Assert.Single(certificates.Refresh()).Failure);
        Assert.Equal(["mx.example.test"], certificates.Default.Names);

        WriteText("mx.key", key);
        Assert.Null(Assert.Single(certificates.Refresh()).Failure);
        Assert.Equal(["new.example.test"], certificates.Default.Names);
    }

    [Fact]
    public void A_file_that_is_gone_for_a_moment_is_told_once_and_taken_when_it_is_back()
    {
        var certificates = Open();
        File.Delete(folder.File("mx.key"));
        Assert.NotNull(Assert.Single(certificates.Refresh()).Failure);
        Assert.Empty(certificates.Refresh());
        Write("mx", "back.example.test");

        Assert.Null(Assert.Single(certificates.Refresh()).Failure);
        Assert.Equal(["back.example.test"], certificates.Default.Names);
    }

    [Fact]
    public void A_file_that_is_back_as_it_was_is_told_again_when_it_goes_again()
    {
        var certificates = Open();
        for (var time = 0; time < 2; time++)
        {
            File.Move(folder.File("mx.key"), folder.File("away"));
            Assert.NotNull(Assert.Single(certificates.Refresh()).Failure);
            File.Move(folder.File("away"), folder.File("mx.key"));
            Assert.Empty(certificates.Refresh());
        }
    }

    [Fact]
    public void A_link_that_is_turned_to_other_files_counts_as_a_change()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need privileges there.");
        Write("mx");
        Write("next", "next.example.test");
        File.CreateSymbolicLink(folder.File("link.crt"), folder.File("mx.crt"));
        File.CreateSymbolicLink(folder.File("link.key"), folder.File("mx.key"));
        var certificates = Open(("Smtp:Tls:Certificate", folder.File("link.crt")), ("Smtp:Tls:Key", folder.File("link.key")));
        File.Delete(folder.File("link.crt"));
        File.Delete(folder.File("link.key"));
        File.CreateSymbolicLink(folder.File("link.crt"), folder.File("next.crt"));
        File.CreateSymbolicLink(folder.File("link.key"), folder.File("next.key"));

        Assert.Null(Assert.Single(certificates.Refresh()).Failure);
        Assert.Equal(["next.example.test"], certificates.Default.Names);
    }

    [Fact]
    public void One_file_may_have_certificate_chain_and_key_and_the_key_may_be_encrypted()
    {
        var (certificate, key) = TestCertificate.Pem("one.example.test");
        WriteText("one.pem", key + certificate + TestCertificate.Pem("an issuer").Certificate);
        Assert.Equal(["one.example.test"], Open(("Smtp:Tls:Certificate", folder.File("one.pem"))).Default.Names);

        using var pair = TestCertificate.Create("locked.example.test");
        using var secret = pair.GetECDsaPrivateKey()!;
        WriteText("locked.pem", pair.ExportCertificatePem() + "\n" + secret.ExportEncryptedPkcs8PrivateKeyPem(
            "open sesame", new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
        Assert.Equal(["locked.example.test"], Open(("Smtp:Tls:Certificate", folder.File("locked.pem")), ("Smtp:Tls:KeyPassword", "open sesame")).Default.Names);
        Refuses("Smtp:Tls:Certificate", ("Smtp:Tls:Certificate", folder.File("locked.pem")), ("Smtp:Tls:KeyPassword", "wrong"));
    }

    [Fact]
    public void The_certificates_behind_the_first_are_shown_with_it_also_when_they_come_later()
    {
        using var root = TestCertificate.CreateIssuer("a root");
        using var issuer = TestCertificate.CreateIssuer("an issuer", root);
        using var leaf = TestCertificate.CreateIssuer("mx.example.test", issuer);
        using var key = leaf.GetECDsaPrivateKey()!;
        WriteText("chain.pem", $"{leaf.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
        var certificates = Open(("Smtp:Tls:Certificate", folder.File("chain.pem")));
        Assert.Empty(certificates.Select(null).IntermediateCertificates);

        WriteText("chain.pem", $"{leaf.ExportCertificatePem()}\n{issuer.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
        Assert.Null(Assert.Single(certificates.Refresh()).Failure);

        var context = certificates.Select(null);
        Assert.Equal("CN=mx.example.test", context.TargetCertificate.Subject);
        Assert.Equal("CN=an issuer", Assert.Single(context.IntermediateCertificates).Subject);
    }

    [Fact]
    public void What_cannot_be_used_at_the_start_is_told_with_its_setting()
    {
        Write("mx");
        Write("other");
        WriteText("broken.crt", "no PEM");
        Refuses("OrleansMail:Smtp:Tls:Certificate", ("Smtp:Tls:Certificate", folder.File("absent.crt")));
        Refuses("OrleansMail:Smtp:Tls:Certificate", ("Smtp:Tls:Certificate", folder.File("broken.crt")));
        Refuses("OrleansMail:Smtp:Tls:Key", ("Smtp:Tls:Certificate", folder.File("mx.crt")), ("Smtp:Tls:Key", folder.File("other.key")));
        Refuses("OrleansMail:Smtp:Tls:Certificate is not set", ("Smtp:Tls:Key", folder.File("mx.key")));
        Refuses("OrleansMail:Smtp:Tls:Certificate is not set", ("Smtp:Tls:Certificates:0:Certificate", folder.File("mx.crt")));
        Refuses(
            "OrleansMail:Smtp:Tls:Certificates:0:",
            ("Smtp:Tls:Certificate", folder.File("mx.crt")), ("Smtp:Tls:Key", folder.File("mx.key")), ("Smtp:Tls:Certificates:0:Certificate", folder.File("absent.crt")));
    }

    [Theory]
    [InlineData(null, "mx.example.test")]
    [InlineData("mx.example.test", "mx.example.test")]
    [InlineData("a.wild.test", "*.wild.test")]
    [InlineData("exact.wild.test", "exact.wild.test")]
    [InlineData("second.wild.test", "exact.wild.test")]
    [InlineData("a.b.wild.test", "mx.example.test")]
    [InlineData("wild.test", "mx.example.test")]
    [InlineData("elsewhere.test", "mx.example.test")]
    public void The_name_asked_for_chooses_exact_names_before_wildcards_and_the_first_for_all_others(string? asked, string shown)
    {
        Write("mx");
        Write("wild", "*.wild.test");
        Write("exact", "exact.wild.test", "second.wild.test");
        var certificates = Open(
            ("Smtp:Tls:Certificate", folder.File("mx.crt")), ("Smtp:Tls:Key", folder.File("mx.key")),
            ("Smtp:Tls:Certificates:0:Certificate", folder.File("wild.crt")), ("Smtp:Tls:Certificates:0:Key", folder.File("wild.key")),
            ("Smtp:Tls:Certificates:1:Certificate", folder.File("exact.crt")), ("Smtp:Tls:Certificates:1:Key", folder.File("exact.key")));

        Assert.Equal($"CN={shown}", certificates.Select(asked).TargetCertificate.Subject);
    }

    private static void Refuses(string says, params (string Key, string Value)[] values) =>
        Assert.Contains(says, Assert.Throws<StartupException>(() => Open(values)).Message, StringComparison.Ordinal);

    private static ServerCertificates Open(params (string Key, string Value)[] values)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values.Select(v => new KeyValuePair<string, string?>($"OrleansMail:{v.Key}", v.Value))).Build();
        return ServerCertificates.Open(SettingsReader.Read(configuration, isDevelopment: true).Settings.Smtp.Tls)!;
    }

    private ServerCertificates Open()
    {
        Write("mx");
        return Open(("Smtp:Tls:Certificate", folder.File("mx.crt")), ("Smtp:Tls:Key", folder.File("mx.key")));
    }

    private void Write(string file, params string[] names)
    {
        var (certificate, key) = TestCertificate.Pem(names.Length == 0 ? ["mx.example.test"] : names);
        WriteText($"{file}.crt", certificate);
        WriteText($"{file}.key", key);
    }

    // Each write is a second later than the one before, so that no two look alike.
    private void WriteText(string file, string text)
    {
        File.WriteAllText(folder.File(file), text);
        File.SetLastWriteTimeUtc(folder.File(file), written += TimeSpan.FromSeconds(1));
    }
}
