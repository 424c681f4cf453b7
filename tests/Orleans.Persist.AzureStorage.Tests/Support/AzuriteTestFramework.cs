using System.Reflection;
using Orleans.Persist.Azurite;
using Xunit.Abstractions;
using Xunit.Sdk;

[assembly: TestFramework("Orleans.Persist.AzureStorage.Tests.Support.AzuriteTestFramework", "Orleans.Persist.AzureStorage.Tests")]

namespace Orleans.Persist.AzureStorage.Tests.Support;

/// <summary>Skips the tests that need Azurite where it cannot run: the conformance suites' own attributes cannot know that. Stops Azurite when all tests have run.</summary>
public sealed class AzuriteTestFramework(IMessageSink messages) : XunitTestFramework(messages)
{
    protected override ITestFrameworkExecutor CreateExecutor(AssemblyName assemblyName) =>
        new Executor(assemblyName, SourceInformationProvider, DiagnosticMessageSink);

    private sealed class Executor(AssemblyName assemblyName, ISourceInformationProvider source, IMessageSink messages)
        : XunitTestFrameworkExecutor(assemblyName, source, messages)
    {
        protected override async void RunTestCases(IEnumerable<IXunitTestCase> testCases, IMessageSink executionMessageSink, ITestFrameworkExecutionOptions executionOptions)
        {
            var cases = AzuritePackage.Missing is { } reason ? testCases.Select(test => NeedsAzurite(test) ? new Skipped(test, reason, DiagnosticMessageSink) : test).ToList() : testCases;
            using (var runner = new XunitTestAssemblyRunner(TestAssembly, cases, DiagnosticMessageSink, executionMessageSink, executionOptions))
                await runner.RunAsync();
            await SharedAzurite.StopAsync();
        }

        private static bool NeedsAzurite(IXunitTestCase test) =>
            test.TestMethod.TestClass.Class.GetCustomAttributes(typeof(NeedsAzuriteAttribute)).Any();
    }

    /// <summary>A test that is not run.</summary>
    private sealed class Skipped : XunitTestCase
    {
        private readonly string _reason = "";

        [Obsolete("For the framework's deserializer only.", error: true)]
        public Skipped()
        {
        }

        public Skipped(IXunitTestCase test, string reason, IMessageSink messages)
            : base(messages, TestMethodDisplay.ClassAndMethod, TestMethodDisplayOptions.None, test.TestMethod, test.TestMethodArguments) => _reason = reason;

        protected override string GetSkipReason(IAttributeInfo factAttribute) => _reason;
    }
}
