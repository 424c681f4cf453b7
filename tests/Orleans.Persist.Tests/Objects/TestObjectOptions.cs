using Microsoft.Extensions.Options;
using Orleans.Persist.Objects;

namespace Orleans.Persist.Tests.Objects;

/// <summary>What kind of store it is, by what its name begins with: a cluster of tests has many of each.</summary>
internal sealed class TestObjectOptions : IConfigureNamedOptions<ObjectStoreOptions<Reading>>
{
    public void Configure(string? name, ObjectStoreOptions<Reading> options)
    {
        var kind = name!.Split('-')[0];
        options.Snapshot = kind == "snapshot";
        options.Timestamp = reading => reading.Time;
        options.Retention = kind == "retained" ? TimeSpan.FromHours(1) : null;
    }

    public void Configure(ObjectStoreOptions<Reading> options) => throw new NotSupportedException();
}
