import { WildcastError } from '@wildcast/protocol'
import type { HistoryStore } from '../../core/history-store.js'
import { type Kind, kinds } from './frames.js'
import { historyPageBody, readAppend, readHistoryRequest, readStateRequest, stateBody } from './history-bodies.js'
import type { PageQueue } from './page-queue.js'
import { textBody } from './value-bodies.js'

/** The most of one page, whatever a relay asks for. */
const mostOfPage = { messages: 1000, bytes: 1024 * 1024 }

/** Serves the history of a memory broker to one relay. */
export class ServedHistory {
  readonly #history: HistoryStore | undefined
  readonly #pages: PageQueue

  constructor(history: HistoryStore | undefined, pages: PageQueue) {
    this.#history = history
    this.#pages = pages
  }

  /** Resolves with the body of the answer to a frame. */
  async answer(kind: Kind, body: Uint8Array): Promise<Uint8Array> {
    const history = this.#history
    if (!history) throw new WildcastError('unsupported', 'the memory broker of this machine keeps no messages')
    switch (kind) {
      case kinds.append:
        return textBody(await history.append(...readAppend(body)))
      case kinds.historyPage:
        return this.#page(history, body)
      case kinds.historyState:
        return stateBody(await history.historyState(...readStateRequest(body)))
      default:
        throw new WildcastError('internal', `a frame of the unknown kind ${kind}`)
    }
  }

  #page(history: HistoryStore, body: Uint8Array): Promise<Uint8Array> {
    const { pattern, request } = readHistoryRequest(body)
    const messages = Math.min(request.messages, mostOfPage.messages)
    const bytes = Math.min(request.bytes, mostOfPage.bytes)
    return this.#pages.run(async () =>
      historyPageBody(await history.historyPage(pattern, { ...request, messages, bytes })),
    )
  }
}
