using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;

namespace OrleansMail.Benchmarks.Sink;

/// <summary>
/// One thread that writes what gathered while its previous sync ran, syncs once, and tells all who wait: the largest batches that
/// cost nobody any waiting. The file goes with it.
/// </summary>
internal sealed class GroupCommit : ISinkStore
{
    private readonly SyncedFile _file;
    private readonly Thread _thread;
    private readonly object _gate = new();
    private Batch _filling = new();
    private Batch _writing = new();
    private Exception? _poison;
    private long _commits;
    private long _messages;
    private bool _ended;

    public GroupCommit(SyncedFile file)
    {
        _file = file;
        _thread = new Thread(Run) { IsBackground = true, Name = "group commit" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public ValueTask StoreAsync(in ReadOnlySequence<byte> payload, CommitWaiter waiter)
    {
        var task = waiter.NextAsync();
        lock (_gate)
        {
            _filling.Add(payload, waiter);
            if (_filling.Waiters.Count == 1)
                Monitor.Pulse(_gate);
        }

        return task;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
        _file.Dispose();
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_messages} messages in {_commits} commits");

    private void Run()
    {
        while (TakeBatch())
        {
            Commit();
            foreach (var waiter in _writing.Waiters)
                waiter.Complete(_poison);
            _writing.Clear();
        }
    }

    private bool TakeBatch()
    {
        lock (_gate)
        {
            while (_filling.Waiters.Count == 0 && !_ended)
                Monitor.Wait(_gate);
            (_filling, _writing) = (_writing, _filling);
            return _writing.Waiters.Count > 0;
        }
    }

    private void Commit()
    {
        try
        {
            // After a failed sync nobody knows what is on the disk: no later one may claim success.
            if (_poison is null)
                _file.Append(_writing.Octets);
            _commits++;
            _messages += _writing.Waiters.Count;
        }
        catch (Exception e)
        {
            _poison = e;
        }
    }

    private sealed class Batch
    {
        private byte[] _octets = new byte[1024 * 1024];
        private int _length;

        public List<CommitWaiter> Waiters { get; } = [];

        public ReadOnlySpan<byte> Octets => _octets.AsSpan(0, _length);

        public void Add(in ReadOnlySequence<byte> payload, CommitWaiter waiter)
        {
            var needed = _length + sizeof(int) + (int)payload.Length;
            if (needed > _octets.Length)
                Array.Resize(ref _octets, Math.Max(needed, _octets.Length * 2));
            BinaryPrimitives.WriteInt32LittleEndian(_octets.AsSpan(_length), (int)payload.Length);
            payload.CopyTo(_octets.AsSpan(_length + sizeof(int)));
            _length = needed;
            Waiters.Add(waiter);
        }

        public void Clear()
        {
            _length = 0;
            Waiters.Clear();
        }
    }
}
