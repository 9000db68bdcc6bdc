using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace OrleansMail.Smtp.Authentication;

/// <summary>Clears what held a password, so that no later user of a pooled buffer finds it.</summary>
internal static class Secret
{
    /// <summary>Clears a received line. It was taken off the input, and its memory is the reader's until the next read.</summary>
    public static void Clear(ReadOnlyMemory<byte> line) => CryptographicOperations.ZeroMemory(MemoryMarshal.AsMemory(line).Span);
}
