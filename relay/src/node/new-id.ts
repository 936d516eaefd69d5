import { randomFillSync } from 'node:crypto'
import { ulid } from 'ulid'

/**
 * Random bytes from the system, each used once. The ulid library would request one byte at a time,
 * which costs more than a message.
 */
const pool = new Uint8Array(4096)
let used = pool.length

function chance(): number {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  return (pool[used++] as number) / 256
}

/** A ULID: it sorts by time, and 80 random bits make it unguessable. */
export const newId = (): string => ulid(undefined, chance)
