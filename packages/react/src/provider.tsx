import type { Client, ClientCore } from '@wildcast/client'
import { createContext, type ReactNode, useContext } from 'react'

const ClientContext = createContext<Client | undefined>(undefined)

/** The props of `WildcastProvider`. */
export interface WildcastProviderProps {
  /** Created once, outside of any component, by `createClient`; with or without a contract. */
  readonly client: ClientCore
  readonly children?: ReactNode
}

/**
 * Provides the client to all hooks below it. One at the root is enough, for any number of subjects
 * and brokers.
 * @example
 * const client = createClient({ url: '/ws' })
 * root.render(<WildcastProvider client={client}><App /></WildcastProvider>)
 */
export function WildcastProvider({ client, children }: WildcastProviderProps): ReactNode {
  return <ClientContext.Provider value={client as Client}>{children}</ClientContext.Provider>
}

/**
 * Returns the client of the nearest provider.
 * @throws {TypeError} outside of a `WildcastProvider`
 */
export function useClient(): Client {
  const client = useContext(ClientContext)
  if (!client) throw new TypeError('put a <WildcastProvider> around the application')
  return client
}
