namespace Orleans.Persist.Tests.JournaledGrains;

[GenerateSerializer]
public sealed class NotAnswerableException(string message) : Exception(message);
