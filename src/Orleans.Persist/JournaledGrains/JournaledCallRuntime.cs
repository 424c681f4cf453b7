using Orleans.CodeGeneration;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Orleans.Persist.JournaledGrains;

/// <summary>Orleans' way to make calls, with those that a journaled grain's handler makes going through its turn: live they are made and their replies stored, in a rebuild the stored replies are given.</summary>
/// <remarks>Not an outgoing call filter: a single one of them would put every call of the silo on a slower path, and filters of the application would see calls that a rebuild does not make.</remarks>
internal sealed class JournaledCallRuntime(IGrainReferenceRuntime inner) : IGrainReferenceRuntime
{
    public ValueTask<T?> InvokeMethodAsync<T>(GrainReference reference, IInvokable request, InvokeMethodOptions options) =>
        JournaledTurn.Current is { } turn ? CallAsync<T>(turn, reference, request, options) : inner.InvokeMethodAsync<T>(reference, request, options);

    public ValueTask InvokeMethodAsync(GrainReference reference, IInvokable request, InvokeMethodOptions options) =>
        JournaledTurn.Current is { } turn ? CallAsync(turn, reference, request, options) : inner.InvokeMethodAsync(reference, request, options);

    public void InvokeMethod(GrainReference reference, IInvokable request, InvokeMethodOptions options)
    {
        if (JournaledTurn.Current is { } turn)
            Send(turn, reference, request, options);
        else
            inner.InvokeMethod(reference, request, options);
    }

    public object Cast(IAddressable grain, Type interfaceType) => inner.Cast(grain, interfaceType);

    // Methods of their own: what a lambda captures is allocated where it is declared, and the calls of other grains need none of it.
    private ValueTask<T?> CallAsync<T>(JournaledTurn turn, GrainReference reference, IInvokable request, InvokeMethodOptions options) =>
        new(turn.CallAsync(reference, request, () => inner.InvokeMethodAsync<T>(reference, request, options)));

    private ValueTask CallAsync(JournaledTurn turn, GrainReference reference, IInvokable request, InvokeMethodOptions options)
    {
        if (options.HasFlag(InvokeMethodOptions.OneWay))
        {
            turn.Send(reference, request, () => inner.InvokeMethodAsync(reference, request, options).AsTask().Ignore());
            return default;
        }

        return new ValueTask(turn.CallAsync<object>(reference, request, async () =>
        {
            await inner.InvokeMethodAsync(reference, request, options).ConfigureAwait(false);
            return null;
        }));
    }

    private void Send(JournaledTurn turn, GrainReference reference, IInvokable request, InvokeMethodOptions options) =>
        turn.Send(reference, request, () => inner.InvokeMethod(reference, request, options));
}
