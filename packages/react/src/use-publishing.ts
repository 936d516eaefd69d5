import { useSyncExternalStore } from 'react'
import type { Publishing, PublishState } from './publishing.js'

const subscribeToNothing = (): (() => void) => () => {}

/**
 * Returns the state of a publish; renders when it changes. Undefined without a publish.
 * @example
 * const state = usePublishing(message) // 'queued' | 'sent' | 'confirmed' | 'rejected' | 'unknown'
 */
export function usePublishing(publishing: Publishing | undefined): PublishState | undefined {
  const state = (): PublishState | undefined => publishing?.state
  return useSyncExternalStore(publishing?.onState ?? subscribeToNothing, state, state)
}
