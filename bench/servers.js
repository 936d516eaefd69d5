import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer, connect as tcp } from 'node:net'
import path from 'node:path'
import { findProgram } from '../scripts/needs.js'

/**
 * A port of 127.0.0.1 that nobody listens on, below those that systems give to outgoing
 * connections, which might be quicker.
 */
export async function freePort() {
  for (;;) {
    const port = randomInt(10_000, 32_768)
    const server = createServer()
    try {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
      return port
    } catch {
      // Somebody listens there.
    } finally {
      server.close()
    }
  }
}

/** Starts a server, and waits until its port answers. `stop` resolves when it has ended. */
export async function startServer([name, ...args], port) {
  const server = spawn(path.isAbsolute(name) ? name : findProgram(name), args, { stdio: 'ignore' })
  const kill = () => server.kill('SIGKILL')
  process.once('exit', kill)
  const ended = once(server, 'exit').then(() => void process.off('exit', kill))
  while (!(await answers(port))) {
    if (server.exitCode !== null) throw new Error(`${name} ended with code ${server.exitCode}`)
  }
  return {
    pid: server.pid,
    stop() {
      server.kill()
      return ended
    },
  }
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = tcp(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    }).once('error', () => setImmediate(resolve, false))
  })
}
