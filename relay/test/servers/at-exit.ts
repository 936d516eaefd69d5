const endings: (() => void)[] = []

/** Runs `end` when the test process ends, the latest one first. */
export function atExit(end: () => void): void {
  endings.unshift(end)
}

function endAll(): void {
  for (const end of endings.splice(0)) end()
}

/** A process that a signal ends emits no 'exit'. */
function endBySignal(): void {
  endAll()
  process.kill(process.pid, 'SIGTERM')
}

process.on('exit', endAll)
// Vitest ends its workers with it.
process.once('SIGTERM', endBySignal)
// Vitest itself has ended, while a test hangs.
process.once('disconnect', endBySignal)
