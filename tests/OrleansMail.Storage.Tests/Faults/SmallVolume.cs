using System.Diagnostics;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Storage.Tests.Faults;

/// <summary>
/// A volume of few megabytes, mounted in a user and mount namespace of its own, which needs no privileges where the kernel allows such; it goes with the
/// process that holds the namespace.
/// </summary>
internal sealed class SmallVolume : IDisposable
{
    private readonly Process holder;
    private readonly TemporaryFolder mount;

    private SmallVolume(Process holder, TemporaryFolder mount) => (this.holder, this.mount) = (holder, mount);

    /// <summary>The volume, as this process reaches it.</summary>
    public string Path => $"/proc/{holder.Id}/root{mount.Path}";

    private string Filler => System.IO.Path.Combine(Path, "~filler");

    /// <summary>Mounts one; null where it can't be.</summary>
    public static async Task<SmallVolume?> TryMountAsync(int megabytes)
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/usr/bin/unshare"))
            return null;
        var mount = new TemporaryFolder();
        var script = $"mount -t tmpfs -o size={megabytes}m tmpfs \"$0\" && echo mounted && exec cat";
        var holder = Process.Start(new ProcessStartInfo("/usr/bin/unshare", ["--user", "--map-root-user", "--mount", "sh", "-c", script, mount.Path])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var volume = new SmallVolume(holder, mount);
        if (await holder.StandardOutput.ReadLineAsync() == "mounted")
            return volume;
        volume.Dispose();
        return null;
    }

    /// <summary>Takes octets of it.</summary>
    public void Fill(int octets) => File.WriteAllBytes(Filler, new byte[octets]);

    /// <summary>Takes all that is left.</summary>
    public void FillWhole()
    {
        using var file = new FileStream(Filler, FileMode.Append);
        var octets = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(octets);
                file.Flush();
            }
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    /// <summary>Gives them back.</summary>
    public void Free() => File.Delete(Filler);

    public void Dispose()
    {
        holder.StandardInput.Close();
        holder.WaitForExit();
        holder.Dispose();
        mount.Dispose();
    }
}
