import { parsePattern } from '@wildcast/protocol'
import { memory, newId, type OpenBroker, realClock } from '../src/index.js'
import { memoryStore } from '../src/stores/memory/memory-store.js'

/** A memory broker that keeps the messages of some subjects. */
export function keepingBroker(
  rules: readonly { readonly subjects: string; readonly messages: number }[],
  clock = realClock,
): ReturnType<typeof memory> {
  const parsed = rules.map(({ subjects, messages }) => ({ subjects: parsePattern(subjects), messages }))
  return memory({ clock, newId, store: memoryStore({ clock, rules: parsed }) })
}

/** A broker whose subscriptions a test can await. */
export interface WatchedBroker {
  readonly open: OpenBroker
  /** Resolves when a subscription was confirmed since the last call. */
  subscribed(): Promise<void>
}

/** Watches a broker. */
export function watched(open: OpenBroker): WatchedBroker {
  let [confirmed, confirm] = newPromise()
  return {
    open: async (events) => {
      const broker = await open(events)
      const subscribe: typeof broker.subscribe = async (...args) => {
        const undo = await broker.subscribe(...args)
        confirm()
        return undo
      }
      return new Proxy(broker, {
        get(target, name) {
          if (name === 'subscribe') return subscribe
          const value: unknown = Reflect.get(target, name)
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
    },
    async subscribed() {
      await confirmed
      ;[confirmed, confirm] = newPromise()
    },
  }
}

function newPromise(): [Promise<void>, () => void] {
  let resolve = (): void => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return [promise, resolve]
}
