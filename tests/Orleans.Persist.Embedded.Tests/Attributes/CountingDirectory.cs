using Orleans.Persist.Embedded.Files;

namespace Orleans.Persist.Embedded.Tests.Attributes;

/// <summary>A directory that counts the bytes read from its files.</summary>
internal sealed class CountingDirectory(IStorageDirectory inner, CountingDirectory? parent = null) : IStorageDirectory
{
    private long _read;

    public long BytesRead => Volatile.Read(ref _read);

    public string Path => inner.Path;

    public void Create() => inner.Create();

    public IReadOnlyList<string> List() => inner.List();

    public IStorageFile OpenRead(string name) => new CountingFile(inner.OpenRead(name), this);

    public IStorageFile OpenWrite(string name) => new CountingFile(inner.OpenWrite(name), this);

    public void Delete(string name) => inner.Delete(name);

    public void Rename(string from, string to) => inner.Rename(from, to);

    public void Flush() => inner.Flush();

    public IStorageDirectory Open(string name) => new CountingDirectory(inner.Open(name), this);

    public IDisposable Lock(string name) => inner.Lock(name);

    private void Add(int bytes)
    {
        Interlocked.Add(ref _read, bytes);
        parent?.Add(bytes);
    }

    private sealed class CountingFile(IStorageFile inner, CountingDirectory directory) : IStorageFile
    {
        public long Length => inner.Length;

        public int Read(long offset, Span<byte> buffer)
        {
            var read = inner.Read(offset, buffer);
            directory.Add(read);
            return read;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes) => inner.Write(offset, bytes);

        public void Flush() => inner.Flush();

        public void SetLength(long length) => inner.SetLength(length);

        public void Dispose() => inner.Dispose();
    }
}
