import path from 'node:path'

/**
 * A worker's private socket for one of its endpoints, to which other workers forward connections.
 */
export interface WorkerSocket {
  /** The folder of all these sockets. */
  readonly folder: string
  /** The id of the worker's relay. */
  readonly relay: string
  readonly endpoint: number
}

/** Returns the path of this Unix socket, which exists while the relay runs. */
export function workerSocketPath({ folder, relay, endpoint }: WorkerSocket): string {
  return path.join(folder, `${relay}.${endpoint}`)
}

/** Whether a text can be the id of a relay, and so part of a path. */
export function isRelayId(text: string): boolean {
  return /^[0-9A-Z]{26}$/.test(text)
}
