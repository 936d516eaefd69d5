import { rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import path from 'node:path'
import { newId } from '../new-id.js'
import { controlFolder } from './control-folder.js'

/**
 * What `wildcast reload` is answered: the lines to print, and whether they say that it has failed.
 */
export interface ControlAnswer {
  readonly failed: boolean
  readonly lines: readonly string[]
}

/** A Unix socket by which a running relay can be asked to reload. */
export interface ControlSocket {
  close(): void
}

/** Every connection to the socket asks for a reload; there is nothing else to ask for. */
export async function openControlSocket(file: string, reload: () => Promise<ControlAnswer>): Promise<ControlSocket> {
  const { folder, prefix } = await controlFolder(file)
  const socketPath = path.join(folder, `${prefix}${newId()}`)
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    socket.on('error', () => socket.destroy()) // who asked has gone
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
