using Orleans.Persist.Objects;

namespace Orleans.Persist.Serialization;

/// <inheritdoc/>
[RegisterConverter]
internal sealed class ObjectExportConverter : IConverter<ObjectExport, ObjectExportSurrogate>
{
    /// <inheritdoc/>
    public ObjectExportSurrogate ConvertToSurrogate(in ObjectExport value) =>
        new(value.Objects, value.Number, value.Time);

    /// <inheritdoc/>
    public ObjectExport ConvertFromSurrogate(in ObjectExportSurrogate surrogate) => new(surrogate.Objects, surrogate.Number, surrogate.Time);
}
