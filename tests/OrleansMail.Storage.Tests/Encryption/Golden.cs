using System.Runtime.CompilerServices;

namespace OrleansMail.Storage.Tests.Encryption;

internal static class Golden
{
    public static string PathOf(string name, [CallerFilePath] string test = "") => Path.Combine(Path.GetDirectoryName(test)!, name);
}
