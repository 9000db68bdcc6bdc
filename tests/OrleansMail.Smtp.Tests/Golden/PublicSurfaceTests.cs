using System.Text;
using OrleansMail.Testing;

namespace OrleansMail.Smtp.Tests.Golden;

public sealed class PublicSurfaceTests
{
    [Fact]
    public void The_public_surface_is_that_of_the_golden_file()
    {
        var text = new StringBuilder();
        foreach (var type in typeof(SmtpServer).Assembly.GetExportedTypes().OrderBy(static type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Signature.Of(type)).Append('\n');
            foreach (var member in Signature.OfMembers(type).Order(StringComparer.Ordinal))
                text.Append("  ").Append(member).Append('\n');
        }

        GoldenFile.Check("public-surface.txt", text.ToString());
    }
}
