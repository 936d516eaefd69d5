import { spawn } from 'node:child_process'
import { createServer, connect as tcp } from 'node:net'
import { findProgram } from '../scripts/needs.js'

/** A port of 127.0.0.1 that nobody listens on. */
export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

/** Starts a server, and waits until its port answers. */
export async function startServer([name, ...args], port) {
  const server = spawn(findProgram(name), args, { stdio: 'ignore' })
  process.once('exit', () => server.kill('SIGKILL'))
  while (!(await answers(port))) {
    if (server.exitCode !== null) throw new Error(`${name} ended with code ${server.exitCode}`)
  }
  return { stop: () => server.kill() }
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = tcp(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    }).once('error', () => setImmediate(resolve, false))
  })
}
