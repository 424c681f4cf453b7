using Microsoft.Extensions.Logging;
using Orleans.Persist.Hosting;

namespace Orleans.Persist.Objects;

/// <summary>What an open object store works with.</summary>
internal sealed record ObjectStoreContext<T>(string Name, ObjectStoreOptions<T> Options, IStorage Storage, TimeProvider Time, ILogger Logger);
