import type { WildcastError } from '@wildcast/protocol'
import type { OutboxOwner } from '../core/outbox-ports.js'
import type { StreamEncoder } from '../core/outlet.js'
import type { Wire } from '../core/wire.js'

/** A wire whose reader a test controls. */
export interface ScriptedWire extends Wire {
  /** The written buffers. */
  readonly buffers: Uint8Array[]
  readonly text: string
  readonly ends: WildcastError[]
  /** Whether reading is paused. */
  readonly paused: boolean
  /** Stops the reader: later writes wait. */
  stop(): void
  /** Reads `bytes` of the waiting bytes; all by default. */
  read(bytes?: number): void
  /** Reads all, and then `writes` further writes before it stops again. */
  readOn(writes: number): void
}

export function scriptedWire(): ScriptedWire {
  const buffers: Uint8Array[] = []
  const ends: WildcastError[] = []
  let stopped = false
  let writes = Number.POSITIVE_INFINITY
  let waiting = 0
  let pauses = 0
  let drained: (() => void) | undefined
  return {
    buffers,
    ends,
    get text() {
      return buffers.map((bytes) => new TextDecoder().decode(bytes)).join('')
    },
    get waiting() {
      return waiting
    },
    get paused() {
      return pauses > 0
    },
    write(bytes, done) {
      buffers.push(bytes)
      if (writes-- <= 0) stopped = true
      if (stopped) waiting += bytes.length
      done?.(true)
      return !stopped
    },
    whenDrained(run) {
      drained = run
    },
    pause() {
      pauses++
      return () => pauses--
    },
    end: (error) => void ends.push(error),
    stop() {
      stopped = true
    },
    read(bytes = waiting) {
      waiting -= bytes
      if (waiting > 0) return
      stopped = false
      writes = Number.POSITIVE_INFINITY
      drained?.()
    },
    readOn(more) {
      waiting = 0
      stopped = false
      writes = more
      drained?.()
    },
  }
}

/** Writes `<id>:<payload> ` for a message, `gap<id>:<missed> ` for a gap, and nothing else. */
export function textEncoder(): StreamEncoder & { readonly joins: number } {
  let joins = 0
  return {
    get joins() {
      return joins
    },
    message: ({ payload }, { id }) => new TextEncoder().encode(`${id}:${payload} `),
    gap: ({ id }, missed) => new TextEncoder().encode(`gap${id}:${missed} `),
    overrun: 'gap',
    join(frames, bytes) {
      const [only] = frames
      if (only && frames.length === 1) return only
      joins++
      const joined = new Uint8Array(bytes)
      let at = 0
      for (const frame of frames) {
        joined.set(frame, at)
        at += frame.length
      }
      return joined
    },
  }
}

/** An owner that ignores all events. */
export const silentOwner: OutboxOwner = { ended: () => {} }
