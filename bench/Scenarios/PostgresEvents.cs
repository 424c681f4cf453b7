using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;
using Orleans.Persist.Bench.Measuring;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>The same events in a table of PostgreSQL with the indexes that the same queries want, through prepared statements.</summary>
internal sealed class PostgresEvents(PostgresServer server, long events, long aggregates)
{
    private const string Columns = "version, id, source, type, subject, time, recorded, data";

    /// <summary>Fills the table, then indexes and analyzes it. Single events are published to another one like it.</summary>
    public async Task FillAsync(CancellationToken cancellationToken)
    {
        await using var connection = await server.OpenAsync(tcp: false, cancellationToken);
        await ExecuteAsync(connection, "create table events (version bigint not null, id text not null, source text not null, type text not null, subject text, time timestamptz not null, recorded timestamptz not null default now(), data bytea not null)", cancellationToken);
        await using (var copy = await connection.BeginBinaryImportAsync($"copy events ({Columns}) from stdin (format binary)", cancellationToken))
        {
            for (var i = 0L; i < events; i++)
            {
                var data = QueryData.Event(i, aggregates);
                await copy.StartRowAsync(cancellationToken);
                await copy.WriteAsync(i + 1, NpgsqlDbType.Bigint, cancellationToken);
                await copy.WriteAsync(data.Id!, NpgsqlDbType.Text, cancellationToken);
                await copy.WriteAsync(QueryStore.Source, NpgsqlDbType.Text, cancellationToken);
                await copy.WriteAsync(data.Type, NpgsqlDbType.Text, cancellationToken);
                await copy.WriteAsync(data.Subject!, NpgsqlDbType.Text, cancellationToken);
                await copy.WriteAsync(data.Time!.Value.UtcDateTime, NpgsqlDbType.TimestampTz, cancellationToken);
                await copy.WriteAsync(data.Time!.Value.UtcDateTime, NpgsqlDbType.TimestampTz, cancellationToken);
                await copy.WriteAsync(data.Data.ToArray(), NpgsqlDbType.Bytea, cancellationToken);
            }

            await copy.CompleteAsync(cancellationToken);
        }

        foreach (var statement in (string[])
        [
            "alter table events add primary key (version)", "create unique index on events (source, id)", "create index on events (subject, version)",
            "create index on events (type, version)", "create index on events (recorded)", "vacuum analyze events",
            "create sequence versions", "create table published (like events including all)",
        ])
        {
            await ExecuteAsync(connection, statement, cancellationToken);
        }
    }

    /// <summary>Reads one aggregate after the other, at random, and counts how long each takes.</summary>
    public async Task<LatencyHistogram> AggregatesAsync(bool tcp, int count, int seed, CancellationToken cancellationToken)
    {
        await using var connection = await server.OpenAsync(tcp, cancellationToken);
        await using var command = await PreparedAsync(connection, $"select {Columns} from events where subject = $1 order by version", NpgsqlDbType.Text, cancellationToken);
        var latencies = new LatencyHistogram();
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            command.Parameters[0].Value = QueryData.Subject(random.NextInt64(aggregates));
            var started = Stopwatch.GetTimestamp();
            var found = await ReadAsync(command, cancellationToken);
            latencies.Add((long)Stopwatch.GetElapsedTime(started).TotalNanoseconds);
            if (found != QueryData.PerAggregate)
                throw new InvalidOperationException($"PostgreSQL found {found} events of {command.Parameters[0].Value}.");
        }

        return latencies;
    }

    /// <summary>Reads all events of a type, and returns how many a second.</summary>
    public async Task<double> TypeAsync(bool tcp, CancellationToken cancellationToken)
    {
        await using var connection = await server.OpenAsync(tcp, cancellationToken);
        await using var command = await PreparedAsync(connection, $"select {Columns} from events where type = $1 order by version", NpgsqlDbType.Text, cancellationToken);
        command.Parameters[0].Value = QueryData.RareType;
        var started = Stopwatch.GetTimestamp();
        var found = await ReadAsync(command, cancellationToken);
        return found / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>The milliseconds for the counts of events by type as of random moments, as a grouped query.</summary>
    public async Task<List<double>> StatesAsync(bool tcp, int count, CancellationToken cancellationToken)
    {
        await using var connection = await server.OpenAsync(tcp, cancellationToken);
        await using var command = await PreparedAsync(connection, "select type, count(*) from events where recorded <= $1 group by type", NpgsqlDbType.TimestampTz, cancellationToken);
        var (random, times) = (new Random(1), new List<double>());
        for (var i = -1; i < count; i++)
        {
            var version = random.NextInt64(1, events + 1);
            command.Parameters[0].Value = QueryData.Start.AddSeconds(version - 1).UtcDateTime;
            var (started, counted) = (Stopwatch.GetTimestamp(), 0L);
            await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
            {
                while (await reader.ReadAsync(cancellationToken))
                    counted += reader.GetInt64(1);
            }

            if (counted != version)
                throw new InvalidOperationException($"PostgreSQL counts {counted} events as of event {version}.");
            if (i >= 0)
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return times;
    }

    /// <summary>Inserts single events, each committed to disk, and returns how many a second.</summary>
    public async Task<double> PublishRateAsync(bool tcp, int inFlight, long count, CancellationToken cancellationToken)
    {
        var next = 0L;
        var connections = await Task.WhenAll(Enumerable.Range(0, inFlight).Select(_ => server.OpenAsync(tcp, cancellationToken)));
        var run = Guid.NewGuid().ToString("N");
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(connections.Select(InsertAsync));
        var rate = count / Stopwatch.GetElapsedTime(started).TotalSeconds;
        foreach (var connection in connections)
            await connection.DisposeAsync();
        return rate;

        async Task InsertAsync(NpgsqlConnection connection)
        {
            await using var command = new NpgsqlCommand("insert into published (version, id, source, type, subject, time, data) values (nextval('versions'), $1, $2, $3, $4, $5, $6)", connection);
            foreach (var type in (NpgsqlDbType[])[NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.TimestampTz, NpgsqlDbType.Bytea])
                command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type });
            await command.PrepareAsync(cancellationToken);
            while (Interlocked.Increment(ref next) is var number && number <= count)
            {
                var data = QueryData.Event(number, aggregates);
                command.Parameters[0].Value = data.Id;
                command.Parameters[1].Value = run;
                command.Parameters[2].Value = data.Type;
                command.Parameters[3].Value = data.Subject;
                command.Parameters[4].Value = data.Time!.Value.UtcDateTime;
                command.Parameters[5].Value = data.Data.ToArray();
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
        }
    }

    private static async Task<long> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var found = 0L;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (reader.GetInt64(0) > 0 && reader.GetString(3).Length > 0 && reader.GetString(4).Length > 0 && reader.GetFieldValue<byte[]>(7).Length > 0)
                found++;
        }

        return found;
    }

    private static async Task<NpgsqlCommand> PreparedAsync(NpgsqlConnection connection, string text, NpgsqlDbType type, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(text, connection);
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type });
        await command.PrepareAsync(cancellationToken);
        return command;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string text, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(text, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
