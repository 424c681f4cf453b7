namespace Orleans.Persist.Web.Http;

/// <summary>How many events an acknowledgement has settled; others were settled before, or were not taken.</summary>
internal sealed record AcknowledgeAnswer(int Acknowledged);
