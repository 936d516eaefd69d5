import { type BrokerMessage, matches, type Subject } from '@wildcast/protocol'
import type { RuleSource } from '../core/access/grants.js'
import type { Interest } from '../core/broker.js'
import type { Inside } from '../core/inside.js'
import type { Observer } from '../core/observer.js'
import type { OnFailure } from '../core/outlet.js'
import type { Part } from '../core/part.js'
import { Host } from './host.js'
import { ofComponent } from './of-component.js'
import type { Defaults } from './route.js'
import { type ComponentSubscription, interestOfComponent } from './subscription.js'
import type { OpenThread } from './thread.js'

/** A component to open. */
export interface ComponentOptions {
  readonly id: string
  /** The broker that triggers it. */
  readonly broker: string
  readonly subscription: ComponentSubscription
  /** The defaults for its outputs. @default the subject to answer on, or the trigger's */
  readonly result?: Defaults | undefined
  /** The rules for its outputs. @default every output is allowed */
  readonly role?: RuleSource | undefined
  /** How many messages run at once. @default 1, which keeps their order; 64 for requests */
  readonly concurrency?: number | undefined
  readonly open: OpenThread
}

/** The relay, as components use it. */
export interface ComponentPorts {
  readonly inside: Inside
  readonly observer: Observer
  readonly onError: OnFailure
}

/** Opened components. */
export interface Components {
  /**
   * Loads a component's module again.
   * @throws {WildcastError} `internal` if it can't be loaded: the old one continues
   */
  reload(id: string): Promise<void>
  /** The status of each component, and why it is down. */
  parts(): readonly Part[]
  /** Takes no more messages, and ends what runs. */
  close(): Promise<void>
}

const requestsAtOnce = 64

/**
 * Opens components, each in its own thread. Their brokers trigger them once they have confirmed.
 * @throws {WildcastError} `internal` if a module can't be loaded; `invalid_subject`
 */
export async function openComponents(
  components: readonly ComponentOptions[],
  { inside, observer, onError }: ComponentPorts,
): Promise<Components> {
  const opening = components.map((options) => ({ options, interest: interestOfComponent(options.subscription) }))
  const triggers = (broker: string, { subject }: BrokerMessage): boolean =>
    opening.some(({ options, interest }) => options.broker === broker && matches(interest.pattern, subject as Subject))
  const hosts = new Map<string, { readonly host: Host; reload(): Promise<void> }>()

  async function close(): Promise<void> {
    await Promise.all([...hosts.values()].map(({ host }) => host.close()))
  }

  async function open({ options, interest }: { options: ComponentOptions; interest: Interest }): Promise<void> {
    const { id, broker, subscription, role, result = {} } = options
    const concurrency = options.concurrency ?? (subscription.kind === 'request' ? requestsAtOnce : 1)
    const at = { stage: 'component', broker }
    const thread = await options
      .open((error) => onError(ofComponent(id, error), at))
      .catch((cause: unknown) => {
        throw ofComponent(id, cause)
      })
    const host = new Host({
      id,
      broker,
      interest,
      result,
      role,
      concurrency,
      inside,
      thread,
      observer,
      onError,
      triggers,
    })
    const reload = (): Promise<void> =>
      thread.reload().catch((cause: unknown) => {
        throw ofComponent(id, cause)
      })
    hosts.set(id, { host, reload })
    host.open().catch((cause: unknown) => onError(ofComponent(id, cause), at))
  }

  const opened = await Promise.allSettled(opening.map(open))
  const failed = opened.find((one) => one.status === 'rejected')
  if (failed) {
    await close()
    throw failed.reason
  }
  return {
    close,
    parts: () => [...hosts.values()].map(({ host }) => host.part()),
    async reload(id) {
      await hosts.get(id)?.reload()
    },
  }
}
