namespace Orleans.Persist.Hosting;

/// <summary>Opens the storage of a host. Registered as a singleton by <see cref="PersistBuilder.UseStorage"/>.</summary>
public delegate ValueTask<IStorage> StorageFactory(IServiceProvider services, CancellationToken cancellationToken);
