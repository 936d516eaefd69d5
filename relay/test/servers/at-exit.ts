const endings: (() => void)[] = []

/** Does something when the test process ends, the latest first. */
export function atExit(end: () => void): void {
  endings.unshift(end)
}

function endAll(): void {
  for (const end of endings.splice(0)) end()
}

/** A signal that ends a process ends it without an 'exit'. */
function endBySignal(): void {
  endAll()
  process.kill(process.pid, 'SIGTERM')
}

process.on('exit', endAll)
// So Vitest ends its workers.
process.once('SIGTERM', endBySignal)
// Vitest itself was ended, while a test hangs.
process.once('disconnect', endBySignal)
