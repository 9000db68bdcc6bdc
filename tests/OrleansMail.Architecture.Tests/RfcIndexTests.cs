using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using OrleansMail.Testing;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Architecture.Tests;

/// <summary>docs/rfcs.md says where each section of an RFC lives, as the comments in code and tests and the transcripts name it.</summary>
public sealed partial class RfcIndexTests
{
    private static readonly SortedDictionary<int, string> Titles = new()
    {
        [1035] = "Domain Names: Implementation and Specification",
        [1047] = "Duplicate Messages and SMTP",
        [1122] = "Requirements for Internet Hosts: Communication Layers",
        [1870] = "SMTP Service Extension for Message Size Declaration",
        [1918] = "Address Allocation for Private Internets",
        [2033] = "Local Mail Transfer Protocol",
        [2034] = "SMTP Service Extension for Returning Enhanced Error Codes",
        [2045] = "MIME Part One: Format of Internet Message Bodies",
        [2046] = "MIME Part Two: Media Types",
        [2047] = "MIME Part Three: Message Header Extensions for Non-ASCII Text",
        [2076] = "Common Internet Message Headers",
        [2606] = "Reserved Top Level DNS Names",
        [2919] = "List-Id",
        [2920] = "SMTP Service Extension for Command Pipelining",
        [3030] = "SMTP Service Extensions for Transmission of Large and Binary MIME Messages",
        [3207] = "SMTP Service Extension for Secure SMTP over TLS",
        [3339] = "Date and Time on the Internet: Timestamps",
        [3461] = "SMTP Service Extension for Delivery Status Notifications",
        [3463] = "Enhanced Mail System Status Codes",
        [3464] = "An Extensible Message Format for Delivery Status Notifications",
        [3629] = "UTF-8, a Transformation Format of ISO 10646",
        [3720] = "Internet Small Computer Systems Interface (its CRC32c)",
        [3834] = "Recommendations for Automatic Responses to Electronic Mail",
        [3848] = "ESMTP and LMTP Transmission Types Registration",
        [3927] = "Dynamic Configuration of IPv4 Link-Local Addresses",
        [4013] = "SASLprep",
        [4193] = "Unique Local IPv6 Unicast Addresses",
        [4291] = "IP Version 6 Addressing Architecture",
        [4514] = "LDAP: String Representation of Distinguished Names",
        [4616] = "The PLAIN SASL Mechanism",
        [4648] = "The Base16, Base32, and Base64 Data Encodings",
        [4954] = "SMTP Service Extension for Authentication",
        [4960] = "Stream Control Transmission Protocol (its CRC32c)",
        [5233] = "Sieve Email Filtering: Subaddress Extension",
        [5246] = "TLS 1.2",
        [5321] = "Simple Mail Transfer Protocol",
        [5322] = "Internet Message Format",
        [5890] = "Internationalized Domain Names for Applications: Definitions",
        [6052] = "IPv6 Addressing of IPv4/IPv6 Translators",
        [6066] = "TLS Extensions (server name indication)",
        [6125] = "Verification of Domain-Based Application Service Identity",
        [6152] = "SMTP Service Extension for 8-bit MIME Transport",
        [6177] = "IPv6 Address Assignment to End Sites",
        [6522] = "The Multipart/Report Media Type",
        [6531] = "SMTP Extension for Internationalized Email",
        [6532] = "Internationalized Email Headers",
        [6598] = "IANA-Reserved IPv4 Prefix for Shared Address Space",
        [6750] = "OAuth 2.0: Bearer Token Usage",
        [7435] = "Opportunistic Security",
        [8314] = "Cleartext Considered Obsolete: Use of TLS for Email Submission and Access",
        [8446] = "TLS 1.3",
        [8601] = "Authentication-Results",
        [5869] = "HMAC-based Extract-and-Expand Key Derivation Function (HKDF)",
        [8689] = "SMTP Require TLS Option",
        [8878] = "Zstandard Compression and the application/zstd Media Type",
        [8996] = "Deprecating TLS 1.0 and TLS 1.1",
        [9110] = "HTTP Semantics",
        [9112] = "HTTP/1.1",
        [9422] = "The LIMITS SMTP Service Extension",
        [9457] = "Problem Details for HTTP APIs",
    };

