using Orleans.Concurrency;

namespace Orleans.Persist.Tests.JournaledGrains;

public interface IInterleavingGrain : IGrainWithStringKey
{
    [AlwaysInterleave]
    Task Interleave();
}
