namespace OrleansMail.Grains.State;

/// <summary>A page in memory: its stored content, replaced as a whole.</summary>
internal sealed class TablePage<T>(string name, GrainDocument<TablePageState<T>> document, TablePageState<T> content) where T : class
{
    /// <summary>Its state name.</summary>
    public string Name => name;

    /// <summary>Whether it is stored.</summary>
    public bool Exists => document.Exists;

    /// <summary>What is stored.</summary>
    public TablePageState<T> Content { get; private set; } = content;

    /// <summary>Stores another content.</summary>
    public async Task WriteAsync(TablePageState<T> next)
    {
        await document.WriteAsync(next);
        Content = next;
    }

    /// <summary>An entry of what is stored; null when there is none. May be asked from any thread.</summary>
    public T? Find(string key)
    {
        var entries = Content.Entries;
        return OrdinalSearch.IndexOf(entries, static e => e.Key, key) is >= 0 and var at ? entries[at].Value : null;
    }

    /// <summary>Where the key is, or the complement of where it would be.</summary>
    public int IndexOf(string key) => OrdinalSearch.IndexOf(Content.Entries, static e => e.Key, key);

    /// <summary>Where the first entry behind the key is; the first of all without one.</summary>
    public int IndexBehind(string? key) => OrdinalSearch.IndexBehind(Content.Entries, static e => e.Key, key);

    /// <summary>The content with one entry set, or removed when <paramref name="value"/> is null.</summary>
    public TablePageState<T> With(string key, T? value)
    {
        var entries = new List<TableEntry<T>>(Content.Entries);
        var at = IndexOf(key);
        if (at >= 0)
            entries.RemoveAt(at);
        if (value is not null)
            entries.Insert(at >= 0 ? at : ~at, new(key, value));
        return Content with { Entries = entries };
    }
}
