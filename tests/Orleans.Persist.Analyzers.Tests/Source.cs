using Microsoft.CodeAnalysis.Text;

namespace Orleans.Persist.Analyzers.Tests;

/// <summary>Code in which <c>[|</c> and <c>|]</c> mark what is to be reported.</summary>
internal sealed class Source
{
    public const string Usings =
        """
        using System;
        using System.Collections.Generic;
        using System.Diagnostics;
        using System.Linq;
        using System.Security.Cryptography;
        using System.Threading;
        using System.Threading.Tasks;
        using Orleans.Persist.Grains;
        using Orleans.Persist.Processes;

        """;

    private readonly List<TextSpan> _marks = [];

    public Source(string marked)
    {
        var text = Usings + marked;
        for (var start = text.IndexOf("[|", StringComparison.Ordinal); start >= 0; start = text.IndexOf("[|", StringComparison.Ordinal))
        {
            var end = text.IndexOf("|]", start, StringComparison.Ordinal);
            _marks.Add(TextSpan.FromBounds(start, end - 2));
            text = text[..start] + text[(start + 2)..end] + text[(end + 2)..];
        }

        Text = text;
    }

    public string Text { get; }

    public IReadOnlyList<TextSpan> Marks => _marks;

    /// <summary>A process with these statements in its handler.</summary>
    public static string InHandler(string statements) =>
        $$"""
        abstract class Account : PersistentProcess<object, string>
        {
            private static void Work() { }
            protected override async ValueTask<object?> HandleAsync(object command)
            {
                {{statements}}
                await Task.CompletedTask;
                return null;
            }
        }
        """;
}
