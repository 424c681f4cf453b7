using System.Security.Cryptography;

namespace Orleans.Persist.Audit;

/// <summary>A key that signs checkpoints, or checks their signatures: ECDSA (a PEM file) or HMAC-SHA-256 (a shared secret).</summary>
public sealed class AuditKey : IDisposable
{
    private const int LeastSecretBytes = 32;
    private readonly ECDsa? _ecdsa;
    private readonly byte[]? _secret;

    private AuditKey(ECDsa? ecdsa, byte[]? secret) => (_ecdsa, _secret) = (ecdsa, secret);

    /// <summary>The key in a file: a PEM with an EC private key (signs and checks) or public key (checks), or else a secret of 32 bytes or more.</summary>
    /// <exception cref="FormatException">It is none of these; the message names the file.</exception>
    public static AuditKey Load(string path)
    {
        var bytes = File.ReadAllBytes(path);
        if (bytes.AsSpan().IndexOf("-----BEGIN"u8) >= 0)
        {
            var ecdsa = ECDsa.Create();
            try
            {
                ecdsa.ImportFromPem(File.ReadAllText(path));
                return new AuditKey(ecdsa, null);
            }
            catch (Exception e) when (e is ArgumentException or CryptographicException)
            {
                ecdsa.Dispose();
                throw new FormatException($"'{path}' is not a PEM with an EC key: {e.Message}", e);
            }
        }

        return bytes.Length >= LeastSecretBytes
            ? new AuditKey(null, bytes)
            : throw new FormatException($"'{path}' has {bytes.Length} bytes; a secret has {LeastSecretBytes} or more, and an EC key is a PEM file.");
    }

    /// <summary>A key made of a secret.</summary>
    public static AuditKey FromSecret(ReadOnlySpan<byte> secret)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(secret.Length, LeastSecretBytes);
        return new AuditKey(null, secret.ToArray());
    }

    /// <summary>The checkpoint with a signature.</summary>
    /// <exception cref="CryptographicException">The key is a public one.</exception>
    public AuditCheckpoint Sign(AuditCheckpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var signature = _ecdsa is not null ? _ecdsa.SignData(checkpoint.Signed, HashAlgorithmName.SHA256) : HMACSHA256.HashData(_secret!, checkpoint.Signed);
        return checkpoint with { Signature = Convert.ToBase64String(signature) };
    }

    /// <summary>Whether the checkpoint has a signature that this key, or its private one, made.</summary>
    public bool Verify(AuditCheckpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var signature = new byte[(checkpoint.Signature?.Length ?? 0) + 4];
        if (checkpoint.Signature is null || !Convert.TryFromBase64String(checkpoint.Signature, signature, out var length))
            return false;
        return _ecdsa is not null
            ? _ecdsa.VerifyData(checkpoint.Signed, signature.AsSpan(0, length), HashAlgorithmName.SHA256)
            : CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(_secret!, checkpoint.Signed), signature.AsSpan(0, length));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ecdsa?.Dispose();
        if (_secret is not null)
            CryptographicOperations.ZeroMemory(_secret);
    }
}
