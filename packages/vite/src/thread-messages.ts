import type { HotPayload } from 'vite'

/** A question of a component's thread to Vite. */
export interface Invocation {
  readonly id: number
  readonly payload: HotPayload
}

/** Vite's answer to one. */
export interface InvocationAnswer {
  readonly id: number
  readonly answer: { result: unknown } | { error: unknown }
}
