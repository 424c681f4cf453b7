using Bank.Accounts;
using Orleans.Persist.Embedded;
using Orleans.Persist.Journal;

namespace Bank;

/// <summary>Looks into the journal that a killed silo has left.</summary>
internal static class DeadSilo
{
    /// <summary>How many payments had left their accounts and had not arrived.</summary>
    public static async Task<long> PaymentsOnTheWayAsync(string directory, CancellationToken cancellationToken)
    {
        await using var storage = await EmbeddedStorage.OpenAsync(directory, cancellationToken: cancellationToken);
        long onTheWay = 0;
        await foreach (var account in storage.Journal.ListStreamsAsync(AccountGrain.Kind + "/", cancellationToken))
        {
            await foreach (var @event in storage.Journal.ReadAsync(account.Stream, ReadRequest.All, cancellationToken))
                onTheWay += @event.Type switch { PaidOut.Name => 1, PaidIn.Name => -1, _ => 0 };
        }

        return onTheWay;
    }
}
