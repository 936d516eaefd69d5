import type { HistoryRules } from '../../core/history-rules.js'
import type { HistoryStore } from '../../core/history-store.js'
import { type Kind, kinds } from './frames.js'
import { appendBody, historyRequestBody, readHistoryBody, readState, stateRequestBody } from './history-bodies.js'
import { readTextBody } from './value-bodies.js'

/**
 * Returns the history of a memory broker in another process, which has the same rules. `call`
 * resolves with the body of `done`.
 */
export function linkedHistory(
  rules: HistoryRules,
  call: (kind: Kind, body: Uint8Array) => Promise<Uint8Array>,
): HistoryStore {
  return {
    rules,
    append: async (message, key) => readTextBody(await call(kinds.append, appendBody(message, key))),
    historyPage: async (pattern, request) =>
      readHistoryBody(await call(kinds.historyPage, historyRequestBody(pattern, request))),
    historyState: async (pattern, position) =>
      readState(await call(kinds.historyState, stateRequestBody(pattern, position))),
  }
}
