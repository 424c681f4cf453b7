using System.Xml;

namespace Orleans.Persist.SiloHost.Ingest;

/// <summary>An XML reader that bounds each node and turns every failure into one that names file and line.</summary>
internal sealed class XesCursor(XmlReader xml, BudgetStream budget, string file)
{
    /// <summary>The line the reader stands on.</summary>
    public long Line => ((IXmlLineInfo)xml).LineNumber;

    /// <summary>The reader.</summary>
    public XmlReader Xml => xml;

    /// <summary>Goes to the next node; false at the end.</summary>
    /// <exception cref="InputException">The document breaks off or is no well-formed XML.</exception>
    public bool Next()
    {
        budget.Renew();
        try
        {
            var read = xml.Read();
            while (read && xml.NodeType is XmlNodeType.XmlDeclaration)
                read = xml.Read();
            return read;
        }
        catch (Exception e) when (budget.Exceeded)
        {
            throw new InputException(file, Line, 0, $"an XML node that begins here is longer than {InputLimits.MaxRecordText}, which no event may be.", e);
        }
        catch (XmlException e)
        {
            // XmlException repeats the place in its message.
            throw new InputException(file, e.LineNumber, e.LinePosition, e.Message.Split(" Line ")[0], e);
        }
        catch (InvalidDataException e)
        {
            throw new InputException(file, Line, 0, $"the compressed data is damaged or cut off after this ({e.Message})", e);
        }
    }

    /// <summary>Stops at each child element of the current one, giving its name; the caller reads it whole. Ends on the closing tag.</summary>
    public IEnumerable<string> Children()
    {
        if (xml.IsEmptyElement)
            yield break;
        var depth = xml.Depth;
        while (Next() && xml.Depth > depth)
        {
            if (xml.NodeType == XmlNodeType.Element)
                yield return xml.LocalName;
        }
    }

    /// <summary>An error at the current line.</summary>
    public InputException Error(string what) => new(file, Line, 0, what);
}
