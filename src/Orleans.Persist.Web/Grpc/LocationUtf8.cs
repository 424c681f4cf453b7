using System.Buffers;
using System.Text.Unicode;
using Google.Protobuf;
using Orleans.Persist.Protocol;

namespace Orleans.Persist.Web.Grpc;

/// <summary>Finds names that are not UTF-8, which the parser replaces: two locations could otherwise become one (requirement t.2).</summary>
internal static class LocationUtf8
{
    private const char Replacement = '\uFFFD';
    private const int LocationField = 1;
    private const int ScopeField = 1;
    private const int FirstName = 2;

    /// <summary>Whether the names of a request's location stand in its bytes as UTF-8.</summary>
    public static bool IsValid(LocationType? location, ReadOnlySequence<byte> request)
    {
        // Only where the replacement character is there can anything have been replaced.
        if (location is null || !(location.Key.Contains(Replacement) || HasReplacement(location.Scope)))
            return true;
        var isValid = true;
        ForEachField(request.ToArray(), LocationField, nested => ForEachField(nested, ScopeField, names => ForEachField(names, 0, _ => { }, Check), Check), _ => { });
        return isValid;

        void Check(byte[] name) => isValid &= Utf8.IsValid(name);
    }

    private static bool HasReplacement(ScopeType? scope) => scope is not null && (scope.Bridge.Contains(Replacement) || scope.Instance.Contains(Replacement));

    /// <summary>Goes over the fields of a message that have a length: the one with a message in it, and those with names.</summary>
    private static void ForEachField(byte[] message, int nestedField, Action<byte[]> nested, Action<byte[]> name)
    {
        var input = new CodedInputStream(message);
        while (input.ReadTag() is not 0 and var tag)
        {
            var field = WireFormat.GetTagFieldNumber(tag);
            if (WireFormat.GetTagWireType(tag) != WireFormat.WireType.LengthDelimited)
                input.SkipLastField();
            else if (field == nestedField)
                nested(input.ReadBytes().ToByteArray());
            else if (field is FirstName or FirstName + 1)
                name(input.ReadBytes().ToByteArray());
            else
                input.SkipLastField();
        }
    }
}
