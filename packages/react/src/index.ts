'use client' // All hooks need a browser: a server component that imports one imports a client component.

/**
 * React hooks for Wildcast. State lives outside React; a server render opens no connection. @module
 */

export type { Continuity, Params } from '@wildcast/client'
export type { SubscriptionFeed, WhenHidden } from '@wildcast/client/store'
export type { FallbackEntry, FallbackState } from './fallback-context.js'
export type { Permission } from './permissions.js'
export { useClient, WildcastProvider, type WildcastProviderProps } from './provider.js'
export type { Publishing, PublishState } from './publishing.js'
export type { Requesting } from './requesting.js'
export type { ServingState } from './serving.js'
export { type UseCanOptions, useCan } from './use-can.js'
export { type Connection, useConnection } from './use-connection.js'
export { type Send, usePublish } from './use-publish.js'
export { usePublishing } from './use-publishing.js'
export { type UseReduceOptions, useReduce } from './use-reduce.js'
export { type UseRequestOptions, useRequest } from './use-request.js'
export type { SelectOptions } from './use-selected.js'
export { type UseServeOptions, useServe } from './use-serve.js'
export { type UseSubscriptionOptions, useSubscription } from './use-subscription.js'
