// A process that runs tests writes at its end which code it ran. Mocha gives it a second for that, then sends a signal;
// on a busy machine the second is not enough, and all that this process ran would count as never run.
if (process.env.MOCHA_WORKER_ID !== undefined) process.on("SIGTERM", () => process.exit());
