namespace TradingFloor;

/// <summary>The two steps of a tick.</summary>
internal enum Step
{
    /// <summary>The clock has moved to the tick's time: timers fire, and what they cause is done.</summary>
    Timers,

    /// <summary>The tick's prices have come: quotes, orders and fills.</summary>
    Quotes,
}
