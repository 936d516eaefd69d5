import { rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import path from 'node:path'
import { newId } from '../new-id.js'
import { controlFolder } from './control-folder.js'

/** The answer to `wildcast reload`: the lines to print, and whether it failed. */
export interface ControlAnswer {
  readonly failed: boolean
  readonly lines: readonly string[]
}

/** A Unix socket by which a running relay can be asked to reload. */
export interface ControlSocket {
  close(): void
}

/** Opens the socket. Every connection to it requests a reload; there is no other request. */
export async function openControlSocket(file: string, reload: () => Promise<ControlAnswer>): Promise<ControlSocket> {
  const { folder, prefix } = await controlFolder(file)
  const socketPath = path.join(folder, `${prefix}${newId()}`)
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    socket.on('error', () => socket.destroy()) // the client has left
    void reload().then((answer) => socket.end(JSON.stringify(answer)))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(socketPath, resolve)
  })
  server.unref()
  process.once('exit', () => rmSync(socketPath, { force: true }))
  return {
    close() {
      server.close()
      for (const socket of open) socket.destroy()
    },
  }
}
