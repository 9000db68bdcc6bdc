using System.Security.Cryptography;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Encryption;

/// <summary>
/// The data keys of one tenant, unwrapped: versions 1 to n, of which the last seals. Held by count: each holder disposes it once, and the
/// key material is zeroed with the last, or at once by <see cref="Destroy"/>, after which every use fails.
/// </summary>
internal sealed class TenantDataKeys : IDisposable
{
    private readonly Lock gate = new();
    private readonly byte[][] keys;
    private int holders = 1;
    private bool destroyed;

    /// <summary>Takes the keys over.</summary>
    /// <param name="tenant">Whose they are.</param>
    /// <param name="keys">Version 1 first, at least one, 32 octets each.</param>
    public TenantDataKeys(Incarnation tenant, byte[][] keys)
    {
        Tenant = tenant;
        this.keys = keys;
    }

    /// <summary>Whose they are.</summary>
    public Incarnation Tenant { get; }

    /// <summary>The version that seals.</summary>
    public uint Current => (uint)keys.Length;

    /// <summary>One more holder; false when the keys are gone.</summary>
    public bool TryHold()
    {
        lock (gate)
        {
            if (destroyed)
                return false;
            holders++;
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            if (--holders == 0)
                Zero();
        }
    }

    /// <summary>Zeroes the keys, whoever still holds them.</summary>
    public void Destroy()
    {
        lock (gate)
            Zero();
    }

    /// <summary>A key for one purpose, by HKDF-Expand (RFC 5869 §2.3); the caller zeroes it.</summary>
    /// <exception cref="TenantKeyUnavailableException">The version is not known here, or the keys are gone.</exception>
    public void Derive(uint version, ReadOnlySpan<byte> purpose, Span<byte> target)
    {
        lock (gate)
        {
            if (destroyed)
                throw new TenantKeyUnavailableException($"The key of tenant {Tenant} was withdrawn.");
            if (version == 0 || version > Current)
                throw new TenantKeyUnavailableException($"Version {version} of the key of tenant {Tenant} is not known here.");
            HKDF.Expand(HashAlgorithmName.SHA256, keys[version - 1], target, purpose);
        }
    }

    /// <summary>A copy of each key, to wrap it anew; the caller zeroes them.</summary>
    public byte[][] Export()
    {
        lock (gate)
        {
            if (destroyed)
                throw new TenantKeyUnavailableException($"The key of tenant {Tenant} was withdrawn.");
            return Array.ConvertAll(keys, key => (byte[])key.Clone());
        }
    }

    private void Zero()
    {
        destroyed = true;
        foreach (var key in keys)
            CryptographicOperations.ZeroMemory(key);
    }
}
