using Orleans.Persist.Journal;

namespace Orleans.Persist.Serialization;

/// <inheritdoc/>
[RegisterConverter]
internal sealed class AppendTooLargeExceptionConverter : IConverter<AppendTooLargeException, AppendTooLargeExceptionSurrogate>
{
    /// <inheritdoc/>
    public AppendTooLargeExceptionSurrogate ConvertToSurrogate(in AppendTooLargeException value) => new(value.Stream, value.What, value.Size, value.Limit);

    /// <inheritdoc/>
    public AppendTooLargeException ConvertFromSurrogate(in AppendTooLargeExceptionSurrogate surrogate) => new(surrogate.Stream, surrogate.What, surrogate.Size, surrogate.Limit);
}
