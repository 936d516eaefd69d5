import { openAsker } from './raw-client.js'
import { nameHeader, type RecordedWrite, type Tick } from './value-history.js'

/** Follows each payload, so that slow readers fall behind. */
const padding = 'x'.repeat(2000)

/** A client that writes values. */
export interface ValueWriterClient {
  readonly writes: readonly RecordedWrite[]
  /** Writes a value, or deletes it. Resolves with false if the write was refused, or is unknown. */
  write(subject: string, payload: string | undefined): Promise<boolean>
}

export interface WriterOptions {
  readonly url: string
  readonly broker?: string | undefined
  /** Returns a name for the next write, which it has as a header. @default revisions name writes */
  readonly nextName?: (() => string) | undefined
}

/** Opens a writer. */
export async function openWriter(tick: Tick, { url, broker, nextName }: WriterOptions): Promise<ValueWriterClient> {
  const writes: RecordedWrite[] = []
  const { ask } = await openAsker(url)
  return {
    writes,
    async write(subject, payload) {
      const write: RecordedWrite = { subject, payload, from: tick() }
      writes.push(write)
      const message = payload === undefined ? '' : `${payload} ${padding}`
      const name = nextName?.()
      const headers = name === undefined ? undefined : { [nameHeader]: name }
      const { kind, fields } = await ask('Publish', { subject, message, broker, headers, retain: true })
      // A refused write has no effect; the outcome of an interrupted one is unknown.
      if (kind === 'Error' && fields.code !== 'interrupted') writes.splice(writes.indexOf(write), 1)
      if (kind !== 'Ack') return false
      write.to = tick()
      const revision = fields.revision ?? name
      if (revision !== undefined) write.revision = revision
      return true
    },
  }
}
