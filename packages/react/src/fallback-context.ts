import type { PackedMessage } from '@wildcast/client/packed'
import { createContext } from 'react'

/** The messages that a server has read for one hook. */
export interface FallbackEntry {
  readonly messages: readonly PackedMessage[]
  readonly hasMore?: boolean | undefined
}

/** The messages that a server has read for the hooks of a page, as JSON. */
export type FallbackState = Readonly<Record<string, FallbackEntry>>

/** The fallback state of the nearest provider. */
export const FallbackContext: React.Context<FallbackState | undefined> = createContext<FallbackState | undefined>(
  undefined,
)
