using Orleans.Persist.Scopes;

namespace Orleans.Persist.Serialization;

/// <inheritdoc/>
[RegisterConverter]
internal sealed class LoadResultConverter : IConverter<LoadResult, LoadResultSurrogate>
{
    /// <inheritdoc/>
    public LoadResultSurrogate ConvertToSurrogate(in LoadResult value) => new(value.Outcome, value.Value);

    /// <inheritdoc/>
    public LoadResult ConvertFromSurrogate(in LoadResultSurrogate surrogate) => new(surrogate.Outcome, surrogate.Value);
}
