import { useSyncExternalStore } from 'react'
import type { Publishing, PublishState } from './publishing.js'

const nothingToFollow = (): (() => void) => () => {}

/**
 * Follows a publish: renders when its state changes. Undefined as long as there is none.
 * @example
 * const state = usePublishing(message) // 'queued' | 'sent' | 'confirmed' | 'rejected' | 'unknown'
 */
export function usePublishing(publishing: Publishing | undefined): PublishState | undefined {
  const state = (): PublishState | undefined => publishing?.state
  return useSyncExternalStore(publishing?.onState ?? nothingToFollow, state, state)
}
