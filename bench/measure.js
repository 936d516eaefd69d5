import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onOwnCore } from './cores.js'
import { usageOf } from './processes.js'
import { freePort, startServer } from './servers.js'

const generator = path.join(import.meta.dirname, 'load/generator.js')

/**
 * @typedef {object} Measurement
 * @property {number} done Deliveries, answers or connections.
 * @property {number} lost
 * @property {number} closed Connections that the server closed.
 * @property {number} perSecond
 * @property {number} [p50Us]
 * @property {number} [p99Us]
 * @property {number} cpuUs The server's processor time for each of `done`.
 * @property {number} memory The server's resident bytes at the end.
 * @property {number} grown Growth of `memory` since the measurement began, for each of `done`.
 */

/**
 * Starts a server, runs the load generator against it, and reads its resource usage.
 * @param {import('./servers/server.js').Server} server
 * @param {import('./load/job.js').Job & import('./load/job.js').Course} job
 * @returns {Promise<Measurement & Record<string, unknown>>}
 */
export async function measure(server, job) {
  const port = await freePort()
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'))
  const { pid, stop } = await startServer(onOwnCore('server', server.command({ port, folder })), port)
  try {
    const { result, begun, ended } = await generate({ ...job, port, dialect: server.dialect }, () => usageOf(pid))
    return {
      ...result,
      perSecond: result.done / result.seconds,
      cpuUs: (ended.cpuUs - begun.cpuUs) / result.done,
      memory: ended.memory,
      grown: (ended.memory - begun.memory) / result.done,
    }
  } finally {
    await stop()
    rmSync(folder, { recursive: true })
  }
}

/** The result of the generator, and the readings at each point. */
async function generate(job, read) {
  const [command, ...args] = onOwnCore('load', [process.execPath, generator])
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const points = {}
  const ended = once(child, 'exit')
  try {
    child.send(job)
    for (;;) {
      const [report] = await Promise.race([once(child, 'message'), ended.then(gone)])
      if (report.failure) throw new Error(report.failure)
      if (report.result) return { ...points, result: report.result }
      points[report.reached] = read()
      child.send('continue')
    }
  } finally {
    child.kill()
    await ended
  }
}

function gone([code]) {
  throw new Error(`the load generator ended with code ${code}`)
}
