import { openAsker } from './raw-client.js'
import type { RecordedWrite, Tick } from './value-history.js'

/** Follows each payload, so that slow readers fall behind. */
const padding = 'x'.repeat(2000)

/** A client that writes values. */
export interface ValueWriterClient {
  readonly writes: readonly RecordedWrite[]
  /** Writes a value, or deletes it. Resolves with false if the write was refused, or is unknown. */
  write(subject: string, payload: string | undefined): Promise<boolean>
}

/** Opens a writer. */
export async function openWriter(tick: Tick, url: string, broker?: string): Promise<ValueWriterClient> {
  const writes: RecordedWrite[] = []
  const { ask } = await openAsker(url)
  return {
    writes,
    async write(subject, payload) {
      const write: RecordedWrite = { subject, payload, from: tick() }
      writes.push(write)
      const message = payload === undefined ? '' : `${payload} ${padding}`
      const { kind, fields } = await ask('Publish', { subject, message, broker, retain: true })
      // A refused write has no effect; the outcome of an interrupted one is unknown.
      if (kind === 'Error' && fields.code !== 'interrupted') writes.splice(writes.indexOf(write), 1)
      if (kind !== 'Ack') return false
      write.to = tick()
      if (fields.revision !== undefined) write.revision = fields.revision
      return true
    },
  }
}
