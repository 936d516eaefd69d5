import type { Continuity, SubscriptionStatus } from '@wildcast/client'
import { create } from 'zustand'

/** How the prices are delivered. */
export type Delivery = 'all' | 'latest' | '10' | '1'

/** Additional prices that the simulator publishes, in messages a second. */
export type Load = 0 | 1_000 | 5_000 | 20_000

export const streams = ['sensors', 'prices', 'orders'] as const
export type StreamName = (typeof streams)[number]

/** How whole a stream is. */
export interface StreamState {
  readonly status: SubscriptionStatus
  readonly continuity: Continuity
  readonly missed: number
  /** Why it was refused. */
  readonly refusal: string | undefined
}

/** The choices of the user, and the state of the streams. Values that change fast are not here. */
interface Dashboard {
  readonly paused: boolean
  readonly delivery: Delivery
  readonly load: Load
  readonly streams: Readonly<Record<StreamName, StreamState>>
}

const unknown: StreamState = { status: 'idle', continuity: 'catching-up', missed: 0, refusal: undefined }

export const useDashboard = create<Dashboard>()(() => ({
  paused: false,
  delivery: 'all',
  load: 0,
  streams: { sensors: unknown, prices: unknown, orders: unknown },
}))

/** Changes what is known of a stream. */
export function setStream(name: StreamName, change: Partial<StreamState>): void {
  useDashboard.setState(({ streams }) => ({ streams: { ...streams, [name]: { ...streams[name], ...change } } }))
}
