import { useCallback, useSyncExternalStore } from 'react'
import type { Publishing, PublishState } from './publishing.js'

/**
 * Follows a publish: renders when its state changes. Undefined as long as there is none.
 * @example
 * const state = usePublishing(message) // 'queued' | 'sent' | 'confirmed' | 'rejected' | 'unknown'
 */
export function usePublishing(publishing: Publishing | undefined): PublishState | undefined {
  const subscribe = useCallback((changed: () => void) => publishing?.onState(changed) ?? (() => {}), [publishing])
  const state = (): PublishState | undefined => publishing?.state
  return useSyncExternalStore(subscribe, state, state)
}
