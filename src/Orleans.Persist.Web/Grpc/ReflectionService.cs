using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Orleans.Persist.Protocol;

namespace Orleans.Persist.Web.Grpc;

/// <summary>gRPC's server reflection, by which tools such as grpcurl find out what there is to call. Served as <c>v1</c> and, for older tools, as <c>v1alpha</c>.</summary>
internal sealed class ReflectionService
{
    private readonly FrozenDictionary<string, FileDescriptor> _files;
    private readonly FrozenDictionary<string, FileDescriptor> _symbols;
    private readonly ListServiceResponse _services = new();

    /// <param name="files">Where the services of the server, other than this one, are described.</param>
    public ReflectionService(IEnumerable<FileDescriptor> files)
    {
        IReadOnlyList<FileDescriptor> all = [.. files, ReflectionReflection.Descriptor];
        _files = all.ToFrozenDictionary(file => file.Name, StringComparer.Ordinal);
        _symbols = all.SelectMany(file => SymbolsOf(file).Select(symbol => (symbol, file))).ToFrozenDictionary(pair => pair.symbol, pair => pair.file, StringComparer.Ordinal);
        _services.Service.Add(all.SelectMany(file => file.Services).Select(service => new ServiceResponse { Name = service.FullName }));
    }

    public IEnumerable<GrpcMethod> Methods =>
        from version in (string[])["v1", "v1alpha"]
        select new GrpcStreamMethod<ServerReflectionRequest>(
            $"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo", ServerReflectionRequest.Parser, AnswerAsync);

    private async IAsyncEnumerable<IMessage> AnswerAsync(ServerReflectionRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield return Answer(request);
    }

    private ServerReflectionResponse Answer(ServerReflectionRequest request)
    {
        var response = new ServerReflectionResponse { ValidHost = request.Host, OriginalRequest = request };
        switch (request.MessageRequestCase)
        {
            case ServerReflectionRequest.MessageRequestOneofCase.ListServices:
                response.ListServicesResponse = _services;
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileByFilename when _files.TryGetValue(request.FileByFilename, out var file):
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol when _symbols.TryGetValue(request.FileContainingSymbol, out file):
                response.FileDescriptorResponse = new FileDescriptorResponse { FileDescriptorProto = { file.SerializedData } }; // none imports another
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType when _symbols.ContainsKey(request.AllExtensionNumbersOfType):
                response.AllExtensionNumbersResponse = new ExtensionNumberResponse { BaseTypeName = request.AllExtensionNumbersOfType };
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.None:
                response.ErrorResponse = Error(GrpcStatus.InvalidArgument, "the request asks for nothing");
                break;
            default:
                response.ErrorResponse = Error(GrpcStatus.NotFound, "there is no such file, symbol or extension");
                break;
        }

        return response;
    }

    private static ErrorResponse Error(GrpcStatus status, string message) => new() { ErrorCode = (int)status, ErrorMessage = message };

    private static IEnumerable<string> SymbolsOf(FileDescriptor file) =>
    [
        .. file.Services.SelectMany(service => service.Methods.Select(method => method.FullName).Prepend(service.FullName)),
        .. file.EnumTypes.Select(type => type.FullName),
        .. file.MessageTypes.SelectMany(SymbolsOf),
    ];

    private static IEnumerable<string> SymbolsOf(MessageDescriptor message) =>
        [message.FullName, .. message.EnumTypes.Select(type => type.FullName), .. message.NestedTypes.SelectMany(SymbolsOf)];
}
