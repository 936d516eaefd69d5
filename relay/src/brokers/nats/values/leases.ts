import { decodeUtf8 } from '@wildcast/protocol'
import { leaseMs } from '../../../core/store.js'
import type { JetStream } from './jet-stream.js'
import { isRefusedWith, jetStreamCodes } from './jet-stream-error.js'
import { allLeases, clockSubject, leasePlace, leasesStream } from './places.js'
import { leasesSettings } from './stream-settings.js'

/** A lease that was not renewed in time. */
export interface ExpiredLease {
  readonly lease: string
  /** The number of its last renewal. */
  readonly seq: number
}

/**
 * The leases of relays, whose times the server measures. Their stream is made with the first one.
 */
export class NatsLeases {
  readonly #jetStream: JetStream
  /** Those that this connection has renewed. */
  readonly #renewed: Set<string> = new Set()

  constructor(jetStream: JetStream) {
    this.#jetStream = jetStream
  }

  /** Renews a lease at the present time of the server. */
  async renew(lease: string): Promise<void> {
    const now = await this.#now().catch(async (cause: unknown) => {
      if (!isRefusedWith(cause, jetStreamCodes.noResponders)) throw cause
      await this.#jetStream.create(leasesSettings())
      await this.#jetStream.publishToNew(leasesStream, clockSubject, '')
      return this.#now()
    })
    const record: LeaseRecord = { lease, renewed: now }
    await this.#jetStream.publish(leasePlace(lease), JSON.stringify(record))
    this.#renewed.add(lease)
  }

  /** Renews a lease that this connection has not renewed yet: a will needs one that ends. */
  async begin(lease: string): Promise<void> {
    if (!this.#renewed.has(lease)) await this.renew(lease)
  }

  /** Returns the leases that have expired. */
  async expired(): Promise<readonly ExpiredLease[]> {
    const places = await this.#jetStream.subjects(leasesStream, allLeases)
    if (places.length === 0) return []
    const now = await this.#now()
    const leases = await Promise.all(places.map((place) => this.#jetStream.last(leasesStream, place)))
    return leases.flatMap((message) => {
      const record = message && recordOf(message.data)
      return record && now - record.renewed >= leaseMs ? [{ lease: record.lease, seq: message.seq }] : []
    })
  }

  /** Removes a lease, unless it was renewed since. */
  async remove({ lease, seq }: ExpiredLease): Promise<void> {
    this.#renewed.delete(lease)
    await this.#jetStream.remove(leasesStream, seq)
  }

  /** The server reports its time only with a message that it stores. */
  async #now(): Promise<number> {
    await this.#jetStream.publish(clockSubject, '')
    const message = await this.#jetStream.last(leasesStream, clockSubject)
    return message?.time ?? 0
  }
}

interface LeaseRecord {
  readonly lease: string
  /** In milliseconds since 1970, by the clock of the server. */
  readonly renewed: number
}

function recordOf(data: Uint8Array): LeaseRecord | undefined {
  try {
    const { lease, renewed }: { lease?: unknown; renewed?: unknown } = Object(JSON.parse(decodeUtf8(data) ?? ''))
    return typeof lease === 'string' && typeof renewed === 'number' ? { lease, renewed } : undefined
  } catch {
    return undefined
  }
}
