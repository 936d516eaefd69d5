import type { Pattern, Subject } from '@wildcast/protocol'
import {
  leaseMs,
  type StoredValue,
  type ValuePage,
  type ValuePageRequest,
  type ValueStore,
  type ValueWrite,
  type Written,
} from '../../../core/store.js'
import type { Script } from '../scripts.js'
import { nameRange } from './name-range.js'
import { pageScript, readScript } from './read-scripts.js'
import { storedValueOf, willOf } from './records.js'
import type { StoreScripts } from './store-scripts.js'
import { dueScript, renewLeaseScript } from './upkeep-scripts.js'
import { type DueWrite, type WriteContext, writeArguments } from './write-command.js'

export interface RedisValuesOptions extends WriteContext {
  readonly store: StoreScripts
  readonly writeScript: Script
}

/** How many names a script looks at before it lets Redis serve others. */
const mostLooks = 1000
/** How many values, and how many wills, one script finds that are due. */
const dueBatch = 100

/** The values that relays keep at one Redis: see `lua-values.ts`. */
export class RedisValues implements ValueStore {
  readonly #options: RedisValuesOptions

  constructor(options: RedisValuesOptions) {
    this.#options = options
  }

  write(write: ValueWrite): Promise<Written> {
    return this.#write(write)
  }

  async read(subject: Subject): Promise<StoredValue | undefined> {
    const record = await this.#options.store.run(readScript, [subject])
    return record ? storedValueOf(subject, record as Buffer) : undefined
  }

  async page(pattern: Pattern, request: ValuePageRequest): Promise<ValuePage> {
    for (let { after } = request; ; ) {
      const { low, high } = nameRange(pattern, after)
      const reply = await this.#options.store.run(pageScript, [
        pattern,
        low,
        high,
        request.values,
        request.bytes,
        mostLooks,
      ])
      const [next = '', ...rest] = reply as Buffer[]
      const values = valuesOf(rest)
      after = (next.toString() || undefined) as Subject | undefined
      if (values.length > 0 || after === undefined) return { values, next: after }
    }
  }

  mark(): Promise<void> {
    return this.#options.store.mark()
  }

  async renew(lease: string): Promise<void> {
    await this.#options.store.run(renewLeaseScript, [lease])
  }

  async sweep(): Promise<void> {
    for (;;) {
      const reply = await this.#options.store.run(dueScript, [leaseMs, dueBatch])
      const [term, expired, wills] = reply as readonly [Buffer, readonly Buffer[][], readonly Buffer[][]]
      this.#options.store.replaced(term.toString())
      const writes = [...expired.map(deletionOf), ...wills.map(willWriteOf)].map((write) => this.#write(write))
      const written = await Promise.all(writes)
      const isAll = expired.length < dueBatch && wills.length < dueBatch
      // Another relay may be writing the same ones.
      if (isAll || !written.some(({ kind }) => kind === 'written')) return
    }
  }

  async #write(write: DueWrite): Promise<Written<string>> {
    const { store, writeScript } = this.#options
    return store.written(await store.run(writeScript, writeArguments(write, this.#options, store.server)))
  }
}

function valuesOf(subjectsAndRecords: readonly Buffer[]): StoredValue[] {
  const values: StoredValue[] = []
  for (let i = 0; i + 1 < subjectsAndRecords.length; i += 2) {
    const value = storedValueOf(`${subjectsAndRecords[i]}` as Subject, subjectsAndRecords[i + 1] as Buffer)
    if (value) values.push(value)
  }
  return values
}

function deletionOf([subject, revision]: readonly Buffer[]): DueWrite {
  return { message: { subject: `${subject}` as Subject, payload: '' }, ifRevision: `${revision}`, due: 'expired' }
}

function willWriteOf([subject, revision, will]: readonly Buffer[]): DueWrite {
  const { user, payload } = willOf(will as Buffer)
  const from = user === undefined ? undefined : { session: '', user }
  return { message: { subject: `${subject}` as Subject, payload, from }, ifRevision: `${revision}`, due: 'will' }
}
