import { openConnection } from './connection.js'
import { MarkerReader } from './marker-reader.js'

const atATime = 50

/** @typedef {{ port: number, dialect: import('./dialects/dialect.js').Dialect }} Server */

/**
 * Opens connections, some at a time, so that they fit into the server's queue of handshakes.
 * @template T
 * @param {number} count
 * @param {(i: number) => Promise<T>} open
 */
export async function openAll(count, open) {
  /** @type {T[]} */
  const opened = new Array(count)
  let next = 0
  const opener = async () => {
    while (next < count) {
      const i = next++
      opened[i] = await open(i)
    }
  }
  await Promise.all(Array.from({ length: atATime }, opener))
  return opened
}

/** Opens a connection and subscribes. @param {Server} server @param {readonly string[]} patterns */
export async function openSubscriber({ port, dialect }, patterns) {
  const connection = await openConnection({ ...dialect, port })
  await connection.run([...dialect.open(), ...dialect.subscribe(patterns)])
  return connection
}

/** @param {Server} server @param {{ confirmed: boolean, onConfirmed: () => void }} options */
export async function openPublisher({ port, dialect }, { confirmed, onConfirmed }) {
  const { open, path, publishPath = path, confirmation } = dialect
  const connection = await openConnection({ ...dialect, port, path: publishPath })
  await connection.run(open({ confirmed }))
  if (confirmed) listenFor(connection, { ...confirmation, apart: confirmation.length }, onConfirmed)
  else connection.listen(() => {})
  return connection
}

/** Calls `arrived` for each mark that a connection receives from now on. */
export function listenFor(connection, mark, arrived) {
  const reader = new MarkerReader(mark, arrived)
  connection.listen((room, end) => reader.read(room, end))
}
