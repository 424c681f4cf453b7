using Microsoft.Extensions.Logging;
using Orleans.Persist.Hosting;

namespace Orleans.Persist.Processes;

/// <summary>What a kernel works with: its storage, clock and log, and how it sends.</summary>
/// <param name="Storage">Where events and snapshots are kept.</param>
/// <param name="Time">The clock and its timers.</param>
/// <param name="Logger">Where it logs to.</param>
/// <param name="Sends">How messages to others are encoded; null where the process cannot send.</param>
public sealed record KernelServices(IStorage Storage, TimeProvider Time, ILogger Logger, ISendCodec? Sends = null);
