using System.Reflection;
using System.Reflection.Emit;
using Microsoft.Extensions.Hosting;
using Orleans.Concurrency;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Persist.Hosting;
using Orleans.Persist.Processes;
using Orleans.Persist.Tests.Hosting;
using Orleans.Runtime;
using Microsoft.Extensions.DependencyInjection;

namespace Orleans.Persist.Tests.JournaledGrains;

/// <summary>Which grains a silo refuses to start with (requirement m.9: one call ends before the next begins).</summary>
public sealed class JournaledGrainRulesTests
{
    private static readonly ModuleBuilder Module = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Refused"), AssemblyBuilderAccess.Run).DefineDynamicModule("Refused");

    [Theory]
    [Trait("Requirement", "m.9")]
    [Trait("Requirement", "o.3")]
    [InlineData(typeof(ReentrantAttribute), "is journaled and [Reentrant]")]
    [InlineData(typeof(StatelessWorkerAttribute), "is journaled and a [StatelessWorker]")]
    [InlineData(typeof(ImplicitStreamSubscriptionAttribute), "is journaled and subscribes to a stream", "a stream")]
    [InlineData(typeof(MayInterleaveAttribute), "is journaled and marked [MayInterleave]", "MayInterleave")]
    public Task A_silo_does_not_start_with_a_journaled_grain_whose_calls_could_interleave_or_would_not_be_stored(Type attribute, string problem, params object[] arguments) =>
        RefusesAsync(typeof(LedgerGrain), type => type.SetCustomAttribute(Attribute(attribute, arguments)), problem);

    [Fact]
    [Trait("Requirement", "m.9")]
    [Trait("Requirement", "o.3")]
    public Task A_silo_does_not_start_with_a_journaled_grain_that_has_an_interleaving_method() => RefusesAsync(
        typeof(LedgerGrain),
        type =>
        {
            type.AddInterfaceImplementation(typeof(IInterleavingGrain));
            var method = type.DefineMethod(nameof(IInterleavingGrain.Interleave), MethodAttributes.Public | MethodAttributes.Virtual, typeof(Task), []).GetILGenerator();
            method.Emit(OpCodes.Ldnull);
            method.Emit(OpCodes.Ret);
        },
        "its method IInterleavingGrain.Interleave is marked [AlwaysInterleave]");

    [Fact]
    [Trait("Requirement", "m.1")]
    [Trait("Requirement", "o.3")]
    public Task A_silo_does_not_start_with_a_grain_marked_journaled_whose_calls_nobody_stores() => RefusesAsync(
        typeof(Grain), type => type.SetCustomAttribute(Attribute(typeof(JournaledAttribute))), "does not derive from MessageJournaledGrain");

    private static CustomAttributeBuilder Attribute(Type type, params object[] arguments)
    {
        var constructor = type.GetConstructors().Where(known => known.GetParameters().Length >= arguments.Length && (known.GetParameters().Length == 0 || known.GetParameters()[0].ParameterType == typeof(string)))
            .OrderBy(known => known.GetParameters().Length).First();
        return new(constructor, [.. arguments, .. new object?[constructor.GetParameters().Length - arguments.Length]]);
    }

    private static async Task RefusesAsync(Type derivedFrom, Action<TypeBuilder> define, string problem)
    {
        var type = Module.DefineType($"Refused{Guid.NewGuid():N}", TypeAttributes.Public, derivedFrom);
        var parameters = derivedFrom.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).OrderBy(constructor => constructor.GetParameters().Length).First();
        var constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, [.. parameters.GetParameters().Select(parameter => parameter.ParameterType)]).GetILGenerator();
        for (var i = 0; i <= parameters.GetParameters().Length; i++)
            constructor.Emit(OpCodes.Ldarg, i);
        constructor.Emit(OpCodes.Call, parameters);
        constructor.Emit(OpCodes.Ret);
        define(type);
        var grain = type.CreateType();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePort.Next(), FreePort.Next()).AddPersist(persist => persist.UseMemory());
            silo.Services.Configure<GrainTypeOptions>(options => options.Classes.Add(grain));
        });
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OrleansConfigurationException>(() => host.StartAsync().WaitAsync(TimeSpan.FromSeconds(60)));

        Assert.Contains(grain.FullName!, error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }
}
