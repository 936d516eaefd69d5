import { parentPort, workerData } from 'node:worker_threads'
import { WildcastError } from '@wildcast/client'
import { realClock } from '../../core/clock.js'
import { LoadClients } from './load-clients.js'
import type { LoadCommand, LoadReport } from './load-messages.js'
import type { LoadShare } from './load-plan.js'

// A thread of `wildcast bench`.

const reportEveryMs = 200

const share: LoadShare = workerData
const clients = new LoadClients(share)
const report = (one: LoadReport): void => parentPort?.postMessage(one)
let isOpen = true

function reportFigures(): void {
  if (!isOpen) return
  report({ kind: 'figures', figures: clients.figures() })
  realClock.after(reportEveryMs, reportFigures)
}

const commands: Readonly<Record<LoadCommand, () => void>> = {
  start() {
    clients.start()
    reportFigures()
  },
  stop: () => clients.stop(),
  close() {
    isOpen = false
    clients.close()
    parentPort?.close()
  },
}

parentPort?.on('message', (command: LoadCommand) => commands[command]())
await clients
  .join((joined, error) => report({ kind: 'joined', clients: joined, error }))
  .catch((cause: unknown) => {
    const { code, message } = WildcastError.from(cause)
    report({ kind: 'refused', error: `${code}: ${message}` })
  })
