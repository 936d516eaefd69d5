import { type BrokerMessage, type Pattern, payloadSize } from '@wildcast/protocol'
import type { HistoryRules } from '../../core/history-rules.js'
import type { HistoryPage, HistoryPageRequest, HistoryState, HistoryStore } from '../../core/history-store.js'
import type { PublishKey } from '../../core/publish-key.js'
import { StoreCalls, type StoreCallsPorts } from './store-calls.js'

/** The history of a broker outside the process: see `StoreCalls`. */
export class ForeignHistory implements HistoryStore {
  readonly rules: HistoryRules
  readonly #calls: StoreCalls<HistoryStore>
  readonly #fits: StoreCallsPorts['fits']

  constructor(rules: HistoryRules, ports: StoreCallsPorts) {
    this.rules = rules
    this.#fits = (message) => ports.fits(message)
    this.#calls = new StoreCalls(ports, {
      of: ({ history }) => history,
      absent: 'this broker keeps no messages',
      remedy: 'check whether it arrived',
    })
  }

  append(message: BrokerMessage, key?: PublishKey): Promise<string> {
    return this.#calls.write(payloadSize(message.payload), (history) => history.append(message, key))
  }

  async historyPage(pattern: Pattern, request: HistoryPageRequest): Promise<HistoryPage> {
    const page = await this.#calls.call((history) => history.historyPage(pattern, request))
    return { ...page, messages: page.messages.filter(this.#fits) }
  }

  historyState(pattern: Pattern, position: string): Promise<HistoryState & { readonly isKnown: boolean }> {
    return this.#calls.call((history) => history.historyState(pattern, position))
  }

  forget(): Promise<void> {
    return this.#calls.call((history) => history.forget?.())
  }
}