    private static readonly IReadOnlyList<Citation> All = [.. Files().SelectMany(Citations)];

    [Fact]
    public void The_index_of_RFCs_names_each_section_and_the_files_that_speak_of_it() =>
        GoldenFile.Check(Path.Combine(Repository.Root, "docs", "rfcs.md"), Page(All));

    [Fact]
    public void Each_RFC_in_the_index_has_a_title_and_each_title_an_RFC() =>
        Assert.Equal(Titles.Keys, All.Select(static one => one.Rfc).Distinct().Order());

    private static IEnumerable<string> Files() =>
        Product.SourceFiles("src").Concat(Product.SourceFiles("tests"))
            .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests", "OrleansMail.Conformance", "cases"), "*.json"))
            .Where(static file => Path.GetFileName(file) != "RfcIndexTests.cs" && !file.Contains("/node_modules/", StringComparison.Ordinal));

    private static IEnumerable<Citation> Citations(string file) =>
        from Match match in (file.EndsWith(".json", StringComparison.Ordinal) ? PlainMention() : Mention()).Matches(File.ReadAllText(file))
        let rfc = int.Parse(match.Groups["rfc"].Value, CultureInfo.InvariantCulture)
        let sections = match.Groups["section"].Captures.Select(static capture => capture.Value.TrimEnd('.'))
        from section in sections.DefaultIfEmpty("")
        select new Citation(rfc, section, file);

    private static string Page(IReadOnlyList<Citation> citations)
    {
        var page = new StringBuilder()
            .Append("# RFCs\n\nWhich section lives where: made from the comments in code and tests and from the transcripts, and held by a test (`RfcIndexTests`; `UPDATE_GOLDEN=1` writes it anew).\n")
            .Append("A row without a section is of files that name the RFC as a whole.\n");
        foreach (var rfc in citations.GroupBy(static one => one.Rfc).OrderBy(static group => group.Key))
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## RFC {rfc.Key}: {Titles.GetValueOrDefault(rfc.Key)}\n\n| section | product | tests |\n| --- | --- | --- |\n");
            foreach (var section in rfc.GroupBy(static one => one.Section).OrderBy(static group => Sortable(group.Key), StringComparer.Ordinal))
                page.Append(CultureInfo.InvariantCulture, $"| {Name(section.Key)} | {Links(section, "src")} | {Links(section, "tests")} |\n");
        }

        return page.ToString();
    }

    private static string Name(string section) => section.Length == 0 ? "" : $"§{section}";

    private static string Links(IEnumerable<Citation> citations, string folder) => string.Join(", ", citations
        .Select(static one => Product.Relative(one.File))
        .Where(file => file.StartsWith(folder + "/", StringComparison.Ordinal))
        .Distinct()
        .OrderBy(static file => Path.GetFileName(file), StringComparer.Ordinal)
        .ThenBy(static file => file, StringComparer.Ordinal)
        .Select(static file => $"[{Path.GetFileNameWithoutExtension(file)}](../{file})"));

    private static string Sortable(string section) =>
        string.Join('.', section.Split('.').Select(static part => part.PadLeft(4, '0')));

    [GeneratedRegex(@"\bRFC (?<rfc>\d{3,5})(?:(?:,| and)? §(?<section>\d[\d.]*))*")]
    private static partial Regex Mention();

    // Transcripts leave the sign out.
    [GeneratedRegex(@"\bRFC (?<rfc>\d{3,5})(?:(?:,| and)? (?<section>\d[\d.]*))*")]
    private static partial Regex PlainMention();

    private sealed record Citation(int Rfc, string Section, string File);
}
