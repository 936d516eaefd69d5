import path from 'node:path'

/** A worker's private door to one of its endpoints, by which other workers bring connections. */
export interface Door {
  /** Where all of them are. */
  readonly folder: string
  /** The id of the worker's relay. */
  readonly relay: string
  readonly endpoint: number
}

/** The Unix socket of a door: whoever knows a relay's id finds it there, or nothing. */
export function doorPath({ folder, relay, endpoint }: Door): string {
  return path.join(folder, `${relay}.${endpoint}`)
}

/** Whether a text may be a relay's id, and so part of a path. */
export function isRelayId(text: string): boolean {
  return /^[0-9A-Z]{26}$/.test(text)
}
