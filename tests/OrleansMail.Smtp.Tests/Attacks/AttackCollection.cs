namespace OrleansMail.Smtp.Tests.Attacks;

/// <summary>Attacks run alone, because they watch the memory and the open files of the process.</summary>
[CollectionDefinition(nameof(AttackCollection), DisableParallelization = true)]
public sealed class AttackCollection;
