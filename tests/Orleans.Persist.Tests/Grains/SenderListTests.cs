using Orleans.Persist.Grains;
using Orleans.Persist.Journal;
using Orleans.Persist.Tests.Support;

namespace Orleans.Persist.Tests.Grains;

public sealed class SenderListTests
{
    private const string Grain = "wallet/a";
    private static readonly string Stream = SenderList.StreamOf(Grain);
    private readonly SwitchedStorage _storage = new();
    private readonly SenderList _list;

    public SenderListTests() => _list = new SenderList(_storage);

    [Fact]
    public async Task An_entry_is_taken_off_by_the_activation_that_made_it_and_by_no_other()
    {
        var (earlier, later) = (Sender("S127.0.0.1:1:1"), Sender("S127.0.0.1:2:1"));
        await _list.AddAsync(earlier, default);
        await _list.AddAsync(later, default);

        await _list.RemoveAsync(earlier, default);

        Assert.Equal([later], await _list.LoadAsync(Stream, default));
    }

    [Fact]
    public async Task A_stream_is_shortened_when_it_is_read_and_keeps_who_is_on_it()
    {
        var kept = Sender("S127.0.0.1:1:1");
        await _list.AddAsync(kept, default);
        await ComeAndGoAsync(600);

        Assert.Equal([kept], await _list.LoadAsync(Stream, default));

        var head = await _storage.GetHeadAsync(Stream);
        Assert.Equal(1, head.Version - head.FirstVersion + 1);
        Assert.Equal([kept], await _list.LoadAsync(Stream, default));
    }

    [Fact]
    public async Task Who_adds_or_removes_is_told_when_the_stream_is_due_to_be_shortened()
    {
        var told = 0;
        for (var i = 0; i < SenderList.EventsPerRewrite; i++)
        {
            var sender = Sender("S127.0.0.1:1:1");
            told += await _list.AddAsync(sender, default) ? 1 : 0;
            told += await _list.RemoveAsync(sender, default) ? 1 : 0;
        }

        Assert.Equal(2, told);
    }

    private static ListedSender Sender(string silo) => new(Grain, silo, Guid.NewGuid());

    private async Task ComeAndGoAsync(int senders)
    {
        for (var i = 0; i < senders; i++)
        {
            var sender = Sender("S127.0.0.1:1:1");
            await _list.AddAsync(sender, default);
            await _list.RemoveAsync(sender, default);
        }
    }
}
