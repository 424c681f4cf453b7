namespace Orleans.Persist.AzureStorage.Blobs;

/// <summary>A blob of a listing.</summary>
internal sealed record BlobItem(string Name, long Length, DateTimeOffset LastModified);
