using System.Buffers;
using System.Buffers.Binary;

namespace OrleansMail.Benchmarks.Sink;

/// <summary>
/// One thread that writes what gathered while its previous sync ran, syncs once, and tells all who wait: the largest batches that
/// cost nobody any waiting.
/// </summary>
internal sealed class GroupCommit : IDisposable
{
    private readonly SyncedFile _file;
    private readonly Thread _thread;
    private readonly object _gate = new();
    private Batch _filling = new();
    private Batch _writing = new();
    private Exception? _poison;
    private bool _ended;

    public GroupCommit(SyncedFile file)
    {
        _file = file;
        _thread = new Thread(Run) { IsBackground = true, Name = "group commit" };
        _thread.Start();
    }

    /// <summary>Syncs so far.</summary>
    public long Commits { get; private set; }

    /// <summary>Payloads committed so far.</summary>
    public long Messages { get; private set; }

    /// <summary>Copies the payload; the task completes when it is on stable storage.</summary>
    public ValueTask AppendAsync(in ReadOnlySequence<byte> payload, CommitWaiter waiter)
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
    }

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
            Commits++;
            Messages += _writing.Waiters.Count;
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
