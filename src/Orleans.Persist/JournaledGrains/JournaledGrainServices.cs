using Orleans.Persist.Grains;

namespace Orleans.Persist.JournaledGrains;

/// <summary>What the journaled grains of a silo have in common.</summary>
/// <param name="Kernels">The kernels' services and options.</param>
/// <param name="Messages">How messages are named and encoded.</param>
/// <param name="Timers">Which timers are left alone for a while.</param>
internal sealed record JournaledGrainServices(GrainKernels Kernels, JournaledMessages Messages, TimerRetries Timers);
