import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer, connect as tcp } from 'node:net'
import path from 'node:path'
import { findProgram } from '../scripts/needs.js'

/**
 * A free port of 127.0.0.1, below those of outgoing connections: the system might give one of these
 * away before the server listens.
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
      // The port is in use.
    } finally {
      server.close()
    }
  }
}

/** Starts a server and waits until its port answers. `stop` resolves when it has ended. */
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
