/** The first signal closes in good order, the second at once. */
export function closeOnSignal(serving: { close(): Promise<void> }): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      for (const again of ['SIGINT', 'SIGTERM'] as const) process.once(again, () => process.exit(1))
      void serving.close().then(() => process.exit(0))
    })
}
