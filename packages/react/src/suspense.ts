'use client' // All hooks need a browser.

/**
 * The hooks with the same names, which suspend until they have something to show, and throw
 * refusals to the nearest error boundary. @module
 */

export { useClient, WildcastProvider, type WildcastProviderProps } from './provider.js'
export { createSuspenseHooks } from './suspense/create-suspense-hooks.js'
export { useSuspenseHistory as useHistory } from './suspense/history.js'
export {
  useSuspenseCan as useCan,
  useSuspenseRequest as useRequest,
  useSuspenseSubscription as useSubscription,
} from './suspense/messages.js'
export { useSuspenseMemberCount as useMemberCount, useSuspensePresence as usePresence } from './suspense/presence.js'
export { useSuspenseValue as useValue, useSuspenseValues as useValues } from './suspense/values.js'
export { type Connection, useConnection } from './use-connection.js'
export { type LeaderState, useLeader } from './use-leader.js'
export { type LockView, useLock } from './use-lock.js'
export { type Send, usePublish } from './use-publish.js'
export { usePublishing } from './use-publishing.js'
export { useReduce } from './use-reduce.js'
export { useServe } from './use-serve.js'
