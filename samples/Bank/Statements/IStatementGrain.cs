namespace Bank.Statements;

internal interface IStatementGrain : IGrainWithStringKey
{
    /// <summary>The statement of the account with the same key, as far as the sink has got; who asks for the first time has it begin.</summary>
    Task<Statement> Read();
}
