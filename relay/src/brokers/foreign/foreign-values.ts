import { type Pattern, payloadSize, type Subject } from '@wildcast/protocol'
import type { StoredValue, ValuePage, ValuePageRequest, ValueStore, ValueWrite, Written } from '../../core/store.js'
import { StoreCalls, type StoreCallsPorts } from './store-calls.js'

/** The values of a broker outside the process: see `StoreCalls`. */
export class ForeignValues implements ValueStore {
  readonly #calls: StoreCalls<ValueStore>
  readonly #fits: StoreCallsPorts['fits']

  constructor(ports: StoreCallsPorts) {
    this.#fits = (message) => ports.fits(message)
    this.#calls = new StoreCalls(ports, {
      of: ({ values }) => values,
      absent: 'this broker keeps no values',
      remedy: 'read the value, and decide again',
    })
  }

  write(write: ValueWrite): Promise<Written> {
    return this.#calls.write(payloadSize(write.message.payload), (values) => values.write(write))
  }

  read(subject: Subject): Promise<StoredValue | undefined> {
    return this.#calls.call((values) => values.read(subject))
  }

  async page(pattern: Pattern, request: ValuePageRequest): Promise<ValuePage> {
    const page = await this.#calls.call((values) => values.page(pattern, request))
    return { ...page, values: page.values.filter(this.#fits) }
  }

  mark(): Promise<void> {
    return this.#calls.call((values) => values.mark())
  }

  renew(lease: string): Promise<void> {
    return this.#calls.call((values) => values.renew?.(lease))
  }

  sweep(): Promise<void> {
    return this.#calls.call((values) => values.sweep?.())
  }
}
