/** The first signal closes in good order, the second at once. */
export function closeOnSignal(serving: { close(): Promise<void> }): void {
  let closing = false
  // Always heard: without a listener, however briefly, another one would end the process in its own way.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (!closing) void serving.close().then(() => process.exit(0))
      else if (signal !== 'SIGHUP') process.exit(1)
      closing = true
    })
}
