using System.Text;

namespace OrleansMail.Server.Tests.WholeSystem;

/// <summary>Small messages for tests that are not about content.</summary>
internal static class Message
{
    public const string Sender = "ada@sender.test";

    /// <summary>A message with a subject and, unless null, a Message-ID.</summary>
    public static byte[] Create(string subject, string? messageId = null) => Encoding.UTF8.GetBytes(
        $"From: {Sender}\r\nSubject: {subject}\r\n{(messageId is null ? "" : $"Message-ID: <{messageId}>\r\n")}\r\nBody of {subject}.\r\n");
}
