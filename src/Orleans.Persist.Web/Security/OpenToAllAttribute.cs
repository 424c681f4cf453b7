namespace Orleans.Persist.Web.Security;

/// <summary>Marks an endpoint that answers without a key: it tells nothing but that the host is there.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class OpenToAllAttribute : Attribute;
