using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Orleans.Persist.Web.Http;

/// <summary>Answers with a problem document where a request has failed, and logs what is the host's fault.</summary>
internal sealed class ProblemExceptionHandler(ILogger<ProblemExceptionHandler> logger) : IExceptionHandler
{
    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested && exception is OperationCanceledException or IOException)
            return true; // nobody is there to be told
        var problem = Problem.Of(exception);
        if (problem.Status >= 500)
            logger.RequestFailed(exception, httpContext.Request.Method, httpContext.Request.Path);
        await Problem.WriteAsync(httpContext, problem).ConfigureAwait(false);
        return true;
    }
}
