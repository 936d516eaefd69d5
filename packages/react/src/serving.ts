import { type Client, type Handler, type SubscriptionStatus, WildcastError } from '@wildcast/client'
import { defer } from '@wildcast/client/store'

/** Whether a page answers the requests on a subject: a new object at each change. */
export interface ServingState {
  /** `ready` while requests arrive. */
  readonly status: SubscriptionStatus
  /** Why the page may not answer, while it may not: such as `already_served`, or `forbidden`. */
  readonly error: WildcastError | undefined
}

/** A component that answers requests. */
export interface Server {
  readonly handle: Handler
  changed(): void
}

/** The answers of a page to one subject, outside of React. */
export interface Serving {
  readonly state: ServingState
  /** Adds a component: the newest one answers. Returns a function that removes it. */
  view(server: Server): () => void
}

/** The state without a subject, before the first answer, and in a server render. */
export const notServing: ServingState = { status: 'idle', error: undefined }

/** Opens the answers to a subject. The first component serves it. */
export function openServing(
  client: Client,
  { subject, broker }: { readonly subject: string; readonly broker: string | undefined },
  closed: () => void,
): Serving {
  const servers = new Set<Server>()
  let state = notServing
  let stop: (() => void) | undefined

  const change = (to: Partial<ServingState>): void => {
    state = { ...state, ...to }
    for (const server of servers) server.changed()
  }
  const begin = (): void => {
    try {
      stop = client.serve(subject, (message) => [...servers].at(-1)?.handle(message), {
        broker,
        onStatus: (status) => change(status === 'ready' ? { status, error: undefined } : { status }),
        onError: (error) => change({ error }),
      })
    } catch (cause) {
      change({ status: 'error', error: WildcastError.from(cause) })
    }
  }
  return {
    get state() {
      return state
    },
    view(server) {
      servers.add(server)
      if (!stop) begin()
      return () => {
        servers.delete(server)
        // StrictMode mounts again at once. A longer wait would keep requests from others.
        defer(() => {
          if (servers.size > 0) return
          stop?.()
          stop = undefined
          closed()
        })
      }
    },
  }
}
