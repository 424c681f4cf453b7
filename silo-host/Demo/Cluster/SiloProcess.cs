using System.Text.Json;
using Orleans.Persist.SiloHost.Commands;

namespace Orleans.Persist.SiloHost.Demo.Cluster;

/// <summary>A silo of the demo's cluster, as a process of its own.</summary>
internal sealed class SiloProcess : IDisposable
{
    private readonly ChildProcess _child;
    private readonly Task _pump;
    private bool _ending;

    private SiloProcess(ChildProcess child, ChildMessage started, IAsyncEnumerator<ChildMessage> messages, Action<SiloProcess, ChildMessage> onMessage, Action<string> onLost)
    {
        (_child, SiloPort, GatewayPort) = (child, started.SiloPort, started.GatewayPort);
        _pump = PumpAsync(messages, onMessage, onLost);
    }

    /// <summary>The process's id.</summary>
    public int Id => _child.Id;

    /// <summary>Where other silos reach it.</summary>
    public int SiloPort { get; }

    /// <summary>Where clients reach it.</summary>
    public int GatewayPort { get; }

    /// <summary>Starts it, and waits until it runs.</summary>
    /// <param name="arguments">The child's command line.</param>
    /// <param name="onMessage">Called with what it says from then on.</param>
    /// <param name="onLost">Called with a description when it ends without being told to.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="CommandException">It ended instead.</exception>
    public static async Task<SiloProcess> StartAsync(
        IEnumerable<string> arguments, Action<SiloProcess, ChildMessage> onMessage, Action<string> onLost, CancellationToken cancellationToken)
    {
        var child = ChildProcess.Start(arguments);
        try
        {
            var messages = child.ReadAsync(Timeout.InfiniteTimeSpan, CancellationToken.None).GetAsyncEnumerator(CancellationToken.None);
            while (await messages.MoveNextAsync().AsTask().WaitAsync(DemoPlan.StepTimeout, cancellationToken))
            {
                if (messages.Current.Kind == ChildMessageKind.Started)
                    return new SiloProcess(child, messages.Current, messages, onMessage, onLost);
            }

            throw new CommandException($"the silo in process {child.Id} did not start. {child.Errors}");
        }
        catch (Exception e)
        {
            child.Dispose();
            if (e is TimeoutException)
                throw new CommandException($"the silo in process {child.Id} has not started within {DemoPlan.StepTimeout}. {child.Errors}");
            throw;
        }
    }

    /// <summary>From now on its sinks' exports do not end.</summary>
    public void HoldExports() => _child.Tell(DemoSilo.HoldLine);

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        _ending = true;
        _child.Kill();
    }

    /// <summary>The exit code, once it has been killed.</summary>
    public async Task<int> ExitedAsync(CancellationToken cancellationToken)
    {
        await _pump.WaitAsync(DemoPlan.StepTimeout, cancellationToken);
        return _child.ExitCode;
    }

    /// <summary>Has it stop in order.</summary>
    /// <exception cref="CommandException">It did not.</exception>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _ending = true;
        _child.CloseInput();
        if (await ExitedAsync(cancellationToken) is not ExitCodes.Done and var code)
            throw new CommandException($"the silo in process {Id} did not stop in order; its exit code is {code}. {_child.Errors}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ending = true;
        _child.Dispose();
    }

    private async Task PumpAsync(IAsyncEnumerator<ChildMessage> messages, Action<SiloProcess, ChildMessage> onMessage, Action<string> onLost)
    {
        try
        {
            await using (messages)
            {
                while (await messages.MoveNextAsync())
                    onMessage(this, messages.Current);
            }
        }
        catch (JsonException) when (_ending)
        {
            return; // it was killed within a line
        }

        if (!_ending)
            onLost($"the silo in process {Id} ended by itself, with exit code {_child.ExitCode}. {_child.Errors}");
    }
}
