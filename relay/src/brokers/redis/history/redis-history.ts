import type { BrokerMessage, Pattern, Subject } from '@wildcast/protocol'
import type { Clock } from '../../../core/clock.js'
import type { HistoryRules } from '../../../core/history-rules.js'
import type { HistoryPage, HistoryPageRequest, HistoryState, HistoryStore } from '../../../core/history-store.js'
import { noPosition } from '../../../core/position.js'
import type { PublishKey } from '../../../core/publish-key.js'
import { keptPosition } from '../../../stores/change.js'
import { checkBare } from '../redis-publisher.js'
import type { Script, ScriptArgument } from '../scripts.js'
import { nameRange } from '../values/name-range.js'
import type { StoreScripts } from '../values/store-scripts.js'
import type { WriteContext } from '../values/write-command.js'
import { appendArguments, argumentsOfAll } from './append-command.js'
import { HeldAppends } from './held-appends.js'
import { historyPageScript, stateScript } from './read-scripts.js'
import { storedMessagesOf } from './stored-messages.js'
import { dueHistoryScript, forgetScript } from './upkeep-scripts.js'

export interface RedisHistoryOptions extends WriteContext {
  readonly store: StoreScripts
  readonly appendScript: Script
  readonly rules: HistoryRules
  readonly clock: Clock
}

/** The most that one script looks at before it lets Redis serve others, about 2 ms. */
const most = { names: 500, messages: 500, joined: 32 }

/** The most that one script forgets, and how often it runs in a second. */
const forgetting = { subjects: 100, messages: 500, bytes: 1024 * 1024, runs: 20 }

/** The messages that relays keep at one Redis: see `lua-history.ts`. */
export class RedisHistory implements HistoryStore {
  readonly rules: HistoryRules
  readonly #options: RedisHistoryOptions
  readonly #held: HeldAppends
  /**
   * From where on to look at all subjects once, since the rules may have changed. Empty if all were
   * looked at.
   */
  #walk = '-'

  constructor(options: RedisHistoryOptions) {
    this.#options = options
    this.#held = new HeldAppends((messages) => this.#appendAll(messages), options.clock)
    this.rules = options.rules
  }

  async append(message: BrokerMessage, key?: PublishKey): Promise<string> {
    const { store, ruleTexts, grown } = this.#options
    checkBare({ ...message, headers: undefined })
    const rule = ruleTexts.of(message.subject)
    if (rule === undefined) throw new TypeError('no rule names the subject')
    grown.add(message.subject)
    const args = appendArguments({ message, rule, key }, this.#options)
    return keptPosition(await store.written(await this.#held.add(args, message.payload.length)))
  }

  /** Sends the messages that wait for the end of the turn. */
  flush(): void {
    this.#held.flush()
  }

  async historyPage(pattern: Pattern, request: HistoryPageRequest): Promise<HistoryPage> {
    const { after = '', before = '', newestFirst = false, messages, bytes } = request
    const bounds = [after === noPosition ? '' : after, before, newestFirst ? 1 : 0]
    const limits = [messages, bytes, most.messages, most.joined]
    const { state, rest } = await this.#read(historyPageScript, pattern, '', [...bounds, ...limits])
    const [next = '', ...found] = rest
    const kept = storedMessagesOf(found).filter(({ subject }) => this.rules.of(subject) !== undefined)
    return { ...state, messages: kept, next: next.toString() || undefined }
  }

  async historyState(pattern: Pattern, position: string): Promise<HistoryState & { readonly isKnown: boolean }> {
    const [term = '', count = ''] = position.split('-')
    const [{ state, ended }] = await Promise.all([
      this.#read(stateScript, pattern, term, []),
      this.#options.store.mark(), // returns after what Redis had published before the state
    ])
    return { ...state, isKnown: position === noPosition || (ended !== '' && count <= ended) }
  }

  async forget(): Promise<void> {
    const { store, ruleTexts, grown } = this.#options
    if (grown.takeOverflow()) this.#walk = '-'
    for (let run = 0; run < forgetting.runs; run++) {
      const reply = await store.run(dueHistoryScript, [forgetting.subjects, this.#walk])
      const [term, due, others] = reply as readonly [Buffer, readonly Buffer[], readonly Buffer[]]
      if (store.replaced(term.toString())) return
      this.#walk = others.length < forgetting.subjects ? '' : `(${others.at(-1)}`
      const longer = grown.take(forgetting.subjects)
      const subjects = [...new Set([...due, ...others, ...longer].map((subject) => `${subject}` as Subject))]
      if (subjects.length === 0) return
      const args = subjects.flatMap((subject) => [subject, ruleTexts.of(subject) ?? ''])
      const removed = Number(await store.run(forgetScript, [forgetting.messages, forgetting.bytes, ...args]))
      // Subjects with more to forget are due again.
      if (removed > 0) for (const subject of longer) grown.add(subject)
      if (due.length < forgetting.subjects && removed < forgetting.messages && grown.size === 0) return
    }
  }

  async #appendAll(messages: readonly (readonly ScriptArgument[])[]): Promise<readonly unknown[]> {
    const { store, appendScript, echo } = this.#options
    const args = [store.server, echo, ...argumentsOfAll(messages)]
    const [echoed, ...replies] = (await store.run(appendScript, args)) as readonly unknown[]
    const newest = String(echoed)
    if (newest !== '') await store.delivered(newest, true)
    return replies.map((one) => (one instanceof Error ? store.failure(one) : one))
  }

  async #read(
    script: Script,
    pattern: Pattern,
    asked: string,
    args: readonly ScriptArgument[],
  ): Promise<{ readonly state: HistoryState; readonly ended: string; readonly rest: readonly Buffer[] }> {
    const { store, ruleTexts } = this.#options
    const { low, high } = nameRange(pattern, undefined)
    const names = [asked, ruleTexts.touching(pattern), pattern, low, high, most.names]
    const reply = (await store.run(script, [...names, ...args])) as readonly Buffer[]
    const [newest = '', ended = '', forgotten = ''] = reply.map((part, i) => (i < 3 ? part.toString() : ''))
    const replaced = store.replaced(newest)
    if (replaced) throw replaced
    return { state: { newest: newest || noPosition, forgotten: forgotten || noPosition }, ended, rest: reply.slice(3) }
  }
}
