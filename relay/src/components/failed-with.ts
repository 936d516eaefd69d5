import type { Output } from './component.js'

/**
 * What a component throws that has failed, and still has something to say: that an HTTP request
 * ended with 500, for instance.
 */
export class FailedWith extends Error {
  readonly outputs: readonly Output[]

  constructor(cause: unknown, outputs: readonly Output[]) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.outputs = outputs
  }
}
