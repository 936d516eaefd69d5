import { type Pattern, payloadSize, type Subject, WildcastError } from '@wildcast/protocol'
import type { StoredValue, ValuePage, ValuePageRequest, ValueStore, ValueWrite, Written } from '../../core/store.js'
import type { BrokerConnection } from './driver.js'
import type { ReconnectingLink } from './link.js'
import type { Publisher } from './publisher.js'

/**
 * The store of a broker outside the process: each call goes over the present connection. Without
 * one it rejects with `broker_down`; with `interrupted` if the connection ends before the answer.
 */
export class ForeignValues implements ValueStore {
  readonly #link: Pick<ReconnectingLink<BrokerConnection>, 'connection'>
  readonly #publisher: Pick<Publisher, 'write'>

  /** The publisher keeps writes in order with publishes. */
  constructor(link: Pick<ReconnectingLink<BrokerConnection>, 'connection'>, publisher: Pick<Publisher, 'write'>) {
    this.#link = link
    this.#publisher = publisher
  }

  write(write: ValueWrite): Promise<Written> {
    const bytes = payloadSize(write.message.payload)
    return this.#publisher.write(bytes, (connection) => over(connection, (values) => values.write(write)))
  }

  read(subject: Subject): Promise<StoredValue | undefined> {
    return this.#call((values) => values.read(subject))
  }

  page(pattern: Pattern, request: ValuePageRequest): Promise<ValuePage> {
    return this.#call((values) => values.page(pattern, request))
  }

  mark(): Promise<void> {
    return this.#call((values) => values.mark())
  }

  renew(lease: string): Promise<void> {
    return this.#call((values) => values.renew?.(lease))
  }

  sweep(): Promise<void> {
    return this.#call((values) => values.sweep?.())
  }

  async #call<Result>(call: (values: ValueStore) => Result): Promise<Awaited<Result>> {
    const { connection } = this.#link
    if (!connection) throw new WildcastError('broker_down', 'the broker is not reachable; try again when it is back')
    return over(connection, call)
  }
}

/** Runs a call at once. The end of the connection leaves its outcome unknown. */
async function over<Result>(
  { values }: BrokerConnection,
  call: (values: ValueStore) => Result,
): Promise<Awaited<Result>> {
  if (!values) throw new WildcastError('unsupported', 'this broker keeps no values')
  try {
    return await call(values)
  } catch (cause) {
    if (WildcastError.from(cause).code !== 'broker_down') throw cause
    throw new WildcastError(
      'interrupted',
      'the link to the broker broke on the way; read the value, and decide again',
      {
        cause,
      },
    )
  }
}
