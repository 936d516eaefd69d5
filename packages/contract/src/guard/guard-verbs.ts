import type { ContractKind } from '../definition.js'
import type { ClientGuard } from './client-guard.js'
import type { BrokerOption, GuardedMessage, GuardedOptions, GuardedVerbs, PartOption } from './guarded-parts.js'

type VerbGuard = Pick<ClientGuard, 'contract' | 'broker' | 'options' | 'encode' | 'admit' | 'demand'>

/** The kind of data that decides on the broker of an action. */
const kinds: Readonly<Record<string, ContractKind>> = { request: 'request', serve: 'request', presence: 'presence' }

/** Guards what the methods of a client send, and the answers that they resolve with. */
export function guardVerbs<Verbs extends GuardedVerbs>(
  verbs: Verbs,
  guard: VerbGuard,
  home: string | undefined,
): Verbs & { readonly contract: object } {
  const { subscribe, publish, request, serve, can } = verbs
  const placed = <Options extends BrokerOption>(kind: ContractKind, text: string, options: Options | undefined) => ({
    ...options,
    broker: guard.broker(kind, text, options?.broker ?? home),
  })
  return Object.assign(verbs, {
    contract: guard.contract,
    subscribe(pattern: string, how?: unknown, more?: GuardedOptions) {
      const isLoop = typeof how !== 'function'
      const given = (isLoop ? how : more) as GuardedOptions | undefined
      const options = guard.options(pattern, placed('message', pattern, given))
      return isLoop ? subscribe(pattern, options) : subscribe(pattern, how, options)
    },
    publish(subject: string, data?: unknown, options?: BrokerOption) {
      try {
        return publish(subject, guard.encode('message', subject, data), placed('message', subject, options))
      } catch (cause) {
        return publish(subject, undefined, refusing(cause))
      }
    },
    async request(subject: string, data?: unknown, options?: PartOption) {
      const payload = guard.encode('request', subject, data)
      const given = options?.onPart
      let hasParts = false
      const onPart = (part: GuardedMessage): unknown => {
        hasParts = true
        return given && guard.admit(part, '', 'reply') ? given(part) : undefined
      }
      const answer = await request(subject, payload, { ...placed('request', subject, options), onPart })
      // The last of several parts may be empty: a generator has ended without a value.
      if (!hasParts || answer.bytes.length > 0) guard.demand(answer, 'reply')
      return answer
    },
    serve: (subject: string, handler: unknown, options?: BrokerOption) =>
      serve(subject, handler, placed('request', subject, options)),
    async can(action: string, subject: string, options?: BrokerOption) {
      return can(action, subject, placed(kinds[action] ?? 'message', subject, options))
    },
  })
}

/** Returns options that make a publish reject with a reason: it reads them within its promise. */
function refusing(reason: unknown): BrokerOption {
  return {
    get broker(): string {
      throw reason
    },
  }
}
