using System.Globalization;
using Microsoft.Extensions.Logging;
using Orleans.EventSourcing;
using Orleans.Persist.Diagnostics;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Orleans.Persist.LogConsistency;

/// <summary>What <c>JournaledGrain</c> asks of the silo for its adaptor. Orleans has one of its own, which only its own providers can register.</summary>
internal sealed class GrainProtocolServices(IGrainContext grain, ILogger<GrainProtocolServices> logger, DeepCopier copier, ILocalSiloDetails silo) : ILogConsistencyProtocolServices
{
    public GrainId GrainId => grain.GrainId;

    public string MyClusterId => silo.ClusterId;

    public T DeepCopy<T>(T value) => copier.Copy(value)!;

    public void ProtocolError(string msg, bool throwexception)
    {
        logger.ProtocolError(grain.GrainId, msg);
        if (throwexception)
            throw new OrleansException($"{msg} (grain={grain.GrainId}, cluster={MyClusterId})");
    }

    public void CaughtException(string where, Exception e) => logger.CaughtException(e, grain.GrainId, where);

    public void CaughtUserCodeException(string callback, string where, Exception e) => logger.CaughtUserCodeException(e, grain.GrainId, callback, where);

    public void Log(LogLevel level, string format, params object[] args)
    {
        if (logger.IsEnabled(level))
            logger.Log(level, "{GrainId} {Message}", grain.GrainId, string.Format(CultureInfo.InvariantCulture, format, args));
    }
}
