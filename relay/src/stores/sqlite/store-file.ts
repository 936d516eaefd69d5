import { statSync } from 'node:fs'
import { WildcastError } from '@wildcast/protocol'
import type { StoreLimits } from '../limits.js'
import { fileVersion } from './file-fault.js'
import type { FileWrite } from './file-write.js'
import type { FileMessage } from './message-row.js'
import type { TermStart } from './numbers.js'
import { closeFile, openFile } from './open-file.js'
import type { FileValue } from './row.js'
import { StoreFileFault } from './store-file-fault.js'
import { ValuesFile } from './values-file.js'

/** The content of a store, in numbers. */
export interface StoreInfo {
  readonly file: string
  readonly version: number
  readonly values: number
  /** Of subjects, payloads, headers and wills. */
  readonly bytes: number
  readonly messages: number
  /** Of their subjects, payloads and headers. */
  readonly messageBytes: number
  /** The values that have a ttl. */
  readonly expiring: number
  /** The values that have a will. */
  readonly wills: number
  readonly fileBytes: number
  /** The part of the file that deleted values and forgotten messages have left. */
  readonly freeBytes: number
}

/** A store that no relay has open. */
export interface StoreFile {
  info(): StoreInfo
  /** Gives the space of deleted values and forgotten messages back to the file system. */
  compact(): void
  /** All values, in the order of their subjects. */
  values(): Iterable<FileValue>
  /** All messages, in the order of their positions. */
  messages(): Iterable<FileMessage>
  /**
   * Writes all of the values and messages, with new numbers, or none.
   * @throws {WildcastError} `storage_full`
   */
  write(writes: readonly FileWrite[]): void
  close(): void
}

export interface StoreFileOptions {
  readonly limits: StoreLimits
  readonly start: TermStart
  /** Whether the file may be new. @default false */
  readonly create?: boolean
}

/**
 * Opens the file of a store in this thread.
 * @throws {StoreFileFault} if it can't be opened: a relay has it, for example
 */
export function openStoreFile(file: string, { limits, start, create = false }: StoreFileOptions): StoreFile {
  if (!create && !statSync(file, { throwIfNoEntry: false }))
    throw new StoreFileFault(`there is no store ${file}; a relay creates it when it starts, or "wildcast store import"`)
  const database = openFile(file)
  const values = new ValuesFile(database, limits, start)
  const numberOf = (sql: string): number => (database.prepare(sql).raw().get() as readonly [number])[0]
  return {
    info: () => ({
      file,
      version: fileVersion,
      ...contentsOf(values),
      expiring: numberOf('SELECT count(*) FROM "values" WHERE expires_at IS NOT NULL'),
      wills: numberOf('SELECT count(*) FROM "values" WHERE will_lease IS NOT NULL'),
      fileBytes: numberOf('SELECT page_count * page_size FROM pragma_page_count, pragma_page_size'),
      freeBytes: numberOf('SELECT freelist_count * page_size FROM pragma_freelist_count, pragma_page_size'),
    }),
    compact: () => values.compact(),
    values: () => values.all(),
    messages: () => values.allMessages(),
    write: (writes) =>
      values.transaction(() => {
        for (const write of writes) {
          const outcome = values.apply(write, start.now)
          if (outcome.kind === 'failed') throw new WildcastError('storage_full', outcome.failure.message)
        }
      }),
    close: () => closeFile(database),
  }
}

/** Returns how much a store holds; `bytes` are those of its values. */
function contentsOf({ contents }: ValuesFile): Pick<StoreInfo, 'values' | 'bytes' | 'messages' | 'messageBytes'> {
  const { values, messages, bytes, messageBytes } = contents
  return { values, bytes: bytes - messageBytes, messages, messageBytes }
}
