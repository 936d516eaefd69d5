import { openAsker } from '../values/raw-client.js'
import type { RecordedPublish } from './history-record.js'

/** Follows each payload, so that slow readers fall behind. */
const padding = 'x'.repeat(1000)

/** A client that publishes messages. */
export interface RecordedPublisher {
  readonly publishes: readonly RecordedPublish[]
  /** Publishes. Resolves with false if it was refused, or its outcome is unknown. */
  publish(subject: string, payload: string): Promise<boolean>
}

/** Opens a publisher. */
export async function openPublisher(tick: () => number, url: string): Promise<RecordedPublisher> {
  const publishes: RecordedPublish[] = []
  const { ask } = await openAsker(url)
  return {
    publishes,
    async publish(subject, payload) {
      const publish: RecordedPublish = { subject, payload, from: tick() }
      publishes.push(publish)
      const { kind, fields } = await ask('Publish', { subject, message: `${payload} ${padding}` })
      // A refused one has no effect; the outcome of an interrupted one is unknown.
      if (kind === 'Error' && fields.code !== 'interrupted') publishes.splice(publishes.indexOf(publish), 1)
      if (kind !== 'Ack') return false
      publish.to = tick()
      if (fields.position === undefined) throw new Error(`${subject} is not kept`)
      publish.position = fields.position
      return true
    },
  }
}
