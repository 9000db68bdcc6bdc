using System.Collections.Concurrent;
using System.Text.Json;
using Orleans.Storage;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Grains.Tests.Fakes;

/// <summary>Grain storage shared by the silos of a test, as JSON with ETags, that can be told to fail.</summary>
internal sealed class StateStore : IGrainStorage
{
    private readonly ConcurrentDictionary<string, (string Json, string ETag)> values = new();
    private readonly Lock gate = new();

    /// <summary>Decides whether an operation ("read", "write", "answer" of a write that is stored, "clear") on a state fails.</summary>
    public Func<string, string, bool> Fails { get; set; } = (_, _) => false;

    public int Writes { get; private set; }

    public int LargestWrite { get; set; }

    public IEnumerable<string> Paths => values.Keys.Order(StringComparer.Ordinal);

    public IEnumerable<string> Values => values.Values.Select(v => v.Json);

    public void Remove(string path) => values.TryRemove(path, out _);

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        Check("read", stateName);
        var exists = values.TryGetValue(Path(stateName, grainId), out var stored);
        grainState.RecordExists = exists;
        grainState.ETag = exists ? stored.ETag : null;
        grainState.State = exists ? JsonSerializer.Deserialize<T>(stored.Json)! : Activator.CreateInstance<T>();
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        Check("write", stateName);
        var json = JsonSerializer.Serialize(grainState.State);
        lock (gate)
        {
            Match(stateName, grainId, grainState.ETag);
            var etag = Guid.NewGuid().ToString();
            values[Path(stateName, grainId)] = (json, etag);
            Writes++;
            LargestWrite = Math.Max(LargestWrite, json.Length);
            Check("answer", stateName);
            grainState.ETag = etag;
        }

        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        Check("clear", stateName);
        lock (gate)
        {
            Match(stateName, grainId, grainState.ETag);
            values.TryRemove(Path(stateName, grainId), out _);
        }

        grainState.ETag = null;
        grainState.RecordExists = false;
        return Task.CompletedTask;
    }

    private void Match(string stateName, GrainId grainId, string? etag)
    {
        var current = values.TryGetValue(Path(stateName, grainId), out var stored) ? stored.ETag : null;
        if (current != etag)
            throw new InconsistentStateException("Someone else wrote.", current, etag);
    }

    private void Check(string operation, string stateName)
    {
        if (Fails(operation, stateName))
            throw new StoreUnavailableException("The test's store is away.");
    }

    private static string Path(string stateName, GrainId grainId) => $"state/{stateName}/{grainId.Key}";
}
