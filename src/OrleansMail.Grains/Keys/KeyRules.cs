using OrleansMail.Contracts.Keys;
using OrleansMail.Grains.Provisioning;

namespace OrleansMail.Grains.Keys;

/// <summary>What may be asked for with a key.</summary>
internal static class KeyRules
{
    private const int MaxName = 100;

    /// <summary>What is wrong with the settings; null when nothing is.</summary>
    public static FieldProblem? Check(ApiKeySettings settings, DateTimeOffset now)
    {
        if (settings.Name.Length > MaxName || string.IsNullOrWhiteSpace(settings.Name) || settings.Name.Any(char.IsControl))
            return new("name", $"1 to {MaxName} characters without control characters, not only white space.");
        return settings.ExpiresAt <= now ? new("expiresAt", "A time in the future, or absent for a key that ends only when it is deleted.") : null;
    }
}
