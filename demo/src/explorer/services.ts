import type { Client, Message, SubscriptionStatus } from '@wildcast/client'
import { create } from 'zustand'
import { WildcastError } from '../bridge.js'

/** The ways to answer a request. */
export const kinds = {
  echo: 'Returns the request',
  text: 'Returns a fixed text',
  count: 'Counts to five, in parts',
  error: 'Refuses with an error',
} as const

export type Kind = keyof typeof kinds

/** A subject that this page serves. */
export interface Service {
  readonly id: number
  readonly subject: string
  readonly broker: string | undefined
  readonly kind: Kind
  readonly status: SubscriptionStatus
  /** Requests since it began. */
  readonly count: number
  readonly error?: string | undefined
  readonly stop: () => void
}

/** The services of this page. They continue while another view is open. */
export const useServices = create<{ readonly services: readonly Service[] }>()(() => ({ services: [] }))

const partMs = 300
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const handlers: Record<Kind, (message: Message, text: string) => unknown> = {
  echo: ({ bytes }) => bytes,
  text: (_, text) => text,
  count: async function* () {
    for (let part = 1; part < 5; part++) {
      yield part
      await wait(partMs)
    }
    return 5
  },
  error: () => {
    throw new WildcastError('condition_failed', 'this service refuses every request')
  },
}

let ids = 0

/**
 * Serves a subject until it is stopped.
 * @throws {Error} if the subject is invalid, or is served already
 */
export function serve(
  client: Client,
  { subject, broker, kind, text }: Pick<Service, 'subject' | 'broker' | 'kind'> & { readonly text: string },
): void {
  const id = ++ids
  const change = (next: (service: Service) => Partial<Service>): void =>
    useServices.setState(({ services }) => ({
      services: services.map((service) => (service.id === id ? { ...service, ...next(service) } : service)),
    }))
  const first: SubscriptionStatus[] = []
  const undo = client.serve(
    subject,
    (message) => {
      change(({ count }) => ({ count: count + 1 }))
      return handlers[kind](message, text)
    },
    {
      broker,
      onStatus(status) {
        first.push(status)
        change(() => (status === 'ready' ? { status, error: undefined } : { status }))
      },
      onError: ({ message }) => change(() => ({ error: message })),
    },
  )
  const stop = (): void => {
    undo()
    useServices.setState(({ services }) => ({ services: services.filter((service) => service.id !== id) }))
  }
  const status = first.at(-1) ?? 'connecting'
  useServices.setState(({ services }) => ({
    services: [...services, { id, subject, broker, kind, status, count: 0, stop }],
  }))
}
