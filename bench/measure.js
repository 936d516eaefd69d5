import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onOwnCore } from './cores.js'
import { useOf } from './processes.js'
import { freePort, startServer } from './servers.js'

const generator = path.join(import.meta.dirname, 'load/generator.js')

/**
 * @typedef {object} Measurement
 * @property {number} done Deliveries, answers or connections.
 * @property {number} lost
 * @property {number} closed Connections that the server has closed.
 * @property {number} perSecond
 * @property {number} [p50Us]
 * @property {number} [p99Us]
 * @property {number} cpuUs The server's processor time for each of those that are done.
 * @property {number} memory The server's resident bytes at the end.
 * @property {number} grown How many of them have come since the measurement began, for each of
 * those that are done.
 */

/**
 * Starts a server, sets the load generator on it, and reads what it uses meanwhile.
 * @param {import('./servers/server.js').Server} server
 * @param {import('./load/job.js').Job & import('./load/job.js').Course} job
 * @returns {Promise<Measurement & Record<string, unknown>>}
 */
export async function measure(server, job) {
  const port = await freePort()
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'))
  const { pid, stop } = await startServer(onOwnCore('server', server.command({ port, folder })), port)
  try {
    const { result, begun, ended } = await generate({ ...job, port, dialect: server.dialect }, () => useOf(pid))
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

/** What the generator says, and what was read at each point. */
async function generate(job, read) {
  const [command, ...args] = onOwnCore('load', [process.execPath, generator])
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const points = {}
  const ended = once(child, 'exit')
  try {
    child.send(job)
    for (;;) {
      const [said] = await Promise.race([once(child, 'message'), ended.then(gone)])
      if (said.failure) throw new Error(said.failure)
      if (said.result) return { ...points, result: said.result }
      points[said.reached] = read()
      child.send('go on')
    }
  } finally {
    child.kill()
    await ended
  }
}

function gone([code]) {
  throw new Error(`the load generator ended with code ${code}`)
}
