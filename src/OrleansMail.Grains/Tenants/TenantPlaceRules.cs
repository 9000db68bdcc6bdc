using System.Text.RegularExpressions;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Grains.Provisioning;

namespace OrleansMail.Grains.Tenants;

/// <summary>Where and how a tenant's mail may be kept. What is wrong with a signature is told without it.</summary>
internal static partial class TenantPlaceRules
{
    private const int MaxAddress = 300;
    private const int MaxSas = 2048;

    /// <summary>What is wrong with the settings; null when nothing is.</summary>
    /// <param name="settings">As asked for.</param>
    /// <param name="state">The tenant's, of which the settings are null when it is new.</param>
    /// <param name="allowEmulator">Whether a store on this machine may be spoken to without TLS.</param>
    public static FieldProblem? Check(TenantSettings settings, TenantState state, bool allowEmulator) =>
        (settings.Store is { } store ? CheckStore(store, allowEmulator) : null)
        ?? (settings.Encryption is { } encryption && !IsKey(encryption.Key)
            ? new FieldProblem("encryption.key", "file:NAME, or https://VAULT/keys/NAME/VERSION; a NAME in a file is of a-z, 0-9, '.' and '-'.")
            : null)
        ?? CheckChange(settings, state);

    private static FieldProblem? CheckChange(TenantSettings settings, TenantState state)
    {
        if (state.Settings is not { } old)
            return null;
        if (old.Encryption is not null && settings.Encryption != old.Encryption)
            return new("encryption", "Fixed when it is set: delete the tenant and create it again.");
        if (state.LastDomainNumber == 0)
            return null;
        if (settings.Encryption != old.Encryption)
            return new("encryption", "Fixed with the tenant's first domain, since mail that is stored already would not be sealed: delete the tenant and create it again.");
        return settings.Store is null == (old.Store is null) && (settings.Store is null || settings.Store.IsSamePlace(old.Store))
            ? null
            : new("store", "Fixed with the tenant's first domain, since its mail is there; only 'sas' may change.");
    }

    private static FieldProblem? CheckStore(TenantStoreSettings store, bool allowEmulator)
    {
        if (!IsAccount(store.Account, allowEmulator))
            return new("store.account", "The https address of a Blob service without path, user, query and fragment, such as https://ACCOUNT.blob.core.windows.net.");
        if (!ContainerForm().IsMatch(store.Container))
            return new("store.container", "3 to 63 of a-z, 0-9 and '-', which stands neither at an end nor beside another.");
        if (store.Sas is { } sas && (sas.Length > MaxSas || !SasForm().IsMatch(sas)))
            return new("store.sas", $"A shared access signature of at most {MaxSas} characters, without '?': the part of its address behind it.");
        return store.EncryptionScope is { } scope && !ScopeForm().IsMatch(scope)
            ? new("store.encryptionScope", "3 to 63 letters, digits and '-'; null for the container's default.")
            : null;
    }

    private static bool IsAccount(string account, bool allowEmulator)
    {
        if (account.Length > MaxAddress || !Uri.TryCreate(account, UriKind.Absolute, out var address) || !IsBare(address))
            return false;
        return address.Scheme == Uri.UriSchemeHttps
            ? address.AbsolutePath == "/"
            : allowEmulator && address.Scheme == Uri.UriSchemeHttp && address.IsLoopback && address.Segments.Length <= 2; // the emulator's account is a path
    }

    private static bool IsKey(string key) =>
        FileForm().IsMatch(key)
        || (key.Length <= MaxAddress && Uri.TryCreate(key, UriKind.Absolute, out var address) && IsBare(address) && address.Scheme == Uri.UriSchemeHttps
            && VaultForm().IsMatch(address.AbsolutePath));

    private static bool IsBare(Uri address) => address.UserInfo.Length == 0 && address.Query.Length == 0 && address.Fragment.Length == 0;

    [GeneratedRegex(@"\A(?=.{3,63}\z)[a-z0-9]+(-[a-z0-9]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex ContainerForm();

    [GeneratedRegex(@"\A(?=.*(\A|&)sig=)[A-Za-z0-9%&=:._~+/,-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex SasForm();

    [GeneratedRegex(@"\A[A-Za-z0-9-]{3,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ScopeForm();

    [GeneratedRegex(@"\Afile:[a-z0-9][a-z0-9.-]{0,62}\z", RegexOptions.CultureInvariant)]
    private static partial Regex FileForm();

    [GeneratedRegex(@"\A/keys/[A-Za-z0-9-]{1,127}/[A-Za-z0-9]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex VaultForm();
}
