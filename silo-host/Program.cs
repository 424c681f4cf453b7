using Orleans.Persist.SiloHost.Commands;

return await HostCommandLine.RunAsync(args);
