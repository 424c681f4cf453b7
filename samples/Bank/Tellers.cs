using System.Collections.Concurrent;
using Bank.Accounts;

namespace Bank;

/// <summary>The owners of the accounts: all at once, each handing in one order after the other, and the same one again until it is answered.</summary>
internal sealed class Tellers(IReadOnlyList<PaymentOrder> orders)
{
    private readonly Dictionary<string, Queue<PaymentOrder>> _open =
        orders.GroupBy(o => o.From, StringComparer.Ordinal).ToDictionary(g => g.Key, g => new Queue<PaymentOrder>(g), StringComparer.Ordinal);

    private int _answered;

    /// <summary>How many orders were answered.</summary>
    public int Answered => _answered;

    public bool Done => _open.Values.All(queue => queue.Count == 0);

    /// <summary>Hands in orders until all are answered, or until the silo is killed after a number of answers.</summary>
    /// <returns>How many orders were on their way to the silo, or being carried out, when it was killed: nobody knows what became of them.</returns>
    public async Task<int> RunAsync(SiloProcess silo, int? killAt, Action progress, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silo.Gone, cancellationToken);
        var unanswered = new ConcurrentBag<PaymentOrder>();
        await Task.WhenAll(_open.Select(owner => HandInAsync(owner.Key, owner.Value)));
        cancellationToken.ThrowIfCancellationRequested();
        return unanswered.Count;

        async Task HandInAsync(string account, Queue<PaymentOrder> queue)
        {
            while (queue.TryPeek(out var order) && !either.IsCancellationRequested)
            {
                try
                {
                    await silo.Grains.GetGrain<IAccountGrain>(account).Pay(order.Number, order.To, order.Cents).WaitAsync(either.Token);
                }
                catch (Exception) when (silo.Gone.IsCancellationRequested)
                {
                    unanswered.Add(order);
                    return;
                }

                queue.Dequeue();
                if (Interlocked.Increment(ref _answered) == killAt)
                    silo.Kill();
                progress();
            }
        }
    }
}
