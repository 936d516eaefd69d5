import { type Subject, WildcastError } from '@wildcast/protocol'
import type { ValueStore } from '../../core/store.js'
import { noBody } from './bodies.js'
import { type Kind, kinds } from './frames.js'
import type { PageQueue } from './page-queue.js'
import { pageBody, readPageRequest, readTextBody, readWrite, valueBody, writtenBody } from './value-bodies.js'

/** The most of one page, whatever a relay asks for. */
const mostOfPage = { values: 1000, bytes: 1024 * 1024 }

/** Serves the store of a memory broker to one relay. */
export class ServedValues {
  readonly #values: ValueStore
  readonly #pages: PageQueue

  constructor(values: ValueStore, pages: PageQueue) {
    this.#values = values
    this.#pages = pages
  }

  /** Resolves with the body of the answer to a frame. */
  async answer(kind: Kind, body: Uint8Array): Promise<Uint8Array> {
    switch (kind) {
      case kinds.write:
        return writtenBody(await this.#values.write(readWrite(body)))
      case kinds.read:
        return valueBody(await this.#values.read(readTextBody(body) as Subject))
      case kinds.page:
        return this.#page(body)
      case kinds.mark:
        await this.#values.mark()
        return noBody
      case kinds.renew:
        await this.#values.renew?.(readTextBody(body))
        return noBody
      default:
        throw new WildcastError('internal', `a frame of the unknown kind ${kind}`)
    }
  }

  #page(body: Uint8Array): Promise<Uint8Array> {
    const { pattern, request } = readPageRequest(body)
    const values = Math.min(request.values, mostOfPage.values)
    const bytes = Math.min(request.bytes, mostOfPage.bytes)
    return this.#pages.run(async () => pageBody(await this.#values.page(pattern, { ...request, values, bytes })))
  }
}
