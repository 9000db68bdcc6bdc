namespace OrleansMail.Storage.Domains;

/// <summary>Neighbouring entries of one mailbox in one pack.</summary>
/// <param name="Pack">The pack's number in its domain.</param>
/// <param name="First">Index of the first entry in the pack.</param>
/// <param name="Count">How many.</param>
/// <param name="FirstSequence">What the mailbox calls the first.</param>
internal readonly record struct EntryRun(uint Pack, uint First, uint Count, long FirstSequence);
