using System.Runtime.InteropServices;
using AccountGuard.CommandLine;

// Ctrl-C and a polite kill end a command between two transactions; the same command again goes on from there.
using var stop = new CancellationTokenSource();
void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);

return await Commands.RunAsync(args, stop.Token);
