using Orleans.Persist.Journal;

namespace Orleans.Persist.Serialization;

/// <inheritdoc/>
[RegisterConverter]
internal sealed class JournalDamagedExceptionConverter : IConverter<JournalDamagedException, JournalDamagedExceptionSurrogate>
{
    /// <inheritdoc/>
    public JournalDamagedExceptionSurrogate ConvertToSurrogate(in JournalDamagedException value) => new(value.What, value.Place, value.Stream, value.Version);

    /// <inheritdoc/>
    public JournalDamagedException ConvertFromSurrogate(in JournalDamagedExceptionSurrogate surrogate) => new(surrogate.What, surrogate.Place, surrogate.Stream, surrogate.Version);
}
