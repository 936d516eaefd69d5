import type { ValueStore } from '../../core/store.js'
import { noBody } from './bodies.js'
import { type Kind, kinds } from './frames.js'
import { pageRequestBody, readPage, readValue, readWritten, textBody, writeBody } from './value-bodies.js'

/**
 * Returns the store of a memory broker in another process. `call` resolves with the body of `done`.
 */
export function linkedValues(call: (kind: Kind, body: Uint8Array) => Promise<Uint8Array>): ValueStore {
  return {
    write: async (write) => readWritten(await call(kinds.write, writeBody(write))),
    read: async (subject) => readValue(await call(kinds.read, textBody(subject))),
    page: async (pattern, request) => readPage(await call(kinds.page, pageRequestBody(pattern, request))),
    async mark() {
      await call(kinds.mark, noBody)
    },
    async renew(lease) {
      await call(kinds.renew, textBody(lease))
    },
  }
}
