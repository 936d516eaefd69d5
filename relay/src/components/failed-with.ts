import type { Output } from './component.js'

/**
 * Thrown by a component that has failed and still publishes outputs: an HTTP response of status
 * 500, for instance.
 */
export class FailedWith extends Error {
  readonly outputs: readonly Output[]

  constructor(cause: unknown, outputs: readonly Output[]) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.outputs = outputs
  }
}
