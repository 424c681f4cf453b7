namespace Bank;

/// <summary>The sample cannot go on; the message says why.</summary>
internal sealed class BankException(string message) : Exception(message);
