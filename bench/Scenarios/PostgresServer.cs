using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Orleans.Persist.Bench.Scenarios;

/// <summary>A PostgreSQL of the run's own, in a directory that goes with it, listening on loopback and on a socket in that directory.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "postgres";
    private readonly Process _process;
    private readonly string _directory;
    private readonly int _port;

    private PostgresServer(Process process, string directory, int port) => (_process, _directory, _port) = (process, directory, port);

    /// <summary>Starts it, or returns null where PostgreSQL is not installed.</summary>
    public static async Task<PostgresServer?> StartAsync(string directory, Action<string> log, CancellationToken cancellationToken)
    {
        if (Binaries() is not { } binaries)
        {
            log("PostgreSQL is not installed (Debian: postgresql): no comparison with it.");
            return null;
        }

        Directory.CreateDirectory(directory);
        if (Environment.UserName is "root") // under whom it refuses to run
            await RunAsync("chown", [User, directory], cancellationToken);
        await RunAsync(Path.Combine(binaries, "initdb"), ["-D", directory, "-U", User, "-A", "trust", "-E", "UTF8", "--no-locale"], cancellationToken);
        var port = FreePort();
        var process = Process.Start(Command(
            Path.Combine(binaries, "postgres"),
            [
                "-D", directory, "-k", directory, "-h", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture),
                "-c", "shared_buffers=2GB", "-c", "max_wal_size=8GB", "-c", "random_page_cost=1.1", "-c", "max_connections=200", "-c", "jit=off",
                "-c", "synchronous_commit=on", "-c", "fsync=on", "-c", "maintenance_work_mem=1GB",
            ]))!;
        var server = new PostgresServer(process, directory, port);
        for (var tries = 0; ; tries++)
        {
            try
            {
                await using var connection = await server.OpenAsync(tcp: true, cancellationToken);
                return server;
            }
            catch (NpgsqlException) when (tries < 100 && !process.HasExited)
            {
                await Task.Delay(200, cancellationToken);
            }
        }
    }

    /// <summary>A connection over TCP on loopback, or over the socket in its directory.</summary>
    public async Task<NpgsqlConnection> OpenAsync(bool tcp, CancellationToken cancellationToken)
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = tcp ? "127.0.0.1" : _directory,
            Port = _port,
            Username = User,
            Database = User,
            Pooling = false,
            CommandTimeout = 600,
        };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        // SIGINT is its fast shutdown. Where it runs as another user, our child is not the server itself.
        var id = (await File.ReadAllLinesAsync(Path.Combine(_directory, "postmaster.pid")))[0];
        using (var kill = Process.Start("kill", ["-INT", id]))
            await kill.WaitForExitAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private static string? Binaries()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Concat(Directory.Exists("/usr/lib/postgresql") ? Directory.EnumerateDirectories("/usr/lib/postgresql").OrderDescending().Select(version => Path.Combine(version, "bin")) : []);
        return folders.FirstOrDefault(folder => File.Exists(Path.Combine(folder, "postgres")) && File.Exists(Path.Combine(folder, "initdb")));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static ProcessStartInfo Command(string program, IReadOnlyList<string> arguments)
    {
        var start = Environment.UserName is "root"
            ? new ProcessStartInfo("runuser", ["-u", User, "--", program, .. arguments])
            : new ProcessStartInfo(program, arguments);
        start.WorkingDirectory = "/";
        start.RedirectStandardError = start.RedirectStandardOutput = false;
        return start;
    }

    private static async Task RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var start = program is "chown" ? new ProcessStartInfo(program, arguments) : Command(program, arguments);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with exit code {process.ExitCode}: {await errors}");
    }
}
